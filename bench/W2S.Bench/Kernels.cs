using W2S.Data;
using W2S.Models;
using W2S.Training;

namespace W2S.Bench;

/// <summary>The kernels that the synthetic study spends its time in, each on one core.</summary>
internal static class Kernels
{
    /// <param name="torch">The torch engine on one thread; null where there is no libtorch.</param>
    /// <param name="peak">One core's single-precision peak, operations a second.</param>
    public static IReadOnlyList<Kernel> All(IEngine fused, IEngine? torch, double peak, bool hasPeer)
    {
        var heads = Problems.Heads();
        var inputs = GaussianInputs.Draw(0, "inputs", Problems.Tasks, Problems.Samples, 8, 500);
        var strong = Problems.Representation(Problems.Strong).Initial;
        return
        [
            Representation("2-layer step, batch 32", Problems.Weak, "representation_weak"),
            Representation("8-layer step, batch 32", Problems.Strong, "representation_strong"),
            Heads("head step of 100 tasks, one task at a time", seconds => Problems.Tasks * seconds["head_on_strong"], computed: true),
            Heads("head step of 100 tasks, peer in one bmm", seconds => seconds["head_step_of_all_tasks"], computed: false),
            new Kernel(
                Row("8-layer features of 200,000 samples", Operations.Features(Problems.Strong, inputs.Tasks * inputs.Samples), peak, torch != null),
                () => Kernel.Seconds(() => fused.Features(strong, inputs)),
                torch == null ? null : () => Kernel.Seconds(() => torch.Features(strong, inputs)),
                seconds => seconds["features"]),
            // Summed in float64, of which a core does half as much.
            new Kernel(
                Row("exact heads of 100 tasks, float64", Problems.Tasks * Operations.ExactHeads(16, Problems.Samples), peak / 2, hasTorch: false),
                () => Kernel.Seconds(() => ExactHeads.Fit(heads.Features, heads.Labels, hasBias: true, threads: 1)),
                null,
                seconds => seconds["exact_heads"]),
        ];

        Kernel Representation(string name, MlpShape shape, string peer)
        {
            var problem = Problems.Representation(shape);
            return new Kernel(
                Row(name, Operations.RepresentationStep(shape), peak, torch != null),
                Kernel.Steps(fused.Pretrain(problem), problem.StepsPerEpoch),
                torch == null ? null : Kernel.Steps(torch.Pretrain(problem), problem.BatchesPerTask),
                seconds => seconds[peer]);
        }

        Kernel Heads(string name, Func<IReadOnlyDictionary<string, double>, double> peer, bool computed) => new(
            Row(name, Problems.Tasks * Operations.HeadStep(16), peak, torch != null, computed),
            Kernel.Steps(fused.FitHeads(heads), 64 * heads.StepsPerEpoch),
            torch == null ? null : Kernel.Steps(torch.FitHeads(heads), heads.StepsPerEpoch),
            peer);

        Comparison Row(string name, double operations, double limit, bool hasTorch, bool computed = false) => new(name, operations, limit)
        {
            Torch = hasTorch ? new Times() : null,
            Peer = hasPeer ? new Times { Computed = computed } : null,
        };
    }
}
