namespace W2S.Experiments;

/// <summary>Fitted heads, one for each cell of a block.</summary>
public interface IHeads
{
    /// <summary>[cells, samples, width] → [cells, samples, outputs]: predictions, or the logits that an objective makes them of.</summary>
    /// <exception cref="ArgumentException">The features are of other cells or another width.</exception>
    Targets Outputs(TaskSamples features);

    /// <summary>The same of rows that need not be in memory together.</summary>
    Targets Outputs(FeatureRows features)
    {
        if (!features.AreElsewhere) return Outputs(features.ToSamples());
        Targets? outputs = null;
        var block = FeatureMoments.BlockRows(features.Width);
        for (var cell = 0; cell < features.Tasks; cell++)
        {
            var own = Slice(cell, 1);
            var rows = new TaskSamples(1, Math.Min(block, features.Samples), features.Width);
            for (var first = 0; first < features.Samples; first += block)
            {
                if (features.Samples - first < rows.Samples) rows = new TaskSamples(1, features.Samples - first, features.Width);
                features.Read(cell, first, rows.Values);
                var some = own.Outputs(rows);
                outputs ??= new Targets(features.Tasks, features.Samples, some.Outputs);
                some.Values.CopyTo(outputs.Cell(cell)[(first * some.Outputs)..]);
            }
        }
        return outputs!;
    }

    /// <summary>
    /// heads.weight [cells, outputs, width] and heads.bias [cells, outputs]; heads of one output have no dimension for it.
    /// </summary>
    IReadOnlyList<NamedTensor> ToTensors();

    /// <summary>Some of them, by their places.</summary>
    IHeads Slice(int first, int cells);
}

/// <summary>Heads in float32, as engines and least squares on raw features give them.</summary>
internal sealed class SingleHeads(LinearHeads heads) : IHeads
{
    internal LinearHeads Linear => heads;

    public Targets Outputs(TaskSamples features) => Targets.Of(heads.Predict(features));

    public IReadOnlyList<NamedTensor> ToTensors() => heads.ToTensors();

    public IHeads Slice(int first, int cells) => first == 0 && cells == heads.Tasks ? this : new SingleHeads(heads.Slice(first, cells));
}

/// <summary>
/// Heads y = w·z + b in float64, in the units of the representation and of the labels: features may lie in a narrow band
/// around a large mean, where weights are large and their sum cancels.
/// </summary>
/// <param name="weights">[cells, outputs, width].</param>
/// <param name="biases">[cells, outputs].</param>
internal sealed class DoubleHeads(int width, double[] weights, double[] biases, int outputs = 1) : IHeads
{
    private int Cells => biases.Length / outputs;

    /// <summary>[outputs, width].</summary>
    public ReadOnlySpan<double> Weights(int cell) => weights.AsSpan(cell * outputs * width, outputs * width);

    /// <summary>[outputs].</summary>
    public ReadOnlySpan<double> Biases(int cell) => biases.AsSpan(cell * outputs, outputs);

    public Targets Outputs(TaskSamples features)
    {
        if (features.Width != width || features.Tasks != Cells)
            throw new ArgumentException(
                $"Heads [{Cells}, {width}] cannot read features [{features.Tasks}, {features.Samples}, {features.Width}].",
                nameof(features));
        var results = new Targets(features.Tasks, features.Samples, outputs);
        for (var cell = 0; cell < features.Tasks; cell++)
        {
            var rows = features.Task(cell);
            var own = Weights(cell);
            var result = results.Cell(cell);
            for (var place = 0; place < result.Length; place++)
            {
                var (sample, output) = Math.DivRem(place, outputs);
                var row = rows.Slice(sample * width, width);
                var weight = own.Slice(output * width, width);
                var sum = biases[cell * outputs + output];
                for (var unit = 0; unit < row.Length; unit++) sum += weight[unit] * row[unit];
                result[place] = sum;
            }
        }
        return results;
    }

    public IReadOnlyList<NamedTensor> ToTensors() =>
        [NamedTensor.Of("heads.weight", weights, [.. Shape, width]), NamedTensor.Of("heads.bias", biases, Shape)];

    public IHeads Slice(int first, int cells) => new DoubleHeads(
        width, weights[(first * outputs * width)..((first + cells) * outputs * width)],
        biases[(first * outputs)..((first + cells) * outputs)], outputs);

    private long[] Shape => outputs == 1 ? [Cells] : [Cells, outputs];
}
