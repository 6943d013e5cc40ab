using W2S.Data;
using W2S.Models;

namespace W2S.Experiments;

/// <summary>Fitted heads, one for each cell of a block.</summary>
public interface IHeads
{
    /// <summary>[cells, samples, width] → [cells, samples, 1].</summary>
    /// <exception cref="ArgumentException">The features are of other cells or another width.</exception>
    Targets Predict(TaskSamples features);

    /// <summary>heads.weight [cells, width] and heads.bias [cells].</summary>
    IReadOnlyList<NamedTensor> ToTensors();

    /// <summary>Some of them, by their places.</summary>
    IHeads Slice(int first, int cells);
}

/// <summary>Heads in float32, as engines and least squares on raw features give them.</summary>
public sealed class SingleHeads(LinearHeads heads) : IHeads
{
    public Targets Predict(TaskSamples features) => Targets.Of(heads.Predict(features));

    public IReadOnlyList<NamedTensor> ToTensors() => heads.ToTensors();

    public IHeads Slice(int first, int cells)
    {
        if (first == 0 && cells == heads.Tasks) return this;
        var slice = new LinearHeads(cells, heads.Width, heads.HasBias, heads.Activation);
        heads.Weights.AsSpan(first * heads.Width, slice.Weights.Length).CopyTo(slice.Weights);
        heads.Biases.AsSpan(first, cells).CopyTo(slice.Biases);
        return new SingleHeads(slice);
    }
}

/// <summary>
/// Heads y = w·z + b in float64, in the units of the representation and of the labels: features may lie in a narrow band
/// around a large mean, where weights are large and their sum cancels.
/// </summary>
/// <param name="weights">[cells, width].</param>
/// <param name="biases">[cells].</param>
public sealed class DoubleHeads(int width, double[] weights, double[] biases) : IHeads
{
    public ReadOnlySpan<double> Weights(int cell) => weights.AsSpan(cell * width, width);

    public double Bias(int cell) => biases[cell];

    public Targets Predict(TaskSamples features)
    {
        if (features.Width != width || features.Tasks != biases.Length)
            throw new ArgumentException($"Heads [{biases.Length}, {width}] cannot read features [{features.Tasks}, {features.Samples}, {features.Width}].", nameof(features));
        var predictions = new Targets(features.Tasks, features.Samples, 1);
        for (var cell = 0; cell < features.Tasks; cell++)
        {
            var rows = features.Task(cell);
            var own = Weights(cell);
            var predicted = predictions.Cell(cell);
            for (var sample = 0; sample < predicted.Length; sample++)
            {
                var row = rows.Slice(sample * width, width);
                var sum = biases[cell];
                for (var unit = 0; unit < row.Length; unit++) sum += own[unit] * row[unit];
                predicted[sample] = sum;
            }
        }
        return predictions;
    }

    public IReadOnlyList<NamedTensor> ToTensors() => [NamedTensor.Of("heads.weight", weights, biases.Length, width), NamedTensor.Of("heads.bias", biases, biases.Length)];

    public IHeads Slice(int first, int cells) => new DoubleHeads(width, weights[(first * width)..((first + cells) * width)], biases[first..(first + cells)]);
}
