using System.Globalization;
using W2S.Models.PyTorch;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace W2S.Models;

/// <summary>
/// A checkpoint of BenevolentAI's MolBERT as Lightning 0.8 saved it: `version_0/checkpoints/last.ckpt` with
/// `version_0/hparams.yaml`. Its encoder has BertModel's names after "model.bert.", and MolBERT's positions.
/// </summary>
public sealed record MolbertCheckpoint(EncoderShape Shape, EncoderWeights Weights)
{
    private const string Encoder = "bert.";
    private const string WordEmbeddings = "embeddings.word_embeddings.weight";
    private const string Frequencies = "embeddings.position_embeddings.inv_freq";
    private const int BaseHidden = 768, BaseHeads = 12, TinyHidden = 16, TinyHeads = 2;

    // MolBERT's positions have no end; this is what its finetuning script asks for (max_seq_length).
    private const int MaximumLength = 512;

    // 10000^(−2i/H) in float32 by another library's pow.
    private const double RelativeTolerance = 1e-5;

    /// <summary>Reads the encoder alone: the bytes of heads and of an optimiser's state are not looked at.</summary>
    /// <param name="path">A Lightning checkpoint, `.../version_0/checkpoints/last.ckpt`.</param>
    /// <exception cref="UserErrorException">
    /// There is no such file, or it is no MolBERT; the message names the file, and a tensor's two shapes.
    /// </exception>
    public static MolbertCheckpoint Read(string path)
    {
        var file = TensorFile.Read(path, name => name.Contains(Encoder, StringComparison.Ordinal));
        if (file.Tensors.Count == 0 && file.WhatStandsFor("state_dict.model") is { Length: > 0 } why)
            throw new UserErrorException($"{path} shows no tensors.{why}");
        return From(file.Tensors, path);
    }

    /// <summary>The encoder among the tensors of a checkpoint. Heads and an optimiser's state may be there or not.</summary>
    /// <param name="tensors">By their names in the file, under any common prefix such as "state_dict.model.".</param>
    /// <param name="path">
    /// The checkpoint; `hparams.yaml` is looked for two folders above. Without it only the two sizes that MolBERT has are understood.
    /// </param>
    /// <exception cref="UserErrorException">It is no MolBERT; the message names the file, the tensor and both shapes.</exception>
    public static MolbertCheckpoint From(IReadOnlyDictionary<string, NamedTensor> tensors, string path)
    {
        var first = tensors.Keys.FirstOrDefault(
            name => name == Encoder + WordEmbeddings || name.EndsWith("." + Encoder + WordEmbeddings, StringComparison.Ordinal))
            ?? throw new UserErrorException($"{path} is no MolBERT checkpoint: it has no tensor model.{Encoder}{WordEmbeddings}.");
        var prefix = first[..^WordEmbeddings.Length];
        try
        {
            tensors = tensors.ToDictionary(
                pair => pair.Key,
                pair => pair.Value.Type is TensorType.F16 or TensorType.BF16 or TensorType.F64 ? pair.Value.ToFloat32() : pair.Value);
            var shape = ShapeOf(tensors, prefix, path);
            CheckPositions(tensors.Floats(prefix + Frequencies, shape.HiddenSize / 2), shape.HiddenSize, path, prefix + Frequencies);
            return new MolbertCheckpoint(shape, EncoderWeights.From(EncoderParameter.OfEncoder(shape), tensors, prefix));
        }
        catch (InvalidDataException error)
        {
            throw new UserErrorException($"{path}: {error.Message}");
        }
    }

    private static EncoderShape ShapeOf(IReadOnlyDictionary<string, NamedTensor> tensors, string prefix, string path)
    {
        var (vocabulary, hidden) = Matrix(WordEmbeddings);
        var layers = 0;
        while (tensors.ContainsKey(Intermediate(layers))) layers++;
        if (layers == 0) throw new InvalidDataException($"The tensor {Intermediate(0)} is missing: there is no transformer layer.");
        var shape = new EncoderShape(vocabulary, hidden, layers, HeadsOf(hidden, path))
        {
            IntermediateSize = Matrix(Intermediate(0)[prefix.Length..]).Rows,
            TokenTypes = Matrix("embeddings.token_type_embeddings.weight").Rows,
            MaximumLength = MaximumLength,
            Positions = PositionEncoding.Sinusoidal,
        };
        return shape.Problem() is { } problem ? throw new InvalidDataException(problem) : shape;

        string Intermediate(int layer) =>
            string.Create(CultureInfo.InvariantCulture, $"{prefix}encoder.layer.{layer}.intermediate.dense.weight");

        (int Rows, int Columns) Matrix(string name)
        {
            if (!tensors.TryGetValue(prefix + name, out var tensor))
                throw new InvalidDataException($"The tensor {prefix}{name} is missing.");
            return tensor.Shape is [> 0 and <= int.MaxValue and var rows, > 0 and <= int.MaxValue and var columns]
                ? ((int)rows, (int)columns)
                : throw new InvalidDataException($"The tensor {prefix}{name} is {tensor.ShapeText} where a matrix is needed.");
        }
    }

    // No tensor tells the number of heads.
    private static int HeadsOf(int hidden, string path)
    {
        var hyperparameters = Hyperparameters.PathFor(path);
        if (!File.Exists(hyperparameters))
            return hidden switch
            {
                BaseHidden => BaseHeads,
                TinyHidden => TinyHeads,
                _ => throw new UserErrorException(
                    $"{path} has hidden size {hidden}; the number of attention heads is in {hyperparameters}, which is absent. "
                        + "Keep the checkpoint in the folders that it was saved in."),
            };
        var tiny = Hyperparameters.Read(hyperparameters).Tiny;
        var expected = tiny ? TinyHidden : BaseHidden;
        if (hidden != expected)
            throw new UserErrorException(
                $"{path} has hidden size {hidden}, but {hyperparameters} says tiny: {(tiny ? "true" : "false")}, which is hidden size "
                + $"{expected}: they belong to different models.");
        return tiny ? TinyHeads : BaseHeads;
    }

    private static void CheckPositions(ReadOnlySpan<float> found, int hidden, string path, string name)
    {
        var expected = EncoderShape.InverseFrequencies(hidden);
        for (var i = 0; i < expected.Length; i++)
            if (!(Math.Abs(found[i] - expected[i]) <= RelativeTolerance * expected[i]))
                throw new UserErrorException(string.Create(CultureInfo.InvariantCulture,
                    $"{path}: {name}[{i}] is {found[i]} where MolBERT's positions have {expected[i]}: another encoder made this file."));
    }

    /// <summary>What Lightning's `hparams.yaml` says of a MolBERT model that its tensors do not.</summary>
    /// <param name="Tiny">The preset for tests (`--tiny`): hidden 16, 2 layers, 2 heads; else the base model with 12 heads.</param>
    private sealed record Hyperparameters(bool Tiny)
    {
        public const string FileName = "hparams.yaml";

        /// <summary>Two folders above the checkpoint: version_0/checkpoints/last.ckpt, version_0/hparams.yaml.</summary>
        public static string PathFor(string checkpoint) =>
            Path.Combine(Path.GetDirectoryName(Path.GetDirectoryName(Path.GetFullPath(checkpoint))) ?? "/", FileName);

        /// <exception cref="UserErrorException">The file is no YAML mapping, or `tiny` is neither true nor false.</exception>
        public static Hyperparameters Read(string path)
        {
            // The document model makes no objects, whatever tags (!!python/object) the file holds.
            var yaml = new YamlStream();
            try
            {
                using var reader = File.OpenText(path);
                yaml.Load(reader);
            }
            catch (YamlException error)
            {
                throw new UserErrorException($"{path}, line {error.Start.Line}, is no YAML: {error.Message}");
            }
            if (yaml.Documents.Count == 0 || yaml.Documents[0].RootNode is not YamlMappingNode mapping)
                throw new UserErrorException($"{path} is no list of hyperparameters (key: value lines).");
            var tiny = mapping.Children.TryGetValue(new YamlScalarNode("tiny"), out var node)
                ? (node as YamlScalarNode)?.Value ?? ""
                : "false";
            return new Hyperparameters(tiny.ToLowerInvariant() switch
            {
                "true" => true,
                "false" => false,
                _ => throw new UserErrorException($"{path}: tiny is '{tiny}', but must be true or false."),
            });
        }
    }
}
