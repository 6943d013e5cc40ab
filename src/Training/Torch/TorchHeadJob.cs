using TorchSharp;
using TorchSharp.Modules;
using W2S.Data;
using W2S.Models;
using W2S.Training.Objectives;
using static TorchSharp.torch;

namespace W2S.Training;

/// <summary>Fits the heads of all tasks as one problem: a step costs the same few operations for one task and for a thousand.</summary>
internal sealed class TorchHeadJob : ModuleJob<HeadBatch>, IHeadJob
{
    private readonly TorchHeads _heads;

    private TorchHeadJob(HeadProblem problem, string engine, TorchHeads heads, HeadBatches batches)
        : base([heads], batches, Loss(problem.Objective, heads), new ModuleTraining(problem.Optimiser) { Name = problem.Name, Engine = engine, Models = problem.Initial.Tasks }) => _heads = heads;

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

    private static Func<HeadBatch, Tensor> Loss(Objective objective, TorchHeads heads) => batch =>
    {
        var logits = heads.forward(batch.Features);
        var losses = objective.RowLosses(logits, objective.Relabel(logits.detach(), batch.Labels, batch.Progress));
        return losses.sum().div(Held.Of(losses.size(1)));
    };

    /// <summary>One head a task: [tasks, n, width] → [tasks, n, outputs].</summary>
    private sealed class TorchHeads : nn.Module<Tensor, Tensor>
    {
        private readonly LinearHeads _initial;
        private readonly Parameter _weight; // [tasks, outputs, width]
        private readonly Parameter? _bias; // [tasks, outputs]
        private readonly Tensor? _read; // [outputs, 1]: 1 for outputs that read features, 0 for those that are a bias alone

        /// <param name="constantOutputs">How many outputs, the last ones, read no feature.</param>
        public TorchHeads(LinearHeads initial, int constantOutputs, Device device) : base("heads")
        {
            using var scope = NewDisposeScope();
            _initial = initial;
            _weight = nn.Parameter(tensor(initial.Weights, [initial.Tasks, initial.Outputs, initial.Width], device: device));
            if (initial.HasBias) _bias = nn.Parameter(tensor(initial.Biases, [initial.Tasks, initial.Outputs], device: device));
            RegisterComponents();
            foreach (var parameter in parameters()) parameter.DetachFromDisposeScope();
            if (constantOutputs == 0) return;
            var reading = ones(initial.Outputs - constantOutputs, 1, device: device);
            _read = cat([reading, zeros(constantOutputs, 1, device: device)]).DetachFromDisposeScope();
        }

        public override Tensor forward(Tensor features)
        {
            using var scope = NewDisposeScope();
            var weight = _read is null ? _weight : _weight.mul(_read);
            var linear = features.bmm(weight.transpose(1, 2));
            if (_bias is not null) linear = linear.Plus(_bias.unsqueeze(1));
            return linear.MoveToOuterDisposeScope();
        }

        /// <summary>A copy in main memory.</summary>
        public LinearHeads ToHeads()
        {
            using var scope = NewDisposeScope();
            var heads = new LinearHeads(_initial.Tasks, _initial.Width, _initial.HasBias, _initial.Outputs);
            var weight = _read is null ? _weight : _weight.mul(_read);
            weight.cpu().data<float>().CopyTo(heads.Weights);
            _bias?.cpu().data<float>().CopyTo(heads.Biases);
            return heads;
        }

        protected override void Dispose(bool disposing)
        {
            if (disposing) _read?.Dispose();
            base.Dispose(disposing);
        }
    }
}
