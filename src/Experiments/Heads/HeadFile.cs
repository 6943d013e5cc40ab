namespace W2S.Experiments;

/// <summary>
/// heads.safetensors in a run's folder: the fitted heads, STAGE.heads.weight [cells, width] and STAGE.heads.bias [cells], or [cells,
/// outputs, width] and [cells, outputs], from which later stages go on.
/// </summary>
internal static class HeadFile
{
    private const string FileName = "heads.safetensors", Weight = "heads.weight", Bias = "heads.bias";

    /// <param name="fits">Those of a stage in the order of its blocks.</param>
    public static void Write(string folder, IEnumerable<(string Stage, SolvedHeads Solved)> fits)
    {
        var tensors = fits
            .SelectMany(fit => fit.Solved.Heads.ToTensors().Select(tensor => tensor with { Name = $"{fit.Stage}.{tensor.Name}" }))
            .GroupBy(tensor => tensor.Name)
            .Select(blocks => blocks.First() with
            {
                Shape = [blocks.Sum(block => block.Shape[0]), .. blocks.First().Shape[1..]],
                Bytes = [.. blocks.SelectMany(block => block.Bytes)],
            });
        using var file = new MemoryStream();
        Safetensors.Write(file, [.. tensors]);
        AtomicFile.WriteAllBytes(Path.Combine(folder, FileName), file.GetBuffer().AsSpan(0, (int)file.Length));
    }

    /// <summary>SHA-256 of the file; null where there is none.</summary>
    public static string? DigestOf(string folder) =>
        Path.Combine(folder, FileName) is var path && File.Exists(path) ? Checksum.OfFile(path) : null;

    /// <summary>The heads of a stage, of all cells.</summary>
    /// <param name="hasBias">Whether they were fitted with one.</param>
    /// <exception cref="UserErrorException">They are not there, or damaged.</exception>
    public static IHeads Read(string folder, string stage, bool hasBias)
    {
        var path = Path.Combine(folder, FileName);
        if (!File.Exists(path)) throw new UserErrorException($"{path} is missing: run that stage again with --force.");
        try
        {
            var tensors = Safetensors.Read(path).Tensors;
            if (!tensors.TryGetValue($"{stage}.{Weight}", out var weight) || !tensors.TryGetValue($"{stage}.{Bias}", out var bias)
                || weight.Shape.Length is not (2 or 3))
                throw new UserErrorException($"{path} lacks the heads of the stage {stage}: run that stage again with --force.");
            var (cells, width) = ((int)weight.Shape[0], (int)weight.Shape[^1]);
            var outputs = weight.Shape.Length == 3 ? (int)weight.Shape[1] : 1;
            if (weight.Type == TensorType.F64)
            {
                var solved = new DoubleHeads(width, [.. weight.As<double>()], [.. bias.As<double>()], outputs);
                return EncoderBlockHeads.Read(solved, stage, tensors) ?? (IHeads)solved;
            }
            var heads = new LinearHeads(cells, width, hasBias, outputs);
            weight.As<float>().CopyTo(heads.Weights);
            bias.As<float>().CopyTo(heads.Biases);
            return EncoderBlockHeads.Read(new SingleHeads(heads), stage, tensors) ?? MlpBlockHeads.Read(heads, stage, tensors);
        }
        catch (InvalidDataException error)
        {
            throw new UserErrorException($"{path} cannot be read: {error.Message} Run that stage again with --force.");
        }
    }
}
