using TorchSharp;
using W2S.Data;
using static TorchSharp.torch;

namespace W2S.Training;

/// <summary>Samples between main memory and a device.</summary>
internal static class TorchSamples
{
    /// <summary>[tasks, samples, width] on the device.</summary>
    public static Tensor Upload(TaskSamples samples, Device device) => tensor(samples.Values, [samples.Tasks, samples.Samples, samples.Width], device: device);

    /// <summary>Sample numbers for index_select, which in libtorch 1.13 takes no int32.</summary>
    public static Tensor Order(int[] samples, Device device) => tensor(Array.ConvertAll(samples, sample => (long)sample), device: device);
}
