using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using TorchSharp.Utils;
using static TorchSharp.Dispatcher;

namespace TorchSharp;

public static partial class torch
{
    public unsafe partial class Tensor
    {
        /// <summary>Reads and writes the elements, which must be of type <typeparamref name="T"/> and on the CPU.</summary>
        public TensorAccessor<T> data<T>() where T : struct => new(this);

        /// <summary>The memory of a contiguous tensor on the CPU.</summary>
        public Span<byte> bytes
        {
            get
            {
                if (!is_contiguous()) throw new NotSupportedException($"bytes needs a contiguous tensor, not {Describe()}.");
                return new Span<byte>((void*)DataPointer(), checked((int)(NumberOfElements * ElementSize)));
            }
            set
            {
                var target = bytes;
                if (value.Length != target.Length)
                    throw new ArgumentException($"{value.Length} bytes do not fill {Describe()} of {target.Length} bytes.", nameof(value));
                value.CopyTo(target);
            }
        }

        /// <summary>The only element, which must be of type <typeparamref name="T"/>.</summary>
        public T item<T>() where T : struct
        {
            if (dtype != TypeOf(typeof(T))) throw new ArgumentException($"item<{typeof(T).Name}>() of a tensor {Describe()}.");
            return Only<T>();
        }

        public Scalar ToScalar() => dtype switch
        {
            ScalarType.Float32 => Only<float>(),
            ScalarType.Float64 => Only<double>(),
            ScalarType.Int64 => Only<long>(),
            ScalarType.Int32 => Only<int>(),
            ScalarType.Byte => Only<byte>(),
            ScalarType.Bool => Only<bool>(),
            _ => to(ScalarType.Float32).ToScalar(),
        };

        public Tensor cpu() => to(CPU);
        public Tensor cuda(Device? device = null, bool non_blocking = false) => to(device ?? CUDA, non_blocking: non_blocking);
        public Tensor @float() => to(ScalarType.Float32);
        public Tensor @double() => to(ScalarType.Float64);
        public Tensor @long() => to(ScalarType.Int64);

        public Tensor to(ScalarType type, bool copy = false, bool disposeAfter = false, bool non_blocking = false) => Convert(type, null, copy, disposeAfter, non_blocking);
        public Tensor to(Device device, bool copy = false, bool disposeAfter = false, bool non_blocking = false) => Convert(null, device, copy, disposeAfter, non_blocking);
        public Tensor to(ScalarType type, Device device, bool copy = false, bool disposeAfter = false, bool non_blocking = false) => Convert(type, device, copy, disposeAfter, non_blocking);

        public Tensor clone() => Call("clone", this);
        public Tensor contiguous() => Call("contiguous", this);
        public Tensor alias() => Call("alias", this);
        public Tensor copy_(Tensor source, bool nonBlocking = false) => Change("copy_", this, source, nonBlocking);
        public Tensor fill_(Scalar value) => Change("fill_.Scalar", this, value);
        public Tensor zero_() => Change("zero_", this);

        /// <summary>Address of the first element, in main memory.</summary>
        internal nint DataPointer() => device_type == DeviceType.CPU
            ? Native.Check(Native.torch_data(Handle), $"the elements of {Describe()} cannot be read")
            : throw new InvalidOperationException("Reading data from non-CPU memory is not supported. Move or copy the tensor to the cpu before reading.");

        private Tensor Convert(ScalarType? type, Device? device, bool copy, bool disposeAfter, bool nonBlocking)
        {
            var converted = Call("to.dtype_layout", this, type, default, device, default, nonBlocking, copy);
            if (disposeAfter) Dispose();
            return converted;
        }

        private T Only<T>() where T : struct
        {
            if (NumberOfElements != 1) throw new ArgumentException($"The tensor {Describe()} does not have one element.");
            if (device_type == DeviceType.CPU) return Unsafe.Read<T>((void*)DataPointer());
            using var here = cpu();
            return here.Only<T>();
        }
    }
}

public static class TensorExtensionMethods
{
    public static bool ToBoolean(this torch.Tensor value) => value.ToScalar().ToBoolean();
    public static int ToInt32(this torch.Tensor value) => value.ToScalar().ToInt32();
    public static long ToInt64(this torch.Tensor value) => value.ToScalar().ToInt64();
    public static float ToSingle(this torch.Tensor value) => value.ToScalar().ToSingle();
    public static double ToDouble(this torch.Tensor value) => value.ToScalar().ToDouble();

    public static int ElementSize(this torch.ScalarType type) => type switch
    {
        torch.ScalarType.Float64 or torch.ScalarType.Int64 => 8,
        torch.ScalarType.Float32 or torch.ScalarType.Int32 => 4,
        torch.ScalarType.Float16 or torch.ScalarType.BFloat16 or torch.ScalarType.Int16 => 2,
        _ => 1,
    };
}
