using System.Collections.Concurrent;

namespace W2S.Experiments;

/// <summary>Representations of tables that are as they are: encoders and stored features in files, and bags of words.</summary>
internal static class SavedRepresentations
{
    private static readonly ConcurrentDictionary<(string, DateTime), string> Digests = new();

    private static readonly ConcurrentDictionary<(string, CsvFormat), int> Looked = new();

    /// <summary>Its SHA-256; asked of the same few files by every line of a plan, so kept as long as a file stays as it was.</summary>
    /// <exception cref="UserErrorException">It is absent or damaged.</exception>
    public static string DigestOf(string reference) => BagOfWords.IsOne(reference)
        ? BagOfWords.DigestOf(reference)
        : Digests.GetOrAdd((reference, File.GetLastWriteTimeUtc(FileOf(reference))), _ =>
            IsFeatures(reference) ? StoredFeatures.DigestOf(reference[StoredFeatures.Prefix.Length..])
            : EncoderReference.Parse(reference) is { IsOnnx: true } model ? OnnxRepresentation.DigestOf(model)
            : LoadEncoder(reference).Digest);

    /// <summary>What it is called: the folder's or the file's own name.</summary>
    public static string NameOf(string reference) =>
        BagOfWords.IsOne(reference) ? BagOfWords.NameOf(reference)
        : IsFeatures(reference) ? StoredFeatures.NameOf(reference[StoredFeatures.Prefix.Length..])
        : EncoderReference.Parse(reference).Name;

    /// <summary>What a representation of a table is called in the name of a run: the saved one's name, or the encoder's shape.</summary>
    public static string ShortName(RepresentationOptions options) =>
        options.From is [var saved] ? NameOf(saved) : $"{options.Encoder.Layers}x{options.Encoder.Hidden}";

    /// <param name="options">One saved representation.</param>
    /// <exception cref="UserErrorException">It is absent or damaged, or not the one that the settings mean.</exception>
    public static IRepresentation Load(RepresentationOptions options, Study study, int threads, FeatureCache cache, RunServices run)
    {
        var reference = options.From[0];
        IRepresentation loaded = IsFeatures(reference)
            ? OpenFeatures(reference, study, run)
            : BagOfWords.IsOne(reference) ? new BagOfWords(reference, threads, cache, run)
            : EncoderReference.Parse(reference) is { IsOnnx: true } model
                ? new OnnxRepresentation(model, study.Features, threads, cache, run)
            : new EncoderRepresentation(LoadEncoder(reference).On(study.Device, threads, run), study.Features, study.Seed, cache);
        Fingerprint.RequireSame(reference, options.Digests.ElementAtOrDefault(0), loaded.Digest);
        return study.Table is { PairColumn: not "" } or { ArePreferences: true } && loaded is TableRepresentation single
            ? new PairRepresentation(single, study.Table.ArePreferences) : loaded;
    }

    /// <summary>Opens stored features and looks at every number, once for all who ask while the file stays as it is.</summary>
    /// <exception cref="UserErrorException">The file is absent or damaged, or a feature is no finite number.</exception>
    public static StoredFeatures OpenFeatures(string reference, Study study, RunServices run)
    {
        var file = new StoredFeatures(reference[StoredFeatures.Prefix.Length..], study.Table.Csv, run);
        var key = (file.Digest, study.Table.Csv);
        if (Looked.TryGetValue(key, out var constant)) file.ConstantColumns = constant;
        else
        {
            file.Check(run);
            Looked[key] = file.ConstantColumns;
        }
        return file;
    }

    /// <summary>Whether these are features in a file rather than an encoder.</summary>
    public static bool IsFeatures(string reference) => reference.StartsWith(StoredFeatures.Prefix, StringComparison.OrdinalIgnoreCase);

    /// <summary>The file that decides what it is.</summary>
    public static string FileOf(string reference)
    {
        if (IsFeatures(reference)) return ArrayFile.Split(reference[StoredFeatures.Prefix.Length..]).Path;
        var named = EncoderReference.Parse(reference);
        return named.IsOnnx ? OnnxRepresentation.FileOf(named)
            : named.IsMolbert ? named.File
            : HuggingFaceFolder.WeightsIn(named.File) ?? named.File;
    }

    /// <summary>An encoder from its files.</summary>
    /// <param name="reference">
    /// A Hugging Face folder of an encoder of the BERT family, or molbert:PATH for a checkpoint of MolBERT's own code; with @3 for its
    /// third layer and :mean for what stands for an example (<see cref="EncoderReference"/>).
    /// </param>
    /// <exception cref="UserErrorException">There is none, it is damaged, or its tokenizer is not understood.</exception>
    public static FrozenEncoder LoadEncoder(string reference)
    {
        var named = EncoderReference.Parse(reference);
        return (named.IsMolbert ? FromMolbert(named.File) : FromFolder(named.File)).Read(named);
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
                $"{EncoderReference.MolbertPrefix} needs the path of a checkpoint, as in "
                + $"{EncoderReference.MolbertPrefix}molbert/version_0/checkpoints/last.ckpt.");
        var (shape, weights) = MolbertCheckpoint.Read(path);
        var vocabulary = MoleculeTokenizers.Find("molbert").VocabularySize;
        if (shape.VocabularySize != vocabulary)
            throw new UserErrorException(
                $"{path} has word embeddings for {shape.VocabularySize} tokens, but MolBERT's tokenizer has {vocabulary}: "
                + "it belongs to another tokenizer.");
        return new FrozenEncoder("molbert", $"from {Shown(path)}", shape, weights, "molbert");
    }

    private static FrozenEncoder FromFolder(string folder)
    {
        if (!Directory.Exists(folder))
            throw new UserErrorException(
                $"There is no folder {folder}. Give the folder of an encoder ({HuggingFaceFolder.ConfigurationFile}, "
                + $"{HuggingFaceFolder.WeightsFile}, {HuggingFaceFolder.VocabularyFile}), such as one that pretrain --save wrote, or "
                + $"{EncoderReference.MolbertPrefix}PATH for a checkpoint of MolBERT.");
        var (shape, weights, vocabulary) = HuggingFaceFolder.Read(folder);
        var (name, origin) = (EncoderReference.Parse(folder).Name, $"from {Shown(folder)}");
        if (MoleculeTokenizers.Names.FirstOrDefault(IsItsVocabulary) is { } molecules)
            return new FrozenEncoder(name, origin, shape, weights, molecules);
        var text = TextOf(folder, vocabulary);
        if (text.VocabularySize > shape.VocabularySize)
            throw new UserErrorException(
                $"The tokenizer of {folder} has {text.VocabularySize} ids, but its encoder's vocab_size is {shape.VocabularySize}: they "
                + "belong to different models.");
        return new FrozenEncoder(name, origin, shape, weights, text.Name) { Text = text };

        bool IsItsVocabulary(string tokenizer) => MoleculeTokenizers.Find(tokenizer).Vocabulary.SequenceEqual(vocabulary);
    }

    private static TextTokenizer TextOf(string folder, IReadOnlyList<string> vocabulary)
    {
        // A vocabulary without the token for unknown words is one of symbols, as those of molecules are.
        var isOfSymbols = vocabulary.Count > 0 && !vocabulary.Contains("[UNK]") && !vocabulary.Contains("<unk>");
        if (isOfSymbols && !File.Exists(Path.Combine(folder, "tokenizer.json")))
            throw new UserErrorException(
                $"{Path.Combine(folder, HuggingFaceFolder.VocabularyFile)} has {Counted.Of(vocabulary.Count, "token")}, which are those of "
                + $"no tokenizer here ({string.Join(", ", MoleculeTokenizers.Names)}), and no [UNK], as those of text have: "
                + "it cuts SMILES, or something else, in another way. Give one that was pretrained with one of them.");
        return TextTokenizer.Read(folder);
    }
}
