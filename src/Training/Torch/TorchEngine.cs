using System.Globalization;
using System.Text.RegularExpressions;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn.functional;

namespace W2S.Training;

/// <summary>The arithmetic by TorchSharp: any width and depth, on the CPU or a CUDA device.</summary>
public sealed partial class TorchEngine : IEngine, IEncoderEngine
{
    /// <param name="device">cpu, cuda or cuda:N.</param>
    /// <param name="threads">Threads inside one operation, on which its last bits depend: several jobs at once should have 1 each.</param>
    /// <exception cref="UserErrorException">The device is misspelt or absent.</exception>
    /// <exception cref="LibTorchException">There is no libtorch that loads.</exception>
    public TorchEngine(string device, int threads)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(threads);
        (Device, Threads) = (Find(device), threads);
    }

    public string Name => $"torch ({Device})";

    internal Device Device { get; }
    internal int Threads { get; }

    public IEngine.IRepresentationJob Pretrain(PretrainingProblem problem) => RepresentationJob.Start(problem, this);

    IEncoderEngine.IJob IEncoderEngine.Pretrain(EncoderPretrainingProblem problem) => TorchEncoderJob.Start(problem, this);

    public TaskSamples Features(MlpWeights representation, TaskSamples inputs)
    {
        LibTorch.UseThreads(Threads);
        using var silent = no_grad();
        using var mlp = new Mlp(representation, Device);
        var features = new TaskSamples(inputs.Tasks, inputs.Samples, representation.Shape.Outputs);
        for (var task = 0; task < inputs.Tasks; task++)
        {
            using var scope = NewDisposeScope();
            var samples = tensor(inputs.Task(task).ToArray(), [inputs.Samples, inputs.Width], device: Device);
            mlp.forward(samples).cpu().data<float>().CopyTo(features.Task(task));
        }
        return features;
    }

    public IEngine.IHeadJob FitHeads(HeadProblem problem) => HeadJob.Start(problem, this);

    /// <summary>How a module is trained by this engine.</summary>
    internal ModuleTraining Training(OptimiserOptions optimiser, string name) =>
        new(optimiser) { Name = name, Engine = Name, Threads = Threads };

    /// <exception cref="UserErrorException">It is misspelt or absent.</exception>
    /// <exception cref="LibTorchException">There is no libtorch that loads.</exception>
    private static Device Find(string name)
    {
        LibTorch.Load();
        if (name == "cpu") return CPU;
        if (!CudaName().IsMatch(name)) throw new UserErrorException($"There is no device '{name}'. Give cpu, cuda or cuda:N.");
        // Asked for CUDA, a libtorch without it throws instead of saying no.
        if (LibTorch.CudaProblem() is { } problem) throw new UserErrorException($"The device {name} was asked for. {problem.Message}");
        var devices = cuda.device_count();
        if (name.Contains(':')
            && !(int.TryParse(name.AsSpan(5), NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number < devices))
            throw new UserErrorException($"The device {name} was asked for, but there are {devices} CUDA devices, numbered from 0.");
        return device(name);
    }

    [GeneratedRegex("^cuda(:[0-9]+)?$")]
    private static partial Regex CudaName();

    /// <summary>Trains a representation under frozen known heads.</summary>
    private sealed class RepresentationJob : ModuleJob<RepresentationJob.TaskBatch>, IEngine.IRepresentationJob
    {
        private readonly Mlp _mlp;

        private RepresentationJob(PretrainingProblem problem, TorchEngine engine, Mlp mlp, TaskBatches batches)
            : base([mlp], batches, Loss(mlp), engine.Training(problem.Optimiser, problem.Name)) => _mlp = mlp;

        public static RepresentationJob Start(PretrainingProblem problem, TorchEngine engine) =>
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

    /// <summary>Fits the heads of all tasks as one problem: a step costs the same few operations for one task and for a thousand.</summary>
    private sealed class HeadJob : ModuleJob<HeadBatches.Batch>, IEngine.IHeadJob
    {
        private readonly TorchHeads _heads;

        private HeadJob(HeadProblem problem, TorchEngine engine, TorchHeads heads, HeadBatches batches)
            : base([heads], batches, batch => batch.Loss(problem.Objective, heads.forward(batch.Features)),
                engine.Training(problem.Optimiser, problem.Name) with { Models = problem.Initial.Tasks }) => _heads = heads;

        /// <exception cref="ArgumentException">Heads, labels and objective do not fit one another.</exception>
        public static HeadJob Start(HeadProblem problem, TorchEngine engine)
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
}
