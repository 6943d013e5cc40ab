using System.Globalization;
using System.Text.RegularExpressions;
using TorchSharp;
using static TorchSharp.torch;

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

    public IEngine.IRepresentationJob Pretrain(PretrainingProblem problem) => TorchRepresentationJob.Start(problem, this);

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

    public IEngine.IHeadJob FitHeads(HeadProblem problem) => TorchHeadJob.Start(problem, this);

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
}
