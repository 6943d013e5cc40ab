using W2S.Data;

namespace W2S.Training;

/// <summary>Encoders by TorchSharp: any size, on the CPU or a CUDA device, with dropout where it is asked for.</summary>
internal sealed class TorchEncoderEngine : IEncoderEngine
{
    private readonly TorchSharp.torch.Device _device;

    /// <param name="device">cpu, cuda or cuda:N.</param>
    /// <param name="threads">Threads inside one operation, of the whole process.</param>
    /// <exception cref="UserErrorException">The device is misspelt or absent.</exception>
    /// <exception cref="W2S.Models.LibTorchException">There is no libtorch that loads.</exception>
    public TorchEncoderEngine(string device, int threads)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(threads);
        _device = TorchEngine.Find(device);
        TorchSharp.torch.set_num_threads(threads);
    }

    public string Name => $"torch ({_device})";

    public IEncoderJob Pretrain(EncoderPretrainingProblem problem) => TorchEncoderJob.Start(problem, Name, _device);
}
