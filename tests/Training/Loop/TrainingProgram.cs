using System.Globalization;
using W2S.Data;

namespace W2S.Training.Tests;

/// <summary>What a <see cref="TrainingProcess"/> runs: a training that prints every step and exits as W2S does.</summary>
internal static class TrainingProgram
{
    /// <summary>Arguments: run folder, steps, milliseconds that each step takes.</summary>
    public static int Main(string[] arguments)
    {
        if (arguments[0] == GarbageCollectionStress.Name) return GarbageCollectionStress.Run(arguments);
        var folder = arguments[0];
        var steps = long.Parse(arguments[1], CultureInfo.InvariantCulture);
        var pause = int.Parse(arguments[2], CultureInfo.InvariantCulture);
        try
        {
            using var lease = RunLease.Acquire(folder, TimeProvider.System);
            var run = RunServices.Silent with { Progress = new PrintedProgress() };
            using var interruption = Interruption.Install(run.Stop, run.Log);
            Train(folder, new QuadraticJob(steps, beforeStep: Announce), run);
            return 0;

            void Announce(long step)
            {
                Console.WriteLine($"step {step}");
                Thread.Sleep(pause);
            }
        }
        catch (StoppedException)
        {
            return 75;
        }
        catch (UserErrorException error)
        {
            Console.Error.WriteLine(error.Message);
            return 2;
        }
    }

    /// <summary>The training itself, for comparison with one that nothing interrupts.</summary>
    public static TrainingOutcome Train(string folder, ITrainingJob job, RunServices run)
    {
        var options = new TrainingOptions { SaveEvery = Duration.Parse("1step"), LogEvery = Duration.Parse("7steps") };
        return TrainingLoop.Run(job, options, new CheckpointStore(folder, "settings", TimeProvider.System), run);
    }

    private sealed class PrintedProgress : IProgressDisplay, IProgressDisplay.IItem
    {
        public IProgressDisplay.IItem Begin(string name, string unit, long total, long startStep = 0)
        {
            Console.WriteLine($"from {startStep}");
            return this;
        }

        public void Report(long step, double? loss = null) => Console.WriteLine($"done {step}");

        public void Dispose() { }
    }
}
