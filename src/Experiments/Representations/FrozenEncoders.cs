namespace W2S.Experiments;

/// <summary>Encoders from files.</summary>
internal static class FrozenEncoders
{
    /// <param name="reference">
    /// A Hugging Face folder of an encoder of the BERT family, or molbert:PATH for a checkpoint of MolBERT's own code; with @3 for its
    /// third layer and :mean for what stands for an example (<see cref="EncoderReference"/>).
    /// </param>
    /// <exception cref="UserErrorException">There is none, it is damaged, or its tokenizer is not understood.</exception>
    public static FrozenEncoder Load(string reference)
    {
        var named = EncoderReference.Parse(reference);
        return (named.IsMolbert ? FromMolbert(named.File) : FromFolder(named.File)).Read(named);
    }

    /// <summary>What was pretrained, frozen.</summary>
    public static FrozenEncoder Of(string name, PretrainedEncoder encoder)
    {
        var text = encoder.Settings.ReadsTexts ? TextTokenizer.Read(encoder.Folder) : null;
        return new FrozenEncoder(
            name, $"pretrained on {string.Join(", ", encoder.Settings.Corpora)}", encoder.Shape, encoder.Weights,
            text?.Name ?? encoder.Settings.Tokenizer)
        {
            Text = text,
        };
    }

    /// <summary>What the encoder of a reference is called.</summary>
    internal static string NameOf(string reference) => EncoderReference.Parse(reference).Name;

    /// <summary>The file with the weights.</summary>
    internal static string FileOf(string reference)
    {
        var named = EncoderReference.Parse(reference);
        return named.IsOnnx ? OnnxRepresentation.FileOf(named) : named.IsMolbert ? named.File : HuggingFaceFolder.WeightsIn(named.File) ?? named.File;
    }

    /// <summary>From the working directory where it lies there: settings have full paths, and people want short ones.</summary>
    private static string Shown(string path)
    {
        var relative = Path.GetRelativePath(Environment.CurrentDirectory, path);
        return relative.StartsWith("..", StringComparison.Ordinal) ? path : relative;
    }

    private static FrozenEncoder FromMolbert(string path)
    {
        if (path.Length == 0)
            throw new UserErrorException(
                $"{EncoderReference.MolbertPrefix} needs the path of a checkpoint, as in {EncoderReference.MolbertPrefix}molbert/version_0/checkpoints/last.ckpt.");
        var (shape, weights) = MolbertCheckpoint.Read(path);
        var vocabulary = MoleculeTokenizers.Find("molbert").VocabularySize;
        if (shape.VocabularySize != vocabulary)
            throw new UserErrorException($"{path} has word embeddings for {shape.VocabularySize} tokens, but MolBERT's tokenizer has {vocabulary}: it belongs to another tokenizer.");
        return new FrozenEncoder("molbert", $"from {Shown(path)}", shape, weights, "molbert");
    }

    private static FrozenEncoder FromFolder(string folder)
    {
        if (!Directory.Exists(folder))
            throw new UserErrorException(
                $"There is no folder {folder}. Give the folder of an encoder ({HuggingFaceFolder.ConfigurationFile}, {HuggingFaceFolder.WeightsFile}, {HuggingFaceFolder.VocabularyFile}), such as one that pretrain --save wrote, or {EncoderReference.MolbertPrefix}PATH for a checkpoint of MolBERT.");
        var (shape, weights, vocabulary) = HuggingFaceFolder.Read(folder);
        var (name, origin) = (NameOf(folder), $"from {Shown(folder)}");
        if (MoleculeTokenizers.Names.FirstOrDefault(known => MoleculeTokenizers.Find(known).Vocabulary.SequenceEqual(vocabulary)) is { } molecules)
            return new FrozenEncoder(name, origin, shape, weights, molecules);
        var text = TextOf(folder, vocabulary);
        if (text.VocabularySize > shape.VocabularySize)
            throw new UserErrorException(
                $"The tokenizer of {folder} has {text.VocabularySize} ids, but its encoder's vocab_size is {shape.VocabularySize}: they belong to different models.");
        return new FrozenEncoder(name, origin, shape, weights, text.Name) { Text = text };
    }

    private static TextTokenizer TextOf(string folder, IReadOnlyList<string> vocabulary)
    {
        // A vocabulary without the token for unknown words is one of symbols, as those of molecules are.
        if (vocabulary.Count > 0 && !vocabulary.Contains("[UNK]") && !vocabulary.Contains("<unk>") && !File.Exists(Path.Combine(folder, "tokenizer.json")))
            throw new UserErrorException(
                $"{Path.Combine(folder, HuggingFaceFolder.VocabularyFile)} has {Counted.Of(vocabulary.Count, "token")}, which are those of no tokenizer here ({string.Join(", ", MoleculeTokenizers.Names)}), and no [UNK], as those of text have: it cuts SMILES, or something else, in another way. Give one that was pretrained with one of them.");
        return TextTokenizer.Read(folder);
    }
}
