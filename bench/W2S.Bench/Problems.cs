using System.Numerics.Tensors;
using W2S.Data;
using W2S.Models;
using W2S.Training;
using W2S.Training.Objectives;

namespace W2S.Bench;

/// <summary>The synthetic study's problems at any size; the defaults are the paper's settings.</summary>
internal static class Problems
{
    public const int Samples = 2000;
    public const int PretrainingTasks = 10;
    public const int Tasks = 100;
    public const int Classes = 5;

    public static MlpShape Weak { get; } = new(8, 16, 16, 2);

    public static MlpShape Strong { get; } = new(8, 16, 16, 8);

    public static PretrainingProblem Representation(MlpShape shape, int tasks = PretrainingTasks, int samples = Samples)
    {
        var engine = new FusedEngine(threads: 1);
        var inputs = TaskSamples.Gaussian(0, "inputs", tasks, samples, shape.Inputs, 500);
        var truth = MlpWeights.Initialise(shape, new RandomStream(0, "truth"));
        var heads = LinearHeads.Initialise(0, "heads", tasks, shape.Outputs, hasBias: true);
        var labels = heads.Predict(engine.Features(truth, inputs));
        var initial = MlpWeights.Initialise(shape, new RandomStream(0, "initial"));
        return new PretrainingProblem("bench", initial, inputs, labels, heads, new OptimiserOptions(), 0, "shuffle");
    }

    /// <summary>Softmax heads of as many classes as the peer's, on soft labels.</summary>
    public static HeadProblem SoftmaxHeads(int tasks = Tasks, int samples = Samples, int width = 16, int classes = Classes)
    {
        var features = TaskSamples.Gaussian(0, "features", tasks, samples, width, 1);
        var labels = TaskSamples.Gaussian(0, "logits", tasks, samples, classes, 2);
        for (var row = 0; row < tasks * samples; row++)
        {
            var label = labels.Values.AsSpan(row * classes, classes);
            TensorPrimitives.SoftMax(label, label);
        }
        var initial = LinearHeads.Initialise(0, "initial", tasks, width, hasBias: true, classes);
        return new HeadProblem("bench", initial, features, labels, new OptimiserOptions(), 0, "shuffle") { Objective = new CrossEntropy() };
    }

    public static HeadProblem Heads(int tasks = Tasks, int samples = Samples, int width = 16, Link link = Link.Identity)
    {
        var features = TaskSamples.Gaussian(0, "features", tasks, samples, width, 1);
        var truth = LinearHeads.Initialise(0, "truth", tasks, width, hasBias: true);
        var initial = LinearHeads.Initialise(0, "initial", tasks, width, hasBias: true);
        return new HeadProblem("bench", initial, features, truth.Predict(features), new OptimiserOptions(), 0, "shuffle")
        {
            Objective = new Squared(new Squared.Options { Link = link }),
        };
    }
}
