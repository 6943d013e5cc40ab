using System.Numerics.Tensors;
using W2S.Data;
using W2S.Models;
using W2S.Training.Objectives;
using W2S.Training;

namespace W2S.Training.Tests.Fused;

/// <summary>Random problems for the fused engine, each a function of its number.</summary>
internal static class FusedCases
{
    public const string SquaredHeads = "squared", SoftmaxHeads = "softmax";

    /// <summary>Heads of either kind.</summary>
    public static HeadProblem Of(string heads, int number) => heads == SoftmaxHeads ? Softmax(number) : Heads(number);

    /// <summary>The instruction sets that this machine can run.</summary>
    public static TheoryData<InstructionSet> InstructionSets =>
        new(Enum.GetValues<InstructionSet>().Where(Training.InstructionSets.IsSupported));

    /// <summary>
    /// A network of depth 1 to 10 and widths 1 to 64, batches of 1 to 100, with dead units in every third case and inputs of σ =
    /// 500 in every second.
    /// </summary>
    public static PretrainingProblem Pretraining(int number)
    {
        var random = new RandomStream(number, "pretraining cases");
        var shape = new MlpShape(1 + random.NextInt(64), 1 + random.NextInt(64), 1 + random.NextInt(64), 1 + random.NextInt(10));
        var (tasks, samples) = (1 + random.NextInt(3), 1 + random.NextInt(150));
        var initial = MlpWeights.Initialise(shape, random);
        if (number % 3 == 0)
            for (var layer = 0; layer < shape.Depth; layer++)
                for (var unit = 0; unit < shape.FanOut(layer); unit += 3) initial.Bias(layer)[unit] = -1e6f;
        return Pretraining(
            shape, initial, tasks, samples, new OptimiserOptions { Batch = 1 + random.NextInt(100) }, number % 2 == 0 ? 500 : 1,
            number % 5 != 0, number);
    }

    public static PretrainingProblem Pretraining(
        MlpShape shape, MlpWeights initial, int tasks, int samples, OptimiserOptions optimiser, double sigma, bool headBias, int seed)
    {
        var inputs = TaskSamples.Gaussian(seed, "inputs", tasks, samples, shape.Inputs, sigma);
        var heads = LinearHeads.Initialise(seed, "heads", tasks, shape.Outputs, headBias);
        var truth = MlpWeights.Initialise(shape, new RandomStream(seed, "truth"));
        var labels = heads.Predict(new FusedEngine(1, InstructionSet.Scalar).Features(truth, inputs));
        return new PretrainingProblem($"case {seed}", initial, inputs, labels, heads, optimiser, seed, "shuffle");
    }

    /// <summary>The paper's network of so many layers, with few samples.</summary>
    public static PretrainingProblem Paper(int depth, int tasks, int samples, int epochs = 1000)
    {
        var shape = new MlpShape(8, 16, 16, depth);
        var initial = MlpWeights.Initialise(shape, new RandomStream(3, "initial"));
        return Pretraining(shape, initial, tasks, samples, new OptimiserOptions { Epochs = epochs }, 500, true, 3);
    }

    /// <summary>Heads for 1 to 20 tasks of width 1 to 64, batches of 1 to 100, with and without bias, all links.</summary>
    public static HeadProblem Heads(int number)
    {
        var random = new RandomStream(number, "head cases");
        var (tasks, width, samples) = (1 + random.NextInt(20), 1 + random.NextInt(64), 1 + random.NextInt(150));
        var link = (Link)(number % 4);
        var features = TaskSamples.Gaussian(number, "features", tasks, samples, width, link == Link.Identity && number % 3 == 0 ? 500 : 1);
        for (var i = 0; i < features.Values.Length; i++) features.Values[i] = MathF.Max(0, features.Values[i]);
        var hasBias = number % 5 != 0;
        var truth = LinearHeads.Initialise(number, "truth", tasks, width, hasBias);
        var initial = LinearHeads.Initialise(number, "initial", tasks, width, hasBias);
        var labels = truth.Predict(features);
        foreach (ref var label in labels.Values.AsSpan()) label = Linked(label);
        var optimiser = new OptimiserOptions { Batch = 1 + random.NextInt(100) };
        return new HeadProblem($"case {number}", initial, features, labels, optimiser, number, "shuffle")
        {
            Objective = new Squared(new Squared.Options { Link = link }),
        };

        float Linked(float output)
        {
            Span<double> value = [output];
            link.Apply(value, value);
            return (float)value[0];
        }
    }

    /// <summary>
    /// Heads of 2 to 16 classes for 1 to 20 tasks of width 1 to 64, 1 to 150 samples in batches of 1 to 100, with and
    /// without bias. Labels by turns: soft; one class a sample; the same class for all; sharp probabilities that reach 0
    /// and 1 exactly; weights that do not sum to 1.
    /// </summary>
    public static HeadProblem Softmax(int number)
    {
        var random = new RandomStream(number, "softmax cases");
        var (tasks, width, samples, classes) = (1 + random.NextInt(20), 1 + random.NextInt(64), 1 + random.NextInt(150), 2 + number % 15);
        if (number % 11 == 0) samples = 1;
        var features = TaskSamples.Gaussian(number, "features", tasks, samples, width, 1);
        var labels = TaskSamples.Gaussian(number, "labels", tasks, samples, classes, number % 5 == 3 ? 200 : 2);
        for (var start = 0; start < labels.Values.Length; start += classes)
        {
            var row = labels.Values.AsSpan(start, classes);
            TensorPrimitives.Subtract(row, TensorPrimitives.Max<float>(row), row);
            TensorPrimitives.SoftMax(row, row);
            if (number % 5 == 4) TensorPrimitives.Multiply(row, 0.1f + random.NextInt(3), row);
            if (number % 5 is not (1 or 2)) continue;
            row.Clear();
            row[number % 5 == 1 ? random.NextInt(classes) : classes / 2] = 1;
        }
        var initial = LinearHeads.Initialise(number, "initial", tasks, width, number % 4 != 0, classes);
        return new HeadProblem(
            $"case {number}", initial, features, labels, new OptimiserOptions { Batch = 1 + random.NextInt(100) }, number, "shuffle")
        {
            Objective = new CrossEntropy(),
        };
    }

    /// <summary>The greatest difference, relative to the greatest magnitude expected.</summary>
    public static double Distance(IEnumerable<double> expected, IEnumerable<float> actual)
    {
        var scale = expected.Max(Math.Abs);
        var difference = expected.Zip(actual, (e, a) => Math.Abs(e - a)).Max();
        return difference == 0 ? 0 : difference / scale;
    }

    /// <summary>All bytes of a state, in order.</summary>
    public static byte[] Bytes(ITrainingJob job) => [.. job.Save().SelectMany(tensor => tensor.Bytes)];

    public static Dictionary<string, NamedTensor> State(ITrainingJob job) => job.Save().ToDictionary(tensor => tensor.Name);
}
