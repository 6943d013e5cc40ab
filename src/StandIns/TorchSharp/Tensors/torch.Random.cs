using static TorchSharp.Dispatcher;

namespace TorchSharp;

public static partial class torch
{
    public static Tensor rand(long[] size, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, Generator? generator = null, string[]? names = null) => Made(Call("rand.generator", size, generator, dtype, default, device), requires_grad, names);
    public static Tensor randn(long[] size, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, Generator? generator = null, string[]? names = null) => Made(Call("randn.generator", size, generator, dtype, default, device), requires_grad, names);
    public static Tensor randperm(long n, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, Generator? generator = null) => Made(Call("randperm.generator", n, generator, dtype ?? ScalarType.Int64, default, device), requires_grad);

    public partial class Tensor
    {
        public Tensor normal_(double mean = 0, double std = 1, Generator? generator = null) => Change("normal_", this, mean, std, generator);
        public Tensor uniform_(double from, double to, Generator? generator = null) => Change("uniform_", this, from, to, generator);
    }

    /// <summary>Seeds the default generators of all devices.</summary>
    public static Generator manual_seed(long seed)
    {
        Native.Check((nint)Native.torch_manual_seed((ulong)seed), "manual_seed failed");
        return Generator.Default;
    }

    /// <summary>A generator of random numbers on the CPU.</summary>
    public class Generator : IDisposable
    {
        private nint _handle;

        private Generator(nint handle) => _handle = handle;

        public Generator(ulong seed = 0, Device? device = null)
        {
            if (device is { type: not DeviceType.CPU }) throw new NotSupportedException($"A generator of its own on {device} is not supported.");
            _handle = Native.Check(Native.torch_generator_new(seed), "making a generator failed");
        }

        ~Generator() => Dispose(false);

        public static Generator Default => new(Native.Check(Native.torch_generator_default(), "the default generator failed"));

        public nint Handle => _handle != 0 ? _handle : throw new InvalidOperationException("The generator has been disposed.");

        public long initial_seed() => Native.torch_generator_seed(Handle);

        public Generator manual_seed(long seed)
        {
            Native.Check((nint)Native.torch_generator_manual_seed(Handle, (ulong)seed), "manual_seed failed");
            return this;
        }

        public Tensor get_state() => new(Native.Check(Native.torch_generator_state(Handle), "get_state failed"));

        public void set_state(Tensor value) => Native.Check((nint)Native.torch_generator_set_state(Handle, value.Handle), "set_state failed");

        public void Dispose()
        {
            Dispose(true);
            GC.SuppressFinalize(this);
        }

        protected virtual void Dispose(bool disposing)
        {
            if (Interlocked.Exchange(ref _handle, 0) is var handle and not 0) Native.torch_generator_release(handle);
        }
    }
}
