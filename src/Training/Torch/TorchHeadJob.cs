using TorchSharp;
using static TorchSharp.torch;

namespace W2S.Training;

/// <summary>Fits the heads of all tasks as one problem: a step costs the same few operations for one task and for a thousand.</summary>
internal sealed class TorchHeadJob : ModuleJob<HeadBatch>, IEngine.IHeadJob
{
    private readonly TorchHeads _heads;

    private TorchHeadJob(HeadProblem problem, TorchEngine engine, TorchHeads heads, HeadBatches batches)
        : base([heads], batches, batch => batch.Loss(problem.Objective, heads.forward(batch.Features)),
            engine.Training(problem.Optimiser, problem.Name) with { Models = problem.Initial.Tasks }) => _heads = heads;

    /// <exception cref="ArgumentException">Heads, labels and objective do not fit one another.</exception>
    public static TorchHeadJob Start(HeadProblem problem, TorchEngine engine)
    {
        problem.Check();
        var constant = problem.Objective.ConstantOutputs(problem.Labels.Width);
        return new(problem, engine, new TorchHeads(problem.Initial, constant, engine.Device), new HeadBatches(problem, engine.Device));
    }

    public LinearHeads Heads => _heads.ToHeads();

    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        _heads.Dispose();
    }
}
