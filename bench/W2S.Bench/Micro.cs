using BenchmarkDotNet.Attributes;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.NoEmit;
using W2S.Data;
using W2S.Models;
using W2S.Training;

namespace W2S.Bench;

/// <summary>BenchmarkDotNet on the smallest parts: what a step, a shuffle or a draw takes, and whether it allocates.</summary>
[MemoryDiagnoser]
public class Micro
{
    private const int Stretch = 63;
    private readonly ITrainingJob _weak = new FusedEngine(threads: 1).Pretrain(Problems.Representation(Problems.Weak));
    private readonly ITrainingJob _strong = new FusedEngine(threads: 1).Pretrain(Problems.Representation(Problems.Strong));
    private readonly TaskSamples _predictions = new(Problems.Tasks, Problems.Samples, 16);
    private readonly LinearHeads _heads = LinearHeads.Initialise(0, "heads", Problems.Tasks, 16, hasBias: true, HeadActivation.None);
    private readonly RandomStream _stream = new(0, "micro");
    private readonly int[] _order = new int[Problems.Samples];
    private long _weakStep, _strongStep;

    /// <summary>In this process: a generated project would have to be restored first.</summary>
    public static void Run(string[] arguments) => BenchmarkSwitcher.FromTypes([typeof(Micro)]).Run(
        arguments.Length > 0 ? arguments : ["--filter", "*"],
        ManualConfig.Create(DefaultConfig.Instance).AddJob(Job.ShortRun.WithToolchain(InProcessNoEmitToolchain.Instance)));

    [Benchmark(OperationsPerInvoke = Stretch)]
    public void TwoLayerStep() => _weak.Advance(Advance(ref _weakStep), Stretch);

    [Benchmark(OperationsPerInvoke = Stretch)]
    public void EightLayerStep() => _strong.Advance(Advance(ref _strongStep), Stretch);

    [Benchmark(OperationsPerInvoke = Problems.Samples)]
    public void ShuffledSample() => _stream.Permutation(_order);

    [Benchmark]
    public double NormalNumber() => _stream.NextNormal();

    [Benchmark(OperationsPerInvoke = Problems.Tasks * Problems.Samples)]
    public TaskSamples Prediction() => _heads.Predict(_predictions);

    private static long Advance(ref long step) => (step += Stretch) - Stretch;
}
