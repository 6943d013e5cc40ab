using W2S.Models;
using W2S.Training;

namespace W2S.Bench;

/// <summary>A stage of Figure 2b in full, on one core: W2S does it, the peer's time is computed from its steps.</summary>
/// <param name="Run">Does the stage with the fused engine; seconds.</param>
/// <param name="Torch">The torch engine's time, computed from seconds a step by kernel.</param>
/// <param name="Peer">The peer's time, computed from what timings.py says.</param>
internal sealed record Stage(
    Comparison Row, Func<double> Run, Func<IReadOnlyDictionary<string, double>, double> Peer, Func<IReadOnlyList<Kernel>, double?> Torch)
{
    public static IReadOnlyList<Stage> All(IEngine fused, double peak, bool hasTorch, bool hasPeer)
    {
        var epochs = new OptimiserOptions().Epochs;
        return
        [
            Representation("weak representation, 630,000 steps", Problems.Weak, "representation_weak", kernel: 0),
            Representation("strong representation, 630,000 steps", Problems.Strong, "representation_strong", kernel: 1),
            Heads("heads of a stage on the weak one, 100 × 63,000 steps", "head_on_weak"),
            Heads("heads of a stage on the strong one, 100 × 63,000 steps", "head_on_strong"),
        ];

        Stage Representation(string name, MlpShape shape, string peer, int kernel)
        {
            var problem = Problems.Representation(shape);
            var steps = epochs * problem.StepsPerEpoch;
            return new Stage(Row(name, steps * Operations.RepresentationStep(shape)), () => Seconds(() => fused.Pretrain(problem), steps),
                seconds => steps * seconds[peer], kernels => steps * kernels[kernel].Row.Torch?.Median);
        }

        Stage Heads(string name, string peer)
        {
            var problem = Problems.Heads();
            var steps = epochs * problem.StepsPerEpoch;
            return new Stage(Row(name, steps * Problems.Tasks * Operations.HeadStep(16)), () => Seconds(() => fused.FitHeads(problem), steps),
                seconds => steps * Problems.Tasks * seconds[peer], kernels => steps * kernels[2].Row.Torch?.Median);
        }

        Comparison Row(string name, double operations) => new(name, operations, peak)
        {
            Torch = hasTorch ? new Times { Computed = true } : null,
            Peer = hasPeer ? new Times { Computed = true } : null,
        };
    }

    private static double Seconds(Func<ITrainingJob> start, int steps) => Kernel.Seconds(() =>
    {
        using var job = start();
        job.Advance(0, steps);
    });
}
