using W2S.Data;

namespace W2S.Models;

/// <summary>
/// Folders that Hugging Face's BertModel.from_pretrained() loads, and those that it saved: `config.json`,
/// `model.safetensors`, `vocab.txt`.
/// </summary>
/// <remarks>
/// BertModel knows no sinusoidal positions, so they are written as the table that they amount to, and recognised by
/// their values when they are read.
/// </remarks>
public static class HuggingFaceFolder
{
    public const string ConfigurationFile = "config.json", WeightsFile = "model.safetensors", VocabularyFile = "vocab.txt";

    private const string PositionTable = "embeddings.position_embeddings.weight";

    // Files of task models (BertForMaskedLM) put this before the encoder's names.
    private const string TaskModelPrefix = "bert.";

    // Of other libraries' sines and cosines at the same float32 angles; training moves a table by far more.
    private const float TableTolerance = 1e-5f;

    /// <summary>Writes the folder whole or not at all; one that W2S or Hugging Face wrote there before is replaced.</summary>
    /// <exception cref="UserErrorException">Something else has that name.</exception>
    public static void Write(string folder, HuggingFaceEncoder encoder)
    {
        encoder.Shape.Validate();
        encoder.Weights.MustHave(EncoderParameters.OfEncoder(encoder.Shape));
        if (encoder.Vocabulary.Count != encoder.Shape.VocabularySize)
            throw new ArgumentException($"The vocabulary has {encoder.Vocabulary.Count} tokens where the encoder has {encoder.Shape.VocabularySize}.");
        var target = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder));
        if (File.Exists(target) || (Directory.Exists(target) && Directory.EnumerateFileSystemEntries(target).Any() && !File.Exists(Path.Combine(target, ConfigurationFile))))
            throw new UserErrorException($"{folder} exists and is no folder of an encoder. Give another name, or remove it.");

        var (next, previous) = (target + ".tmp", target + ".old");
        foreach (var left in new[] { next, previous })
            if (Directory.Exists(left)) Directory.Delete(left, recursive: true);
        Directory.CreateDirectory(next);
        using (var weights = new MemoryStream())
        {
            Safetensors.Write(weights, Tensors(encoder), new Dictionary<string, string> { ["format"] = "pt" });
            AtomicFile.WriteAllBytes(Path.Combine(next, WeightsFile), weights.GetBuffer().AsSpan(0, (int)weights.Length));
        }
        AtomicFile.WriteAllText(Path.Combine(next, ConfigurationFile), HuggingFaceConfiguration.Write(encoder.Shape));
        AtomicFile.WriteAllText(Path.Combine(next, VocabularyFile), string.Concat(encoder.Vocabulary.Select(token => token + "\n")));
        if (Directory.Exists(target)) Directory.Move(target, previous);
        Directory.Move(next, target);
        if (Directory.Exists(previous)) Directory.Delete(previous, recursive: true);
    }

    /// <exception cref="UserErrorException">A file is absent, damaged or does not fit the others; the message names it, and a tensor's two shapes.</exception>
    public static HuggingFaceEncoder Read(string folder)
    {
        var weightsPath = Path.Combine(folder, WeightsFile);
        var shape = HuggingFaceConfiguration.Read(Path.Combine(folder, ConfigurationFile), Text(folder, ConfigurationFile));
        var vocabulary = Text(folder, VocabularyFile).ReplaceLineEndings("\n").TrimEnd('\n').Split('\n');
        if (vocabulary.Length != shape.VocabularySize)
            throw new UserErrorException($"{Path.Combine(folder, VocabularyFile)} has {vocabulary.Length} tokens, but {ConfigurationFile} says vocab_size {shape.VocabularySize}: they belong to different models.");
        if (!File.Exists(weightsPath)) throw Absent(folder, WeightsFile);
        try
        {
            var tensors = Safetensors.Read(weightsPath).Tensors.Values.Select(InSinglePrecision).ToDictionary(tensor => tensor.Name);
            var prefix = tensors.ContainsKey(TaskModelPrefix + PositionTable) ? TaskModelPrefix : "";
            if (IsSinusoidal(tensors.Floats(prefix + PositionTable, shape.MaximumLength, shape.HiddenSize), shape))
                shape = shape with { Positions = PositionEncoding.Sinusoidal };
            return new HuggingFaceEncoder(shape, EncoderWeights.From(EncoderParameters.OfEncoder(shape), tensors, prefix), vocabulary);
        }
        catch (InvalidDataException error)
        {
            throw new UserErrorException(error.Message.StartsWith(weightsPath, StringComparison.Ordinal) ? error.Message : $"{weightsPath}: {error.Message} The shape is that of {ConfigurationFile} beside it.");
        }
    }

    private static IReadOnlyCollection<NamedTensor> Tensors(HuggingFaceEncoder encoder)
    {
        var (shape, tensors) = (encoder.Shape, encoder.Weights.ToTensors());
        return shape.Positions == PositionEncoding.Learned
            ? tensors
            : [.. tensors, NamedTensor.Of(PositionTable, SinusoidalPositions.Table(shape.MaximumLength, shape.HiddenSize), shape.MaximumLength, shape.HiddenSize)];
    }

    // Much of what is published is in half precision.
    private static NamedTensor InSinglePrecision(NamedTensor tensor) =>
        tensor.Type is TensorType.F16 or TensorType.BF16 ? NamedTensor.Of(tensor.Name, TensorValues.ToSingles(tensor), tensor.Shape) : tensor;

    private static bool IsSinusoidal(ReadOnlySpan<float> table, EncoderShape shape)
    {
        var sinusoids = SinusoidalPositions.Table(shape.MaximumLength, shape.HiddenSize);
        for (var i = 0; i < sinusoids.Length; i++)
            if (!(Math.Abs(table[i] - sinusoids[i]) <= TableTolerance)) return false;
        return true;
    }

    private static string Text(string folder, string file)
    {
        var path = Path.Combine(folder, file);
        return File.Exists(path) ? File.ReadAllText(path) : throw Absent(folder, file);
    }

    private static UserErrorException Absent(string folder, string file) =>
        new($"{folder} has no {file}. A Hugging Face folder of a BERT encoder holds {ConfigurationFile}, {WeightsFile} and {VocabularyFile}.");
}
