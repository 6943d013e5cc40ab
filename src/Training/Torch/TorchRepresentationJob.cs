using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn.functional;

namespace W2S.Training;

/// <summary>Trains a representation under frozen known heads.</summary>
internal sealed class TorchRepresentationJob : ModuleJob<TorchRepresentationJob.TaskBatch>, IEngine.IRepresentationJob
{
    private readonly Mlp _mlp;

    private TorchRepresentationJob(PretrainingProblem problem, TorchEngine engine, Mlp mlp, TaskBatches batches)
        : base([mlp], batches, Loss(mlp), engine.Training(problem.Optimiser, problem.Name)) => _mlp = mlp;

    public static TorchRepresentationJob Start(PretrainingProblem problem, TorchEngine engine) =>
        new(problem, engine, new Mlp(problem.Initial, engine.Device), new TaskBatches(problem, engine.Device));

    public MlpWeights Weights => _mlp.ToWeights();

    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        _mlp.Dispose();
    }

    private static Func<TaskBatch, Tensor> Loss(Mlp mlp) =>
        batch => mse_loss(linear(mlp.forward(batch.Inputs), batch.HeadWeight, batch.HeadBias), batch.Labels);

    /// <summary>Some samples of one task, and its head.</summary>
    /// <param name="Inputs">[batch, inputs].</param>
    /// <param name="Labels">[batch, 1].</param>
    /// <param name="HeadWeight">[1, width].</param>
    /// <param name="HeadBias">[1].</param>
    internal readonly record struct TaskBatch(Tensor Inputs, Tensor Labels, Tensor HeadWeight, Tensor HeadBias);

    /// <summary>The tasks of a pretraining one after another, each through all its batches.</summary>
    private sealed class TaskBatches : IBatches<TaskBatch>
    {
        private readonly BatchRows _rows;
        private readonly Tensor _inputs, _labels, _headWeights, _headBiases;

        public TaskBatches(PretrainingProblem problem, Device device)
        {
            using var scope = NewDisposeScope();
            var (inputs, heads) = (problem.Inputs, problem.Heads);
            _rows = new BatchRows(inputs.Samples, problem.Optimiser.Batch, problem.Seed, problem.Stream, device, inputs.Tasks);
            _inputs = inputs.On(device).DetachFromDisposeScope();
            _labels = problem.Labels.On(device).DetachFromDisposeScope();
            _headWeights = tensor(heads.Weights, [heads.Tasks, 1, heads.Width], device: device).DetachFromDisposeScope();
            _headBiases = tensor(heads.Biases, [heads.Tasks, 1], device: device).DetachFromDisposeScope();
            StepsPerEpoch = problem.BatchesPerTask * inputs.Tasks;
        }

        public int StepsPerEpoch { get; }

        public IReadOnlyList<TaskBatch> Of(long step)
        {
            var (task, number) = Math.DivRem((int)(step % StepsPerEpoch), _rows.Count);
            var rows = _rows.Of(step / StepsPerEpoch, number, task);
            var (inputs, labels) = (_inputs[task].index_select(0, rows), _labels[task].index_select(0, rows));
            return [new TaskBatch(inputs, labels, _headWeights[task], _headBiases[task])];
        }

        public string Place(long step) => $"epoch {step / StepsPerEpoch + 1}, task {step % StepsPerEpoch / _rows.Count}";

        public void Dispose()
        {
            foreach (var owned in (IDisposable[])[_rows, _inputs, _labels, _headWeights, _headBiases]) owned.Dispose();
        }
    }
}
