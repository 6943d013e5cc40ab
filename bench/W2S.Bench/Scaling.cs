using W2S.Models;
using W2S.Training;

namespace W2S.Bench;

/// <summary>Times of one kind of work at growing sizes.</summary>
/// <param name="Name">Of the work, with what one unit of it is.</param>
/// <param name="Exponent">What ideal scaling looks like: time ∝ size^Exponent.</param>
/// <param name="Anchor">The size that ideal scaling starts from: the paper's, or the nearest to it.</param>
/// <param name="Points">Size and least seconds.</param>
internal sealed record ScalingSeries(string Name, double Exponent, int Anchor, IReadOnlyList<(int Size, double Seconds)> Points)
{
    /// <summary>What ideal scaling from the anchor's time would give.</summary>
    public double Ideal(int size) => Points.First(point => point.Size == Anchor).Seconds * Math.Pow((double)size / Anchor, Exponent);

    /// <summary>The least time of every size.</summary>
    public ScalingSeries Least(IEnumerable<ScalingSeries> passes) =>
        this with { Points = [.. Points.Select((point, index) => (point.Size, passes.Min(pass => pass.Points[index].Seconds)))] };
}

/// <summary>One thing that grows, and what depends on it.</summary>
internal sealed record ScalingAxis(string Name, IReadOnlyList<ScalingSeries> Series);

/// <summary>
/// Time of the fused engine against everything that can grow, all else at the paper's settings: processor time where one
/// thread works, and by the clock where several do.
/// </summary>
internal static class Scaling
{
    private const double Budget = 0.4; // seconds for each point
    private static readonly FusedEngine OneCore = new(threads: 1);

    /// <summary>The least times of several passes over everything: a slow minute of the machine cannot bend a line.</summary>
    public static IReadOnlyList<ScalingAxis> Measure(int passes, Action<string> say)
    {
        // Threads first: one that starts while its parent is pinned stays pinned.
        var threads = Least(Threads);
        return [.. Processors.Pinned(() => new[] { Least(Tasks), Least(Samples), Least(Width), Least(Depth) }), threads];

        ScalingAxis Least(Func<ScalingAxis> measure)
        {
            var measured = Enumerable.Range(0, passes).Select(_ => measure()).ToList();
            say(measured[0].Name);
            return measured[0] with
            {
                Series = [.. measured[0].Series.Select((series, index) => series.Least(measured.Select(axis => axis.Series[index])))],
            };
        }
    }

    private static ScalingAxis Tasks() => new("tasks",
    [
        Series("heads, a step of all tasks", 1, 128, Powers(1, 512), tasks => HeadStep(Problems.Heads(tasks))),
        Series("2-layer representation, an epoch", 1, 8, Powers(1, 64), tasks => Epoch(Problems.Weak, tasks, Problems.Samples)),
    ]);

    private static ScalingAxis Samples() => new("samples a task",
    [
        Series("heads of 32 tasks, an epoch", 1, 2000, Powers(125, 32_000), samples => HeadEpoch(Problems.Heads(32, samples))),
        Series(
            "2-layer representation, 10 tasks, an epoch", 1, 2000, Powers(125, 32_000),
            samples => Epoch(Problems.Weak, Problems.PretrainingTasks, samples)),
    ]);

    private static ScalingAxis Width() => new("width",
    [
        Series("head step of 32 tasks", 1, 16, Powers(4, 64), width => HeadStep(Problems.Heads(32, width: width))),
        Series("8-layer representation, a step", 2, 16, Powers(4, 64), width => Step(new MlpShape(8, width, width, 8))),
    ]);

    private static ScalingAxis Depth() => new("depth",
        [Series("representation of width 16, a step", 1, 8, Powers(1, 32), depth => Step(new MlpShape(8, 16, 16, depth)))]);

    private static ScalingAxis Threads() => new("threads",
    [
        Series(
            "heads of 100 tasks, a step", -1, 1, Powers(1, Environment.ProcessorCount),
            threads => HeadStep(Problems.Heads(), threads, Times.Of)),
        Series("8 representations of 2 layers, an epoch", -1, 1, Powers(1, Environment.ProcessorCount), SideBySide),
        .. EncoderInParts(96),
    ]);

    private static ScalingSeries Series(string name, double exponent, int anchor, IReadOnlyList<int> sizes, Func<int, double> seconds) =>
        new(name, exponent, anchor, [.. sizes.Select(size => (size, seconds(size)))]);

    private static IReadOnlyList<int> Powers(int from, int to) =>
        [.. Enumerable.Range(0, 20).Select(power => from << power).TakeWhile(size => size <= to)];

    private static double HeadStep(HeadProblem problem) => HeadStep(problem, 1, Times.OfProcessor);

    private static double HeadStep(HeadProblem problem, int threads, Func<Action, double> time)
    {
        using var job = new FusedEngine(threads).FitHeads(problem);
        return Least(Times.OfSteps(time, job, 128 * job.StepsPerEpoch));
    }

    private static double HeadEpoch(HeadProblem problem) => HeadStep(problem) * problem.StepsPerEpoch;

    private static double Step(MlpShape shape)
    {
        using var job = OneCore.Pretrain(Problems.Representation(shape));
        return Least(Times.OfSteps(Times.OfProcessor, job, job.StepsPerEpoch / Problems.PretrainingTasks));
    }

    private static double Epoch(MlpShape shape, int tasks, int samples)
    {
        using var job = OneCore.Pretrain(Problems.Representation(shape, tasks, samples));
        return Least(Times.OfSteps(Times.OfProcessor, job, job.StepsPerEpoch)) * job.StepsPerEpoch;
    }

    /// <summary>A batch of an encoder's in as many parts as threads; nothing where there are no molecules.</summary>
    private static IEnumerable<ScalingSeries> EncoderInParts(int hidden) => EncoderProblem.Corpus() is { } corpus
        ? EncoderProblem.All(corpus, hidden).Select(problem => Series(
            $"encoder of hidden {hidden}, a step", -1, 1, Powers(1, Environment.ProcessorCount),
            parts => Least(problem.StepInParts(parts))))
        : [];

    /// <summary>Eight jobs that do not depend on each other, as in a sweep over seeds.</summary>
    private static double SideBySide(int threads)
    {
        var jobs = Enumerable.Range(0, 8).Select(_ => OneCore.Pretrain(Problems.Representation(Problems.Weak))).ToList();
        var steps = jobs.Select(job => Times.OfSteps(Times.Of, job, job.StepsPerEpoch)).ToList();
        var seconds = Least(
            () => Times.Of(() => Parallel.ForEach(steps, new ParallelOptions { MaxDegreeOfParallelism = threads }, advance => advance())));
        jobs.ForEach(job => job.Dispose());
        return seconds;
    }

    /// <summary>The least of as many repetitions as the budget allows: what else the machine does can only add.</summary>
    private static double Least(Func<double> work)
    {
        var (least, spent) = (double.PositiveInfinity, 0.0);
        for (var repetition = -1; repetition < 5 || spent < Budget; repetition++)
        {
            double seconds = 0;
            spent += Times.Of(() => seconds = work());
            if (repetition >= 0) least = Math.Min(least, seconds); // the first is not of compiled code
        }
        return least;
    }
}
