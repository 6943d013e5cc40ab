using System.Diagnostics;
using W2S.Models;
using W2S.Training;
using W2S.Training.Objectives;

namespace W2S.Bench;

/// <summary>
/// Times the fused kernels on one core, everything counted: shuffles, partial last batches, checks for NaN. The least
/// time is what the kernel needs; the median shows how much the machine was disturbed.
/// </summary>
internal static class KernelTable
{
    private static readonly MlpShape[] Shapes =
    [
        new(8, 16, 16, 1), new(8, 16, 16, 2), new(8, 16, 16, 4), new(8, 16, 16, 8), new(8, 16, 16, 16),
        new(8, 32, 16, 2), new(8, 32, 32, 8), new(8, 48, 48, 8), new(8, 64, 64, 8),
    ];

    public static void Print(InstructionSet instructions)
    {
        var peak = PeakSpeed.Measure(instructions);
        var engine = new FusedEngine(threads: 1, instructions);
        Console.WriteLine($"{engine.Name}, one core, peak {peak:F0} GFLOP/s (multiply-adds on registers alone)");
        Console.WriteLine($"{"kernel",-34} {"ns/step",9} {"median",9} {"GFLOP/s",9} {"of peak",8}");
        foreach (var shape in Shapes) Representation(engine, shape, peak);
        foreach (var width in new[] { 8, 16, 32, 64 }) Heads(engine, width, peak);
        foreach (var link in new[] { Link.Relu, Link.Tanh, Link.Sigmoid }) Heads(engine, 16, peak, link);
    }

    private static void Representation(FusedEngine engine, MlpShape shape, double peak)
    {
        using var job = engine.Pretrain(Problems.Representation(shape));
        Row(
            $"step {shape.Depth} layers {shape.Inputs}-{shape.Hidden}-{shape.Outputs}, batch 32", Time(job), 1,
            Operations.RepresentationStep(shape), peak);
    }

    private static void Heads(FusedEngine engine, int width, double peak, Link link = Link.Identity)
    {
        const int tasks = 8; // a group or less, so that a repetition is short
        using var job = engine.FitHeads(Problems.Heads(tasks, width: width, link: link));
        Row($"task-step of a head {width} {link}, batch 32", Time(job), tasks, Operations.HeadStep(width), peak);
    }

    /// <summary>
    /// Nanoseconds a step of many repetitions, sorted. A repetition is as short as counts everything, so that some of
    /// them escape what else the machine does: one task's epoch, or enough epochs of heads to pay for reading them.
    /// </summary>
    private static double[] Time(ITrainingJob job)
    {
        var count = job is IEngine.IHeadJob ? 32 * job.StepsPerEpoch : 63;
        var times = new double[job is IEngine.IHeadJob ? 100 : 3000];
        for (var repetition = -2; repetition < times.Length; repetition++)
        {
            var start = Stopwatch.GetTimestamp();
            job.Advance((repetition + 2L) * count, count);
            if (repetition >= 0) times[repetition] = Stopwatch.GetElapsedTime(start).TotalNanoseconds / count;
        }
        Array.Sort(times);
        return times;
    }

    private static void Row(string name, double[] times, int tasks, double operations, double peak)
    {
        var (least, median) = (times[0] / tasks, times[times.Length / 2] / tasks);
        Console.WriteLine($"{name,-34} {least,9:F1} {median,9:F1} {operations / least,9:F1} {operations / least / peak,8:P0}");
    }
}
