using System.Globalization;
using System.Text.RegularExpressions;
using TorchSharp;
using W2S.Data;
using W2S.Models;
using static TorchSharp.torch;

namespace W2S.Training;

/// <summary>The arithmetic by TorchSharp: any width and depth, on the CPU or a CUDA device.</summary>
public sealed partial class TorchEngine : IEngine
{
    private readonly Device _device;

    /// <param name="device">cpu, cuda or cuda:N.</param>
    /// <param name="threads">Threads inside one operation, of the whole process: several jobs at once should have 1 each.</param>
    /// <exception cref="UserErrorException">The device is misspelt or absent.</exception>
    /// <exception cref="LibTorchException">There is no libtorch that loads.</exception>
    public TorchEngine(string device, int threads)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(threads);
        _device = Find(device);
        set_num_threads(threads);
    }

    public string Name => $"torch ({_device})";

    public IRepresentationJob Pretrain(PretrainingProblem problem) => TorchRepresentationJob.Start(problem, Name, _device);

    public TaskSamples Features(MlpWeights representation, TaskSamples inputs)
    {
        using var silent = no_grad();
        using var mlp = new Mlp(representation, _device);
        var features = new TaskSamples(inputs.Tasks, inputs.Samples, representation.Shape.Outputs);
        for (var task = 0; task < inputs.Tasks; task++)
        {
            using var scope = NewDisposeScope();
            var samples = tensor(inputs.Task(task).ToArray(), [inputs.Samples, inputs.Width], device: _device);
            mlp.forward(samples).cpu().data<float>().CopyTo(features.Task(task));
        }
        return features;
    }

    public IHeadJob FitHeads(HeadProblem problem) => TorchHeadJob.Start(problem, Name, _device);

    /// <exception cref="UserErrorException">It is misspelt or absent.</exception>
    /// <exception cref="LibTorchException">There is no libtorch that loads.</exception>
    internal static Device Find(string name)
    {
        LibTorch.Load();
        if (name == "cpu") return CPU;
        if (!CudaName().IsMatch(name)) throw new UserErrorException($"There is no device '{name}'. Give cpu, cuda or cuda:N.");
        // Asked for CUDA, a libtorch without it throws instead of saying no.
        if (LibTorch.CudaProblem() is { } problem) throw new UserErrorException($"The device {name} was asked for. {problem.Message}");
        var devices = cuda.device_count();
        if (name.Contains(':') && !(int.TryParse(name.AsSpan(5), NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number < devices))
            throw new UserErrorException($"The device {name} was asked for, but there are {devices} CUDA devices, numbered from 0.");
        return device(name);
    }

    [GeneratedRegex("^cuda(:[0-9]+)?$")]
    private static partial Regex CudaName();
}
