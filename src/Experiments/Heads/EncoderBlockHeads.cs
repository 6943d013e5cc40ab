namespace W2S.Experiments;

/// <summary>Fitted heads of an encoder whose last blocks were trained with them, each cell its own.</summary>
/// <param name="blocks">One for each cell.</param>
/// <param name="heads">What reads the features above the blocks.</param>
internal sealed class EncoderBlockHeads(IReadOnlyList<EncoderWeights> blocks, IHeads heads) : IHeads
{
    private const string Prefix = "heads.blocks.";

    /// <summary>The heads above the blocks.</summary>
    public IHeads Above => heads;

    /// <summary>The blocks of a cell.</summary>
    public EncoderWeights Blocks(int cell) => blocks[cell];

    /// <summary>The same blocks below other heads.</summary>
    public EncoderBlockHeads Below(IHeads others) => new(blocks, others);

    /// <exception cref="ArgumentException">Always: it takes the rows themselves.</exception>
    public Targets Outputs(TaskSamples features) =>
        throw new ArgumentException("Heads with blocks of their own read rows of an encoder, not its frozen features.", nameof(features));

    /// <exception cref="ArgumentException">
    /// The features are none of an encoder whose last blocks train, or the blocks belong to another.
    /// </exception>
    public Targets Outputs(FeatureRows features)
    {
        if (features is not UnfrozenRepresentation.TableRows rows || rows.Tasks != blocks.Count)
            throw new ArgumentException(
                $"Blocks of {blocks.Count} cells of an encoder cannot read {features.Name} of {features.Tasks}.", nameof(features));
        var above = new TaskSamples(rows.Tasks, rows.Samples, rows.Width);
        for (var cell = 0; cell < rows.Tasks; cell++)
        {
            int[] numbers = [.. rows.Numbers.Task(cell).ToArray().Select(number => (int)number)];
            rows.Encoder.Features(blocks[cell].Only(rows.Encoder.Parameters), numbers).CopyTo(above.Task(cell));
        }
        return heads.Outputs(above);
    }

    /// <summary>Those of the heads, and heads.blocks.NAME [cells, …] with the names that the encoder's own file has.</summary>
    public IReadOnlyList<NamedTensor> ToTensors() =>
    [
        .. heads.ToTensors(),
        .. blocks[0].Parameters.Select(parameter => NamedTensor.Of(
            Prefix + parameter.Name, [.. blocks.SelectMany(cell => cell[parameter.Name].ToArray())], [blocks.Count, .. parameter.Shape])),
    ];

    public IHeads Slice(int first, int cells) => new EncoderBlockHeads([.. blocks.Skip(first).Take(cells)], heads.Slice(first, cells));

    /// <summary>With the blocks that stand beside some heads in a file; null where there are none.</summary>
    /// <param name="tensors">Of the stage, named as <see cref="ToTensors"/> does, after its prefix.</param>
    internal static EncoderBlockHeads? Read(IHeads heads, string stage, IReadOnlyDictionary<string, NamedTensor> tensors)
    {
        var (prefix, parameters, offset) = ($"{stage}.{Prefix}", new List<EncoderParameter>(), 0);
        NamedTensor[] own = [.. tensors.Values.Where(tensor =>
            tensor.Name.StartsWith(prefix + "encoder.", StringComparison.Ordinal)
            || tensor.Name.StartsWith(prefix + "pooler.", StringComparison.Ordinal))];
        if (own.Length == 0) return null;
        foreach (var tensor in own)
        {
            parameters.Add(new EncoderParameter(tensor.Name[prefix.Length..], tensor.Shape[1..], offset));
            offset += parameters[^1].Length;
        }
        EncoderWeights[] blocks = [.. Enumerable.Range(0, (int)own[0].Shape[0]).Select(_ => new EncoderWeights(parameters))];
        foreach (var (tensor, parameter) in own.Zip(parameters))
            foreach (var (cell, block) in blocks.Index())
                tensor.As<float>().Slice(cell * parameter.Length, parameter.Length).CopyTo(block[parameter.Name]);
        return new EncoderBlockHeads(blocks, heads);
    }
}
