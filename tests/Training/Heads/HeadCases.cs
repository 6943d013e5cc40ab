using System.Numerics.Tensors;
using W2S.Data;
using W2S.Models;

namespace W2S.Training.Tests;

/// <summary>Features, labels and measures for the tests of exact heads.</summary>
internal static class HeadCases
{
    public const double Sigma = 500;

    /// <summary>A randomly initialised representation of width 16 on R⁸.</summary>
    public static MlpWeights Network(long seed, string name, int depth) =>
        MlpWeights.Initialise(new MlpShape(8, 16, 16, depth), new RandomStream(seed, name));

    public static TaskSamples Inputs(long seed, string name, int tasks, int samples) =>
        TaskSamples.Gaussian(seed, name, tasks, samples, 8, Sigma);

    public static TaskSamples Features(MlpWeights network, TaskSamples inputs)
    {
        var layer = inputs;
        for (var number = 0; number < network.Shape.Depth; number++) layer = Block(network.Weight(number), network.Bias(number), layer);
        return layer;
    }

    /// <summary>Independent standard normal features: nothing could be better posed.</summary>
    public static TaskSamples NormalFeatures(long seed, int tasks, int samples, int width) =>
        TaskSamples.Gaussian(seed, "features", tasks, samples, width, 1);

    /// <summary>Labels that no head can give: smooth, but not linear in any features here.</summary>
    public static TaskSamples Curved(TaskSamples features)
    {
        var labels = new TaskSamples(features.Tasks, features.Samples, 1);
        for (var sample = 0; sample < labels.Values.Length; sample++)
            labels.Values[sample] = MathF.Sin(3 * features.Values[sample * features.Width])
                + 0.5f * MathF.Cos(2 * features.Values[sample * features.Width + 1]);
        return labels;
    }

    public static TaskSamples Sum(TaskSamples first, TaskSamples second) =>
        new(first.Tasks, first.Samples, first.Width, [.. first.Values.Zip(second.Values, (a, b) => a + b)]);

    /// <summary>Mean of (first − second)² over one task's samples, in float64.</summary>
    public static double Distance(TaskSamples first, TaskSamples second, int task)
    {
        double sum = 0;
        for (var sample = 0; sample < first.Samples; sample++)
        {
            var difference = (double)first.Task(task)[sample] - second.Task(task)[sample];
            sum += difference * difference;
        }
        return sum / first.Samples;
    }

    /// <summary>Mean of (a − b)(c − d) over one task's samples.</summary>
    public static double Inner(TaskSamples a, TaskSamples b, TaskSamples c, TaskSamples d, int task)
    {
        double sum = 0;
        for (var sample = 0; sample < a.Samples; sample++)
            sum += ((double)a.Task(task)[sample] - b.Task(task)[sample]) * ((double)c.Task(task)[sample] - d.Task(task)[sample]);
        return sum / a.Samples;
    }

    public static double Variance(TaskSamples labels, int task)
    {
        var mean = labels.Task(task).ToArray().Average(value => (double)value);
        return labels.Task(task).ToArray().Average(value => (value - mean) * (value - mean));
    }

    private static TaskSamples Block(ReadOnlySpan<float> weights, ReadOnlySpan<float> biases, TaskSamples inputs)
    {
        var outputs = new TaskSamples(inputs.Tasks, inputs.Samples, biases.Length);
        for (var sample = 0; sample < inputs.Tasks * inputs.Samples; sample++)
        {
            var row = inputs.Values.AsSpan(sample * inputs.Width, inputs.Width);
            for (var unit = 0; unit < biases.Length; unit++)
                outputs.Values[sample * biases.Length + unit] = Math.Max(
                    0, TensorPrimitives.Dot(weights.Slice(unit * inputs.Width, inputs.Width), row) + biases[unit]);
        }
        return outputs;
    }
}
