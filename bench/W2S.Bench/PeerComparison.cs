using System.Diagnostics;
using W2S.Models;
using W2S.Training;

namespace W2S.Bench;

/// <summary>
/// Figure 2b's kernels and stages beside the authors' loop in PyTorch, on one core each. Rounds of both alternate, so
/// that a disturbance of the machine meets both.
/// </summary>
internal sealed class PeerComparison
{
    private const int Tasks = 100, Width = 16, PeerStepsPerRound = 200;
    private static readonly MlpShape Weak = new(8, Width, Width, 2), Strong = new(8, Width, Width, 8);

    private readonly Comparison _weak = new("representation, 2 layers: a step", "µs", Problems.Operations(Weak));
    private readonly Comparison _strong = new("representation, 8 layers: a step", "µs", Problems.Operations(Strong));
    private readonly Comparison _head = new("head on 8 layers: a step of one task", "µs", Problems.HeadOperations(Width));
    private readonly Comparison _full = new("Figure 2b: all steps, computed", "s", null);
    private readonly Comparison _exact = new("100 heads by least squares", "ms", null);
    private readonly FusedEngine _engine = new(threads: 1);
    private readonly PretrainingProblem _weakProblem, _strongProblem;
    private readonly HeadProblem _heads = Problems.Heads(Tasks, Width, HeadActivation.None);
    private readonly Peer? _peer;

    public PeerComparison(Peer? peer)
    {
        _peer = peer;
        _weakProblem = Problems.Representation(_engine, Weak);
        _strongProblem = Problems.Representation(_engine, Strong);
        FitExactly(); // compiled before it is timed
    }

    public string Engine => _engine.Name;

    public IReadOnlyList<Comparison> Rows => [_weak, _strong, _head, _full, _exact];

    public void Round()
    {
        using (var job = _engine.Pretrain(_weakProblem)) _weak.W2S.Add(Median(Problems.Time(job, steps: 63, repetitions: 1000)) / 1000);
        using (var job = _engine.Pretrain(_strongProblem)) _strong.W2S.Add(Median(Problems.Time(job, steps: 63, repetitions: 500)) / 1000);
        using (var job = _engine.FitHeads(_heads)) _head.W2S.Add(Median(Problems.Time(job, steps: 32 * job.StepsPerEpoch, repetitions: 15)) / 1000 / Tasks);
        var start = Stopwatch.GetTimestamp();
        FitExactly();
        _exact.W2S.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);

        const double representationSteps = 630_000, headSteps = 3 * 6_300_000; // ten tasks; 100 tasks in three stages
        _full.W2S.Add(((_weak.W2S[^1] + _strong.W2S[^1]) * representationSteps + _head.W2S[^1] * headSteps) / 1e6);
        if (_peer != null) Add(_peer.Time(PeerStepsPerRound));
    }

    private void FitExactly() => ExactHeads.Fit(_heads.Features, _heads.Labels, hasBias: true, threads: 1);

    private void Add(PeerTimes times)
    {
        _weak.Peer.Add(times.MicrosecondsPerStep["representation_weak"]);
        _strong.Peer.Add(times.MicrosecondsPerStep["representation_strong"]);
        _head.Peer.Add(times.MicrosecondsPerStep["head_on_strong"]);
        _full.Peer.Add(times.Steps.Sum(kind => kind.Value * times.MicrosecondsPerStep[kind.Key]) / 1e6);
    }

    private static double Median(double[] sorted) => sorted[sorted.Length / 2];
}
