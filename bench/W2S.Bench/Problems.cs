using System.Diagnostics;
using W2S.Data;
using W2S.Models;
using W2S.Training;

namespace W2S.Bench;

/// <summary>The problems that are timed: the paper's sizes (2405.15116, section 5.1), with labels of random networks.</summary>
internal static class Problems
{
    public const int Samples = 2000;

    /// <summary>The last batch of an epoch holds 16 of 2000 samples, so a step sees a little less than 32.</summary>
    public const double SamplesPerStep = Samples / 63.0;

    /// <summary>Ten pretraining tasks for a representation of this shape.</summary>
    public static PretrainingProblem Representation(FusedEngine engine, MlpShape shape)
    {
        const int tasks = 10;
        var inputs = GaussianInputs.Draw(0, "inputs", tasks, Samples, shape.Inputs, 500);
        var truth = MlpWeights.Initialise(shape, new RandomStream(0, "truth"));
        var heads = LinearHeads.Initialise(0, "heads", tasks, shape.Outputs, hasBias: true, HeadActivation.None);
        var initial = MlpWeights.Initialise(shape, new RandomStream(0, "initial"));
        return new PretrainingProblem("bench", initial, inputs, heads.Predict(engine.Features(truth, inputs)), heads, new OptimiserOptions(), 0, "shuffle");
    }

    /// <summary>The heads of one stage, on features of this width.</summary>
    public static HeadProblem Heads(int tasks, int width, HeadActivation activation)
    {
        var features = GaussianInputs.Draw(0, "features", tasks, Samples, width, 1);
        var truth = LinearHeads.Initialise(0, "truth", tasks, width, hasBias: true, activation);
        var initial = LinearHeads.Initialise(0, "initial", tasks, width, hasBias: true, activation);
        return new HeadProblem("bench", initial, features, truth.Predict(features), new OptimiserOptions(), 0, "shuffle");
    }

    /// <summary>Floating-point operations of a step, two for each multiply-add: forward and weight gradient for all layers, deltas for all but the lowest.</summary>
    public static double Operations(MlpShape shape)
    {
        double multiplyAdds = 0;
        for (var layer = 0; layer < shape.Depth; layer++) multiplyAdds += (layer == 0 ? 2.0 : 3.0) * shape.FanIn(layer) * shape.FanOut(layer);
        return 2 * multiplyAdds * SamplesPerStep;
    }

    /// <summary>Floating-point operations of one task's step: forward and gradient.</summary>
    public static double HeadOperations(int width) => 4.0 * width * SamplesPerStep;

    /// <summary>
    /// Nanoseconds a step of each repetition, sorted. Let a repetition be as short as counts everything, so that some of
    /// them escape what else the machine does: one task's epoch, or enough epochs of heads to pay for reading them.
    /// </summary>
    /// <param name="steps">The steps of a repetition.</param>
    public static double[] Time(ITrainingJob job, int steps, int repetitions)
    {
        var times = new double[repetitions];
        for (var repetition = -2; repetition < repetitions; repetition++)
        {
            var start = Stopwatch.GetTimestamp();
            job.Advance((repetition + 2L) * steps, steps);
            if (repetition >= 0) times[repetition] = Stopwatch.GetElapsedTime(start).TotalNanoseconds / steps;
        }
        Array.Sort(times);
        return times;
    }
}
