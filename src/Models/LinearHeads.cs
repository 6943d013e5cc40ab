using System.Numerics.Tensors;

namespace W2S.Models;

/// <summary>
/// One head per task on a frozen representation: W z + b, of one output or of several; what is made of the outputs is the
/// objective's affair. Weights are
/// [tasks, outputs, width], biases [tasks, outputs]; without bias the biases stay zero and are not trained.
/// </summary>
public sealed class LinearHeads
{
    /// <param name="outputs">Outputs of each head; for a softmax over classes these are the logits, one a class.</param>
    public LinearHeads(int tasks, int width, bool hasBias, int outputs = 1)
    {
        (Tasks, Width, HasBias, Outputs) = (tasks, width, hasBias, outputs);
        Weights = new float[checked(tasks * outputs * width)];
        Biases = new float[tasks * outputs];
    }

    /// <summary>Heads, one a task.</summary>
    public int Tasks { get; }

    /// <summary>Features that a head reads.</summary>
    public int Width { get; }

    /// <summary>Numbers that a head gives: 1, or a logit for each class.</summary>
    public int Outputs { get; }

    /// <summary>Whether the biases are trained; else they are 0.</summary>
    public bool HasBias { get; }

    /// <summary>[tasks, outputs, width], row-major.</summary>
    public float[] Weights { get; }

    /// <summary>[tasks, outputs].</summary>
    public float[] Biases { get; }

    /// <summary>[outputs, width].</summary>
    public Span<float> Weight(int task) => Weights.AsSpan(task * Outputs * Width, Outputs * Width);

    /// <summary>[outputs].</summary>
    public Span<float> Bias(int task) => Biases.AsSpan(task * Outputs, Outputs);

    /// <summary>
    /// PyTorch's default for nn.Linear(width, outputs): uniform in ±1/√width. Task t draws from the stream (seed, name, t).
    /// </summary>
    public static LinearHeads Initialise(long seed, string name, int tasks, int width, bool hasBias, int outputs = 1)
    {
        var heads = new LinearHeads(tasks, width, hasBias, outputs);
        var bound = 1 / Math.Sqrt(width);
        for (var task = 0; task < tasks; task++)
        {
            var random = new RandomStream(seed, name, task);
            foreach (ref var weight in heads.Weight(task)) weight = (float)random.NextUniform(-bound, bound);
            if (!hasBias) continue;
            foreach (ref var bias in heads.Bias(task)) bias = (float)random.NextUniform(-bound, bound);
        }
        return heads;
    }

    /// <summary>Each task's head on that task's features [tasks, samples, width] → [tasks, samples, outputs].</summary>
    public TaskSamples Predict(TaskSamples features)
    {
        if (features.Tasks != Tasks || features.Width != Width)
            throw new ArgumentException(
                $"Heads [{Tasks}, {Width}] cannot read features [{features.Tasks}, {features.Samples}, {features.Width}].",
                nameof(features));
        var predictions = new TaskSamples(Tasks, features.Samples, Outputs);
        for (var task = 0; task < Tasks; task++)
        {
            var rows = features.Task(task);
            var predicted = predictions.Task(task);
            for (var at = 0; at < predicted.Length; at++)
            {
                var (sample, output) = Math.DivRem(at, Outputs);
                var weight = Weight(task).Slice(output * Width, Width);
                predicted[at] = TensorPrimitives.Dot(rows.Slice(sample * Width, Width), weight) + Bias(task)[output];
            }
        }
        return predictions;
    }

    /// <summary>A copy of the heads of some tasks.</summary>
    public LinearHeads Slice(int first, int tasks)
    {
        var slice = new LinearHeads(tasks, Width, HasBias, Outputs);
        Weights.AsSpan(first * Outputs * Width, slice.Weights.Length).CopyTo(slice.Weights);
        Biases.AsSpan(first * Outputs, slice.Biases.Length).CopyTo(slice.Biases);
        return slice;
    }

    /// <summary>
    /// `heads.weight` [tasks, outputs, width] and `heads.bias` [tasks, outputs]; scalar heads' have no dimension for the one output.
    /// </summary>
    public IReadOnlyList<NamedTensor> ToTensors() =>
        [NamedTensor.Of("heads.weight", Weights, [.. OutputShape, Width]), NamedTensor.Of("heads.bias", Biases, OutputShape)];

    /// <summary>Overwrites these heads with stored ones.</summary>
    /// <exception cref="InvalidDataException">A tensor is missing or has another shape.</exception>
    public void CopyFrom(IReadOnlyDictionary<string, NamedTensor> tensors)
    {
        tensors.Floats("heads.weight", [.. OutputShape, Width]).CopyTo(Weights);
        tensors.Floats("heads.bias", OutputShape).CopyTo(Biases);
    }

    private long[] OutputShape => Outputs == 1 ? [Tasks] : [Tasks, Outputs];
}
