using W2S.Models.PyTorch;

namespace W2S.Models;

public sealed partial record HuggingFaceFolder
{
    private const string PyTorchFile = "pytorch_model.bin", OnnxFile = "model.onnx", Index = TensorFile.ShardIndex;

    // Of other libraries' sines and cosines at the same float32 angles; training moves a table by far more.
    private const float TableTolerance = 1e-5f;

    /// <summary>
    /// The file that tells where a folder's weights are: <see cref="WeightsFile"/>, an index of shards, those of pytorch_model.bin, or
    /// for those who have no other model.onnx, whichever is there first; null: there is none.
    /// </summary>
    public static string? WeightsIn(string folder) =>
        new[] { WeightsFile, WeightsFile + Index, PyTorchFile, PyTorchFile + Index, OnnxFile, "onnx/" + OnnxFile }
            .Select(name => Path.Combine(folder, name)).FirstOrDefault(File.Exists);

    /// <summary>Reads weights as from_pretrained() does: with the names of old and of task models, in any floating-point type.</summary>
    /// <returns>
    /// The weights, and their shape: with W2S's positions where the table is theirs, without a pooler where there is none.
    /// </returns>
    /// <exception cref="Data.UserErrorException">A file is absent or damaged.</exception>
    /// <exception cref="InvalidDataException">A tensor is missing or does not fit; its name is the file's.</exception>
    private static (EncoderShape Shape, EncoderWeights Weights) ReadWeights(string path, HuggingFaceConfiguration configuration)
    {
        var (family, shape) = (configuration.Family, configuration.Shape);
        var expected = EncoderParameter.OfEncoder(shape).SelectMany(parameter => Aliases(family.NameOf(parameter.Name)))
            .ToHashSet(StringComparer.Ordinal);
        var file = WithTied(path, name => Endings(name).Any(expected.Contains));
        var prefix = PrefixIn(file.Tensors.Keys.Concat(file.LeftOut.Keys), family);
        if (!shape.WithoutPooler && Find("pooler.dense.weight") == null && Find("pooler.dense.bias") == null)
            shape = shape with { WithoutPooler = true };
        if (family == HuggingFaceFamily.Bert && Find(EncoderParameter.PositionEmbeddings) is { } table && IsSinusoidal(table, shape))
            shape = shape with { Positions = PositionEncoding.Sinusoidal };

        var parameters = EncoderParameter.OfEncoder(shape);
        foreach (var parameter in parameters.Where(IsInFile)) Check(parameter);
        var weights = new EncoderWeights(parameters);
        foreach (var parameter in parameters.Where(IsInFile))
        {
            var values = Find(parameter.Name)!.ToSingles();
            values.AsSpan(FirstRow(parameter) * (int)parameter.Shape[^1], parameter.Length).CopyTo(weights[parameter.Name]);
        }
        return (shape, weights);

        // Where a family has no segments, adding zeros is what it does.
        bool IsInFile(EncoderParameter parameter) => family.HasTokenTypes || parameter.Name != EncoderParameter.TypeEmbeddings;

        int FirstRow(EncoderParameter parameter) =>
            parameter.Name == EncoderParameter.PositionEmbeddings ? configuration.FirstPosition : 0;

        NamedTensor? Find(string parameter) =>
            Aliases(prefix + family.NameOf(parameter)).Select(file.Tensors.GetValueOrDefault).FirstOrDefault(tensor => tensor != null);

        void Check(EncoderParameter parameter)
        {
            var name = prefix + family.NameOf(parameter.Name);
            var tensor = Find(parameter.Name) ?? throw new InvalidDataException($"The tensor {name} is missing.{file.WhatStandsFor(name)}");
            if (tensor.Type is not (TensorType.F32 or TensorType.F16 or TensorType.BF16 or TensorType.F64))
                throw new InvalidDataException(
                    $"The tensor {tensor.Name} is {tensor.Type}; weights are F32, F16, BF16 or F64. Give a model that is not quantised.");
            long[] needed = [parameter.Shape[0] + FirstRow(parameter), .. parameter.Shape[1..]];
            if (!tensor.Shape.AsSpan().SequenceEqual(needed))
                throw new InvalidDataException(
                    $"The tensor {tensor.Name} is {tensor.ShapeText} where [{string.Join(", ", needed)}] is needed.");
        }
    }

    /// <summary>
    /// The tensors that are wanted. Of tensors that a model shares safetensors' save_model() keeps one, and its metadata says under
    /// which name: {"roberta.embeddings.word_embeddings.weight": "lm_head.decoder.weight"}.
    /// </summary>
    private static TensorDocument WithTied(string path, Func<string, bool> isWanted)
    {
        var file = TensorFile.Read(path, isWanted);
        var tied = file.Values.Where(pair => pair.Value is string && isWanted(pair.Key) && !file.Tensors.ContainsKey(pair.Key))
            .ToDictionary(pair => pair.Key, pair => (string)pair.Value!);
        if (tied.Count == 0) return file;
        var kept = TensorFile.Read(path, tied.ContainsValue).Tensors;
        var found = tied.Where(pair => kept.ContainsKey(pair.Value)).Select(pair => KeyValuePair.Create(pair.Key, kept[pair.Value]));
        return file with { Tensors = file.Tensors.Concat(found).ToDictionary() };
    }

    /// <summary>What stands before the encoder's names: nothing, the family's prefix, or that of whatever it was a part of.</summary>
    private static string PrefixIn(IEnumerable<string> names, HuggingFaceFamily family)
    {
        var found = names.Where(name => Endings(name).Contains(EncoderParameter.WordEmbeddings))
            .Select(name => name[..^EncoderParameter.WordEmbeddings.Length]).Distinct().ToList();
        foreach (var usual in new[] { "", family.Prefix })
            if (found.Contains(usual)) return usual;
        return found.Count <= 1
            ? found.FirstOrDefault("")
            : throw new InvalidDataException(
                $"It holds {found.Count} encoders, "
                    + $"{string.Join(", ", found.Order(StringComparer.Ordinal).Take(5).Select(prefix => $"{prefix}*"))}: "
                    + "save the one that is meant by itself.");
    }

    /// <summary>A name, and after every dot the rest of it.</summary>
    private static IEnumerable<string> Endings(string name)
    {
        yield return name;
        for (var dot = name.IndexOf('.', StringComparison.Ordinal); dot >= 0; dot = name.IndexOf('.', dot + 1))
            yield return name[(dot + 1)..];
    }

    /// <summary>A name as it is, and as TensorFlow's checkpoints had it.</summary>
    private static IEnumerable<string> Aliases(string name)
    {
        yield return name;
        if (name.EndsWith("LayerNorm.weight", StringComparison.Ordinal)) yield return name[..^"weight".Length] + "gamma";
        if (name.EndsWith("LayerNorm.bias", StringComparison.Ordinal)) yield return name[..^"bias".Length] + "beta";
    }

    private static bool IsSinusoidal(NamedTensor table, EncoderShape shape)
    {
        if (!table.Shape.AsSpan().SequenceEqual([shape.MaximumLength, shape.HiddenSize])) return false;
        var (values, sinusoids) = (table.ToSingles(), shape.SinusoidalPositions());
        for (var i = 0; i < sinusoids.Length; i++)
            if (!(Math.Abs(values[i] - sinusoids[i]) <= TableTolerance)) return false;
        return true;
    }
}
