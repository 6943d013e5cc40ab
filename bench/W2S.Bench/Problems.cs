using W2S.Data;
using W2S.Models;
using W2S.Training;

namespace W2S.Bench;

/// <summary>The synthetic study's problems at any size; the defaults are the paper's settings.</summary>
internal static class Problems
{
    public const int Samples = 2000;
    public const int PretrainingTasks = 10;
    public const int Tasks = 100;

    public static MlpShape Weak { get; } = new(8, 16, 16, 2);

    public static MlpShape Strong { get; } = new(8, 16, 16, 8);

    public static PretrainingProblem Representation(MlpShape shape, int tasks = PretrainingTasks, int samples = Samples)
    {
        var engine = new FusedEngine(threads: 1);
        var inputs = GaussianInputs.Draw(0, "inputs", tasks, samples, shape.Inputs, 500);
        var truth = MlpWeights.Initialise(shape, new RandomStream(0, "truth"));
        var heads = LinearHeads.Initialise(0, "heads", tasks, shape.Outputs, hasBias: true, HeadActivation.None);
        var labels = heads.Predict(engine.Features(truth, inputs));
        var initial = MlpWeights.Initialise(shape, new RandomStream(0, "initial"));
        return new PretrainingProblem("bench", initial, inputs, labels, heads, new OptimiserOptions(), 0, "shuffle");
    }

    public static HeadProblem Heads(int tasks = Tasks, int samples = Samples, int width = 16, HeadActivation activation = HeadActivation.None)
    {
        var features = GaussianInputs.Draw(0, "features", tasks, samples, width, 1);
        var truth = LinearHeads.Initialise(0, "truth", tasks, width, hasBias: true, activation);
        var initial = LinearHeads.Initialise(0, "initial", tasks, width, hasBias: true, activation);
        return new HeadProblem("bench", initial, features, truth.Predict(features), new OptimiserOptions(), 0, "shuffle");
    }
}
