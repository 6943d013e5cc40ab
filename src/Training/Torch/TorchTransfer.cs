using TorchSharp;
using static TorchSharp.torch;

namespace W2S.Training;

/// <summary>Numbers between main memory and a device.</summary>
internal static class TorchTransfer
{
    /// <summary>[tasks, samples, width] on the device.</summary>
    public static Tensor On(this TaskSamples samples, Device device) =>
        tensor(samples.Values, [samples.Tasks, samples.Samples, samples.Width], device: device);

    /// <summary>A copy in main memory.</summary>
    /// <exception cref="NotSupportedException">Its elements are neither float32, float64 nor int64.</exception>
    public static NamedTensor ToNamedTensor(this Tensor values, string name)
    {
        using var scope = NewDisposeScope();
        var here = values.detach().cpu().contiguous();
        return values.dtype switch
        {
            ScalarType.Float32 => NamedTensor.Of(name, here.data<float>().ToArray(), values.shape),
            ScalarType.Float64 => NamedTensor.Of(name, here.data<double>().ToArray(), values.shape),
            ScalarType.Int64 => NamedTensor.Of(name, here.data<long>().ToArray(), values.shape),
            _ => throw new NotSupportedException($"{name} is {values.dtype}; W2S saves float32, float64 and int64."),
        };
    }

    /// <summary>The stored tensor of that name with the type and shape of this one, in main memory.</summary>
    /// <exception cref="InvalidDataException">It is missing, of another type or of another shape.</exception>
    public static Tensor ReadFrom(this Tensor alike, IReadOnlyDictionary<string, NamedTensor> stored, string name) => alike.dtype switch
    {
        ScalarType.Float64 => tensor(stored.Doubles(name, alike.shape).ToArray(), alike.shape),
        ScalarType.Int64 => tensor(stored.Longs(name, alike.shape).ToArray(), alike.shape),
        _ => tensor(stored.Floats(name, alike.shape).ToArray(), alike.shape),
    };
}
