using System.Globalization;

namespace TorchSharp;

/// <summary>Kinds of device, with libtorch's numbers.</summary>
public enum DeviceType
{
    CPU = 0,
    CUDA = 1,
    META = 14,
}

public static partial class torch
{
    public static readonly Device CPU = new(DeviceType.CPU);

    public static Device CUDA => new(DeviceType.CUDA);

    public static Device device(string description) => new(description);

    public static Device device(DeviceType deviceType, int index = -1) => new(deviceType, index);

    /// <summary>Where a tensor lives: "cpu", "cuda" or "cuda:1".</summary>
    public class Device
    {
        /// <exception cref="ArgumentException">The description is not a device.</exception>
        public Device(string description)
        {
            var parts = description.Split(':');
            var index = -1;
            if (parts.Length > 2 || !Enum.TryParse<DeviceType>(parts[0], ignoreCase: true, out var kind) || char.IsAsciiDigit(parts[0][0]) ||
                (parts.Length == 2 && !int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out index)))
                throw new ArgumentException($"'{description}' is not a device; expected cpu, cuda or cuda:N.", nameof(description));
            (type, this.index) = (kind, index);
        }

        public Device(DeviceType deviceType, int index = -1) => (type, this.index) = (deviceType, index);

        public DeviceType type { get; }

        /// <summary>−1 means the current device of that kind.</summary>
        public int index { get; }

        public static implicit operator Device(string description) => new(description);

        public override string ToString() => type.ToString().ToLowerInvariant() + (index < 0 ? "" : $":{index}");
    }

    public static class cuda
    {
        public static bool is_available() => device_count() > 0;

        public static int device_count() => (int)Native.torch_cuda_devices();

        public static void manual_seed(long seed) => torch.manual_seed(seed);

        /// <summary>Waits until all that was asked of the device is done.</summary>
        public static void synchronize(Device? device = null) => Native.Check((nint)Native.torch_cuda_synchronize(device?.index ?? -1), "cuda.synchronize failed");
    }

    public static bool cuda_is_available() => cuda.is_available();
}
