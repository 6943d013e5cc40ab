using System.Numerics.Tensors;
using W2S.Data;

namespace W2S.Models;

/// <summary>What is applied to a head's linear output. Anything but None makes the class of heads non-convex (2405.15116, appendix on non-convex F_s).</summary>
public enum HeadActivation
{
    None,
    Tanh,
    Relu,
    Sigmoid,
}

/// <summary>
/// One scalar head per task on a frozen representation: f(z) = activation(w·z + b). Weights are [tasks, width], biases
/// [tasks]; without bias the biases stay zero and are not trained.
/// </summary>
public sealed class LinearHeads
{
    public LinearHeads(int tasks, int width, bool hasBias, HeadActivation activation)
    {
        (Tasks, Width, HasBias, Activation) = (tasks, width, hasBias, activation);
        Weights = new float[tasks * width];
        Biases = new float[tasks];
    }

    public int Tasks { get; }
    public int Width { get; }
    public bool HasBias { get; }
    public HeadActivation Activation { get; }
    public float[] Weights { get; }
    public float[] Biases { get; }

    public Span<float> Weight(int task) => Weights.AsSpan(task * Width, Width);

    /// <summary>PyTorch's default for nn.Linear(width, 1): uniform in ±1/√width. Task t draws from the stream (seed, name, t).</summary>
    public static LinearHeads Initialise(long seed, string name, int tasks, int width, bool hasBias, HeadActivation activation)
    {
        var heads = new LinearHeads(tasks, width, hasBias, activation);
        var bound = 1 / Math.Sqrt(width);
        for (var task = 0; task < tasks; task++)
        {
            var random = new RandomStream(seed, name, task);
            foreach (ref var weight in heads.Weight(task)) weight = (float)random.NextUniform(-bound, bound);
            if (hasBias) heads.Biases[task] = (float)random.NextUniform(-bound, bound);
        }
        return heads;
    }

    /// <summary>Each task's head on that task's features [tasks, samples, width] → [tasks, samples, 1].</summary>
    public TaskSamples Predict(TaskSamples features)
    {
        if (features.Tasks != Tasks || features.Width != Width)
            throw new ArgumentException($"Heads [{Tasks}, {Width}] cannot read features [{features.Tasks}, {features.Samples}, {features.Width}].", nameof(features));
        var predictions = new TaskSamples(Tasks, features.Samples, 1);
        for (var task = 0; task < Tasks; task++)
        {
            var rows = features.Task(task);
            var outputs = predictions.Task(task);
            for (var sample = 0; sample < outputs.Length; sample++)
                outputs[sample] = Activate(TensorPrimitives.Dot(rows.Slice(sample * Width, Width), Weight(task)) + Biases[task]);
        }
        return predictions;
    }

    public float Activate(float linear) => Activation switch
    {
        HeadActivation.Tanh => MathF.Tanh(linear),
        HeadActivation.Relu => MathF.Max(linear, 0),
        HeadActivation.Sigmoid => 1 / (1 + MathF.Exp(-linear)),
        _ => linear,
    };

    /// <summary>`heads.weight` [tasks, width] and `heads.bias` [tasks].</summary>
    public IReadOnlyList<NamedTensor> ToTensors() =>
        [NamedTensor.Of("heads.weight", Weights, Tasks, Width), NamedTensor.Of("heads.bias", Biases, Tasks)];

    /// <summary>Overwrites these heads with stored ones.</summary>
    /// <exception cref="InvalidDataException">A tensor is missing or has another shape.</exception>
    public void CopyFrom(IReadOnlyDictionary<string, NamedTensor> tensors)
    {
        tensors.Floats("heads.weight", Tasks, Width).CopyTo(Weights);
        tensors.Floats("heads.bias", Tasks).CopyTo(Biases);
    }
}
