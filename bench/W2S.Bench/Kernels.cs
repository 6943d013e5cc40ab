using System.Text.Json;
using W2S.Data;
using W2S.Models;
using W2S.Training;

namespace W2S.Bench;

/// <summary>The kernels that the synthetic study spends its time in, each on one core.</summary>
internal static class Kernels
{
    // Of the comparison of losses: all samples of a task are one batch, so that no order of samples matters.
    private const int ComparedTasks = 10, ComparedSamples = 32, ComparedSteps = 20;

    /// <param name="torch">The torch engine on one thread.</param>
    /// <param name="peak">One core's single-precision peak, operations a second.</param>
    public static IReadOnlyList<Comparison> All(IEngine fused, IEngine torch, double peak)
    {
        var heads = Problems.Heads();
        var softmax = Problems.SoftmaxHeads();
        var inputs = TaskSamples.Gaussian(0, "inputs", Problems.Tasks, Problems.Samples, 8, 500);
        var strong = Problems.Representation(Problems.Strong).Initial;
        return
        [
            Representation("2-layer step, batch 32", Problems.Weak, "representation_weak"),
            Representation("8-layer step, batch 32", Problems.Strong, "representation_strong"),
            new(
                "heads of 100 tasks, a step, one bmm", Problems.Tasks * Operations.HeadStep(16), peak,
                Times.OfSteps(Times.OfProcessor, fused.FitHeads(heads), 64 * heads.StepsPerEpoch),
                Times.OfSteps(Times.OfProcessor, torch.FitHeads(heads), heads.StepsPerEpoch),
                times => times.Seconds["head_step_of_all_tasks"], times => times.Seconds["head_step_of_all_tasks"]),
            new(
                "the same, peer one head at a time", Problems.Tasks * Operations.HeadStep(16), peak,
                Times.OfSteps(Times.OfProcessor, fused.FitHeads(heads), 64 * heads.StepsPerEpoch),
                pyTorch: times => Problems.Tasks * times.Seconds["head_on_strong"]) { IsComputed = true },
            new(
                "softmax heads of 100 tasks, one bmm", Problems.Tasks * Operations.SoftmaxHeadStep(16, Problems.Classes), peak,
                Times.OfSteps(Times.OfProcessor, fused.FitHeads(softmax), 16 * softmax.StepsPerEpoch),
                Times.OfSteps(Times.OfProcessor, torch.FitHeads(softmax), softmax.StepsPerEpoch),
                pyTorch: times => times.Seconds["softmax_one_bmm"]),
            new(
                "the same, peer one head at a time", Problems.Tasks * Operations.SoftmaxHeadStep(16, Problems.Classes), peak,
                Times.OfSteps(Times.OfProcessor, fused.FitHeads(softmax), 16 * softmax.StepsPerEpoch),
                pyTorch: times => times.Seconds["softmax_task_after_task"]) { IsComputed = true },
            // Its steps are as many as each task needs, so operations are not counted.
            new(
                "Newton softmax heads of 100 tasks", 0, peak,
                () => Times.OfProcessor(() => NewtonHeads.Fit(softmax.Features, softmax.Labels, hasBias: true, threads: 1)))
            {
                Repetitions = 1,
            },
            new(
                "8-layer features of 200,000 samples", Operations.Features(Problems.Strong, inputs.Tasks * inputs.Samples), peak,
                () => Times.OfProcessor(() => fused.Features(strong, inputs)),
                () => Times.OfProcessor(() => torch.Features(strong, inputs)),
                times => times.Seconds["features"], times => times.Seconds["features"]),
            // Summed in float64, of which a core does half as much.
            new(
                "exact heads of 100 tasks, float64", Problems.Tasks * Operations.ExactHeads(16, Problems.Samples), peak / 2,
                () => Times.OfProcessor(() => ExactHeads.Fit(heads.Features, heads.Labels, hasBias: true, threads: 1)), null,
                times => times.Seconds["exact_heads"], times => times.Seconds["exact_heads"]),
        ];

        Comparison Representation(string name, MlpShape shape, string peers)
        {
            var problem = Problems.Representation(shape);
            return new Comparison(
                name, Operations.RepresentationStep(shape), peak,
                Times.OfSteps(Times.OfProcessor, fused.Pretrain(problem), problem.StepsPerEpoch),
                Times.OfSteps(Times.OfProcessor, torch.Pretrain(problem), problem.BatchesPerTask),
                times => times.Seconds[peers], times => times.Seconds[peers]);
        }
    }

    /// <summary>
    /// Losses of the first steps by the name of what was trained, as the peers give them for the samples of <see cref="Write"/>.
    /// </summary>
    public static IReadOnlyDictionary<string, double[]> Losses(IEngine engine) => new Dictionary<string, double[]>
    {
        ["weak"] = Losses(() => engine.Pretrain(Compared(Problems.Weak))),
        ["strong"] = Losses(() => engine.Pretrain(Compared(Problems.Strong))),
        ["heads"] = Losses(() => engine.FitHeads(ComparedHeads)),
    };

    /// <summary>Writes steps.json: initial weights and samples for the peers.</summary>
    public static void Write(string folder)
    {
        var heads = ComparedHeads;
        File.WriteAllText(Path.Combine(folder, "steps.json"), JsonSerializer.Serialize(new
        {
            tasks = ComparedTasks,
            weak = Representation(Compared(Problems.Weak)),
            strong = Representation(Compared(Problems.Strong)),
            heads = new
            {
                features = heads.Features.Values, labels = heads.Labels.Values, weights = heads.Initial.Weights,
                biases = heads.Initial.Biases,
            },
        }));

        static object Representation(PretrainingProblem problem) => new
        {
            parameters = problem.Initial.Values, inputs = problem.Inputs.Values, labels = problem.Labels.Values,
            weights = problem.Heads.Weights, biases = problem.Heads.Biases,
        };
    }

    /// <summary>A job's losses, step by step.</summary>
    private static double[] Losses(Func<ITrainingJob> start)
    {
        using var job = start();
        return Agreement.Losses(job, ComparedSteps);
    }

    private static PretrainingProblem Compared(MlpShape shape) => Problems.Representation(shape, ComparedTasks, ComparedSamples);

    private static HeadProblem ComparedHeads => Problems.Heads(ComparedTasks, ComparedSamples);
}
