using W2S.Models.Onnx;

namespace W2S.Models;

/// <summary>
/// What a folder that Hugging Face's from_pretrained() loads or saved holds of an encoder: `config.json`, `model.safetensors` or
/// what stands for it, `vocab.txt` or what stands for it. Encoders of the BERT family are read, and written as what they were read
/// as; those that W2S made as a BertModel, or where that has not what an encoder has as an ElectraModel or MPNetModel.
/// </summary>
/// <remarks>
/// BertModel knows no sinusoidal positions, so they are written as the table that they amount to, and recognised by
/// their values when they are read.
/// </remarks>
/// <param name="Vocabulary">Tokens in the order of their ids; none where another file than vocab.txt has them.</param>
public sealed partial record HuggingFaceFolder(EncoderShape Shape, EncoderWeights Weights, IReadOnlyList<string> Vocabulary)
{
    /// <summary>The files of such a folder: the encoder's shape, its weights, its tokens one a line.</summary>
    public const string ConfigurationFile = "config.json", WeightsFile = "model.safetensors", VocabularyFile = "vocab.txt";

    // Tokens of RoBERTa (BPE), of CamemBERT and XLM-R (SentencePiece), and of all since transformers 4.
    private static readonly string[] OtherVocabularies = ["vocab.json", "sentencepiece.bpe.model", "tokenizer.json"];

    // What from_pretrained() reads beside vocab.txt, and what is copied where an encoder is written again.
    private static readonly string[] TokenizerFiles =
        [.. OtherVocabularies, "merges.txt", "tokenizer_config.json", "special_tokens_map.json", "added_tokens.json"];

    /// <summary>The model_type of `config.json`, "camembert"; null: the first that computes this shape.</summary>
    public string? ModelType { get; init; }

    /// <summary>The folder whose tokenizer's other files are written beside the vocabulary, as they are; null: none are.</summary>
    public string? TokenizerFolder { get; init; }

    /// <summary>Writes the folder whole or not at all; one that W2S or Hugging Face wrote there before is replaced.</summary>
    /// <exception cref="UserErrorException">Something else has that name.</exception>
    public void Write(string folder)
    {
        Shape.Validate();
        Weights.MustHave(EncoderParameter.OfEncoder(Shape));
        if (Vocabulary.Count > Shape.VocabularySize)
            throw new ArgumentException(
                $"The vocabulary has {Counted.Of(Vocabulary.Count, "token")} where the encoder has {Shape.VocabularySize}.");
        if (Shape.Layers == 0) throw new ArgumentException("An encoder that is written has a layer.");
        var family = ModelType == null ? HuggingFaceFamily.Of(Shape)
            : HuggingFaceFamily.Find(ModelType) ?? throw new ArgumentException(
                $"W2S writes encoders with model_type {HuggingFaceFamily.AllModelTypes} only, not \"{ModelType}\".");
        if (!family.Has(Shape)) throw new ArgumentException($"{family.Architecture} has not the shape of this encoder.");
        var target = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder));
        var isOther = Directory.Exists(target) && Directory.EnumerateFileSystemEntries(target).Any()
            && !File.Exists(Path.Combine(target, ConfigurationFile));
        if (File.Exists(target) || isOther)
            throw new UserErrorException($"{folder} exists and is no folder of an encoder. Give another name, or remove it.");

        var (next, previous) = (target + ".tmp", target + ".old");
        foreach (var left in new[] { next, previous })
            if (Directory.Exists(left)) Directory.Delete(left, recursive: true);
        Directory.CreateDirectory(next);
        using (var weights = new MemoryStream())
        {
            Safetensors.Write(weights, Tensors(family), new Dictionary<string, string> { ["format"] = "pt" });
            AtomicFile.WriteAllBytes(Path.Combine(next, WeightsFile), weights.GetBuffer().AsSpan(0, (int)weights.Length));
        }
        AtomicFile.WriteAllText(Path.Combine(next, ConfigurationFile), HuggingFaceConfiguration.Write(family, Shape));
        if (Vocabulary.Count > 0 || TokenizerFolder == null)
            AtomicFile.WriteAllText(Path.Combine(next, VocabularyFile), string.Concat(Vocabulary.Select(token => token + "\n")));
        foreach (var file in TokenizerFolder == null ? [] : TokenizerFiles)
            if (Path.Combine(TokenizerFolder!, file) is var path && File.Exists(path))
                AtomicFile.WriteAllBytes(Path.Combine(next, file), File.ReadAllBytes(path));
        if (Directory.Exists(target)) AtomicFile.MoveFolder(target, previous);
        AtomicFile.MoveFolder(next, target);
        if (Directory.Exists(previous)) Directory.Delete(previous, recursive: true);
    }

    /// <summary>Reads the folder as from_pretrained() does: absent keys, old names, shards, any floating-point type.</summary>
    /// <exception cref="UserErrorException">
    /// A file is absent, damaged or does not fit the others; the message names it, and a tensor's two shapes.
    /// </exception>
    public static HuggingFaceFolder Read(string folder)
    {
        var configuration = Configuration(folder);
        var vocabulary = VocabularyIn(folder, configuration.Shape);
        var weightsPath = WeightsIn(folder) ?? throw Absent(folder, WeightsFile);
        try
        {
            var (shape, weights) = ReadWeights(weightsPath, configuration);
            return new HuggingFaceFolder(shape, weights, vocabulary)
            {
                ModelType = configuration.Family.ModelType, TokenizerFolder = folder,
            };
        }
        catch (InvalidDataException error)
        {
            throw new UserErrorException(
                $"{weightsPath}: {error.Message} The shape is that of "
                    + $"{(File.Exists(Path.Combine(folder, ConfigurationFile)) ? $"{ConfigurationFile} beside it" : "its graph")}.");
        }
    }

    /// <summary>From config.json, or where there is none from the graph of a model.onnx.</summary>
    private static HuggingFaceConfiguration Configuration(string folder)
    {
        var path = Path.Combine(folder, ConfigurationFile);
        if (File.Exists(path)) return HuggingFaceConfiguration.Read(path, ModelFile.ReadText(path));
        return WeightsIn(folder) is { } weights && weights.EndsWith(OnnxFile, StringComparison.Ordinal)
            ? HuggingFaceConfiguration.OfGraph(weights)
            : throw Absent(folder, ConfigurationFile);
    }

    /// <summary>
    /// The lines of vocab.txt; none where another file has the tokens. A vocabulary may be shorter than its embeddings, which
    /// are padded for speed.
    /// </summary>
    private static string[] VocabularyIn(string folder, EncoderShape shape)
    {
        var path = Path.Combine(folder, VocabularyFile);
        if (!File.Exists(path))
            return OtherVocabularies.Any(file => File.Exists(Path.Combine(folder, file))) ? [] : throw Absent(folder, VocabularyFile);
        var lines = ModelFile.ReadLines(path);
        return lines.Length <= shape.VocabularySize
            ? lines
            : throw new UserErrorException(
                $"{path} has {Counted.Of(lines.Length, "token")}, but {ConfigurationFile} says vocab_size {shape.VocabularySize}: "
                    + "they belong to different models.");
    }

    /// <summary>Under the family's names.</summary>
    private IReadOnlyCollection<NamedTensor> Tensors(HuggingFaceFamily family)
    {
        var tensors = Weights.ToTensors().Where(tensor => family.HasTokenTypes || tensor.Name != EncoderParameter.TypeEmbeddings);
        if (Shape.Positions == PositionEncoding.Sinusoidal)
            tensors = tensors.Append(NamedTensor.Of(
                EncoderParameter.PositionEmbeddings, Shape.SinusoidalPositions(), Shape.MaximumLength, Shape.EmbeddingWidth));
        var before = family.PositionsFollowPadding ? family.PadIdWritten + 1 : 0;
        return [.. tensors.Select(tensor => tensor.Name == EncoderParameter.PositionEmbeddings ? After(before, tensor) : tensor)
            .Select(tensor => tensor with { Name = family.NameOf(tensor.Name) })];
    }

    /// <summary>The table with rows of zeros before its first.</summary>
    private static NamedTensor After(int rows, NamedTensor table) => table with
    {
        Shape = [table.Shape[0] + rows, table.Shape[1]],
        Bytes = [.. new byte[rows * table.Shape[1] * table.Type.ElementBytes()], .. table.Bytes],
    };

    private static UserErrorException Absent(string folder, string file) =>
        new($"{folder} has no {file}. A Hugging Face folder of an encoder holds {ConfigurationFile}, {WeightsFile} and {VocabularyFile}.");
}
