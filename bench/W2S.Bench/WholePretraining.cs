using W2S.Data;
using W2S.Experiments;
using W2S.Training;

namespace W2S.Bench;

/// <summary>
/// `pretrain` on real molecules and essays from its start to its end beside the training steps that it is for, and a batch in two
/// parts beside one: what the program around the kernels costs.
/// </summary>
/// <param name="say">Where progress goes.</param>
internal sealed class WholePretraining(Action<string> say)
{
    private const int StepsAtOnce = 100;

    private static readonly IReadOnlyList<Command> Commands =
    [
        new("molecules", ["--corpus", "guacamol-v1-valid"], new EncoderSettings { Corpora = ["guacamol-v1-valid"] }),
        new(
            "parts of texts", ["--data", "essays", "--max-length", "128", "--epochs", "20", "--vocabulary-size", "2000"],
            new EncoderSettings
        {
            Tokenizer = EncoderSettings.WordPiece, Corpora = ["essays"], MaximumLength = 128,
            Text = new EncoderSettings.TextOptions { TrainingPart = true, VocabularySize = 2000 },
            Pretraining = new EncoderPretrainingOptions { Epochs = 20 },
        }),
    ];

    /// <summary>
    /// The command on one core, with its default two epochs of 78,737 molecules, and with 20 epochs of the essays that no split
    /// evaluates, whose vocabulary it learns first; in each round beside steps of the same training.
    /// </summary>
    /// <param name="hidden">Widths.</param>
    public void PrintShares(int rounds, int[] hidden, TextWriter writer) => Processors.Pinned(() =>
    {
        writer.WriteLine($"{"processor time, one core",-34} {"step",14} {"pretrain",14} {"share",14}");
        foreach (var command in Commands)
        foreach (var width in hidden) PrintShare(command, width, rounds, writer);
        return true;
    });

    private void PrintShare(Command command, int width, int rounds, TextWriter writer)
    {
        var settings = command.Settings with { Hidden = width };
        var corpus = EncoderStore.LoadCorpora(settings, DataFolders.Usual(), RunServices.Silent);
        using var job = new FusedEncoderEngine().Pretrain(corpus.Problem(settings, "bench"));
        var (step, examples) = (Times.OfSteps(Times.OfProcessor, job, StepsAtOnce), corpus.Training.Length * settings.Pretraining.Epochs);
        var (steps, wholes) = (new Times(), new Times());
        for (var repetition = 0; repetition < 5; repetition++) step();
        for (var round = 1; round <= rounds; round++)
        {
            Steps();
            wholes.Add(Whole([.. command.Arguments, "--hidden", $"{width}"]) / examples);
            Steps();
            say($"{command.Unit}, hidden {width}, round {round} of {rounds}");
        }
        writer.WriteLine(
            $"{$"hidden {width}, {command.Unit} a second",-34} {1 / steps.Median,14:N0} {1 / wholes.Median,14:N0} "
            + $"{Share(steps.Median / wholes.Median, steps.Least / wholes.Least),14}");

        void Steps()
        {
            for (var repetition = 0; repetition < 4; repetition++) steps.Add(step() / settings.Pretraining.Batch);
        }
    }

    /// <summary>
    /// A training step of 16 molecules by the clock, in one part and in two, a core each, and two trainings of one part at once,
    /// which never wait for each other: what two cores of this machine give at all. The sides take turns.
    /// </summary>
    public void PrintParts(int rounds, int[] hidden, TextWriter writer)
    {
        if (EncoderProblem.Corpus() is not { } file) return;
        writer.WriteLine(
            $"{"by the clock, 16 molecules a step",-34} {"one core",14} {"two cores",14} {"times faster",14} {"of two at once",14}");
        foreach (var problem in EncoderProblem.All(file, hidden))
        {
            var (one, other, two) = (problem.StepInParts(1), problem.StepInParts(1), problem.StepInParts(2));
            var (ones, twos, boths) = (new Times(), new Times(), new Times());
            for (var repetition = -3; repetition < 15 * rounds; repetition++)
            {
                var (first, second, both) = (one(), two(), AtOnce(one, other));
                if (repetition < 0) continue; // not of compiled code
                ones.Add(first);
                twos.Add(second);
                boths.Add(both);
            }
            writer.WriteLine(
                $"{$"hidden {problem.HiddenSize}, a training step",-34} {Times.Format(ones.Median),14} {Times.Format(twos.Median),14} "
                + $"{$"{ones.Median / twos.Median:F2}/{ones.Least / twos.Least:F2}",14} "
                + $"{$"{2 * ones.Median / boths.Median:F2}/{2 * ones.Least / boths.Least:F2}",14}");
        }

        static double AtOnce(Func<double> one, Func<double> other)
        {
            var of = 0.0;
            var thread = new Thread(() => of = other());
            thread.Start();
            var seconds = one();
            thread.Join();
            return Math.Max(seconds, of);
        }
    }

    private static string Share(double ofMedians, double ofLeast) => $"{ofMedians:P1}/{ofLeast:P1}".Replace(" ", "");

    /// <summary>Seconds of processor time, start-up, reading, the measuring of what is held out and saving included.</summary>
    private static double Whole(string[] arguments)
    {
        var folder = Directory.CreateTempSubdirectory("w2s-bench-").FullName;
        try
        {
            var before = ChildProcess.ProcessorSeconds;
            ChildProcess.Output(Repository.Built("W2S"), ["pretrain", .. arguments, "--out", folder]);
            return ChildProcess.ProcessorSeconds - before;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>A training as it is asked for, and what its settings are.</summary>
    /// <param name="Unit">What a batch is of.</param>
    private sealed record Command(string Unit, string[] Arguments, EncoderSettings Settings);
}
