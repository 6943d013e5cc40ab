namespace W2S.Experiments;

/// <summary>
/// Fitted heads of a network whose last blocks were trained with them, each cell its own: they read the features below these blocks.
/// </summary>
internal sealed class MlpBlockHeads(TorchBlockJob.Fitted fitted) : IHeads
{
    private const string Prefix = "heads.blocks.";

    public Targets Outputs(TaskSamples features)
    {
        var (shape, heads) = (fitted.Blocks[0].Shape, fitted.Heads);
        if (features.Tasks != heads.Tasks || features.Width != shape.Inputs)
            throw new ArgumentException(
                $"Blocks {shape} of {heads.Tasks} cells cannot read features [{features.Tasks}, {features.Samples}, {features.Width}].",
                nameof(features));
        var above = new TaskSamples(features.Tasks, features.Samples, shape.Outputs);
        for (var cell = 0; cell < features.Tasks; cell++)
        {
            float[] values = features.Task(cell).ToArray();
            for (var layer = 0; layer < shape.Depth; layer++) values = Layer(fitted.Blocks[cell], layer, values);
            values.CopyTo(above.Task(cell));
        }
        return Targets.Of(heads.Predict(above));
    }

    /// <summary>Those of linear heads, and heads.blocks.K.weight [cells, out, in] and heads.blocks.K.bias [cells, out].</summary>
    public IReadOnlyList<NamedTensor> ToTensors()
    {
        var (blocks, tensors) = (fitted.Blocks, new List<NamedTensor>(fitted.Heads.ToTensors()));
        for (var layer = 0; layer < blocks[0].Shape.Depth; layer++)
        {
            float[] weights = [.. blocks.SelectMany(block => block.Weight(layer).ToArray())],
                biases = [.. blocks.SelectMany(block => block.Bias(layer).ToArray())];
            tensors.Add(NamedTensor.Of($"{Prefix}{layer}.weight", weights, blocks.Count, blocks[0].Shape.FanOut(layer),
                blocks[0].Shape.FanIn(layer)));
            tensors.Add(NamedTensor.Of($"{Prefix}{layer}.bias", biases, blocks.Count, blocks[0].Shape.FanOut(layer)));
        }
        return tensors;
    }

    public IHeads Slice(int first, int cells) =>
        new MlpBlockHeads(new TorchBlockJob.Fitted([.. fitted.Blocks.Skip(first).Take(cells)], fitted.Heads.Slice(first, cells)));

    /// <summary>With the blocks that stand beside some heads in a file; those heads alone where there are none.</summary>
    /// <param name="tensors">Of the stage, named as <see cref="ToTensors"/> does, after its prefix.</param>
    internal static IHeads Read(LinearHeads heads, string stage, IReadOnlyDictionary<string, NamedTensor> tensors)
    {
        var depth = 0;
        while (tensors.ContainsKey(Name(depth, "weight"))) depth++;
        if (depth == 0) return new SingleHeads(heads);
        var (first, last) = (tensors[Name(0, "weight")].Shape, tensors[Name(depth - 1, "weight")].Shape);
        var shape = new MlpShape((int)first[2], depth == 1 ? (int)first[2] : (int)first[1], (int)last[1], depth);
        return new MlpBlockHeads(new TorchBlockJob.Fitted([.. Enumerable.Range(0, heads.Tasks).Select(cell =>
        {
            var block = new MlpWeights(shape, new float[shape.ParameterCount]);
            for (var layer = 0; layer < depth; layer++)
            {
                tensors[Name(layer, "weight")].As<float>().Slice(cell * block.Weight(layer).Length,
                    block.Weight(layer).Length).CopyTo(block.Weight(layer));
                tensors[Name(layer, "bias")].As<float>().Slice(cell * block.Bias(layer).Length,
                    block.Bias(layer).Length).CopyTo(block.Bias(layer));
            }
            return block;
        })], heads));

        string Name(int layer, string what) => $"{stage}.{Prefix}{layer}.{what}";
    }

    /// <summary>ReLU of a linear layer on rows of its inputs.</summary>
    private static float[] Layer(MlpWeights block, int layer, float[] values)
    {
        int inputs = block.Shape.FanIn(layer), outputs = block.Shape.FanOut(layer);
        var results = new float[values.Length / inputs * outputs];
        for (var place = 0; place < results.Length; place++)
        {
            var (row, unit) = Math.DivRem(place, outputs);
            var sum = block.Bias(layer)[unit]
                + System.Numerics.Tensors.TensorPrimitives.Dot<float>(values.AsSpan(row * inputs, inputs),
                    block.Weight(layer).Slice(unit * inputs, inputs));
            results[place] = Math.Max(0, sum);
        }
        return results;
    }
}
