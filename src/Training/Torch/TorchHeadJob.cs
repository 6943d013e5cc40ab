using TorchSharp;
using W2S.Models;
using static TorchSharp.torch;

namespace W2S.Training;

/// <summary>Fits the heads of all tasks as one problem: a step costs the same few operations for one task and for a thousand.</summary>
internal sealed class TorchHeadJob : ModuleJob<HeadBatch>, IHeadJob
{
    private readonly TorchHeads _heads;

    private TorchHeadJob(HeadProblem problem, string engine, TorchHeads heads, HeadBatches batches)
        : base([heads], batches, batch => batch.Loss(problem.Objective, heads.forward(batch.Features)), new ModuleTraining(problem.Optimiser) { Name = problem.Name, Engine = engine, Models = problem.Initial.Tasks }) => _heads = heads;

    /// <exception cref="ArgumentException">Heads, labels and objective do not fit one another.</exception>
    public static TorchHeadJob Start(HeadProblem problem, string engine, Device device)
    {
        problem.Check();
        var constant = problem.Objective.ConstantOutputs(problem.Labels.Width);
        return new(problem, engine, new TorchHeads(problem.Initial, constant, device), new HeadBatches(problem, device));
    }

    public LinearHeads Heads => _heads.ToHeads();

    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        _heads.Dispose();
    }
}
