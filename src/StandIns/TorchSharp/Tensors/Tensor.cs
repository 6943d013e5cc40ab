namespace TorchSharp;

public static partial class torch
{
    /// <summary>A handle on a libtorch tensor, holding one reference to it.</summary>
    /// <exception cref="System.Runtime.InteropServices.ExternalException">Thrown by all members: libtorch refused; the message names operator and shapes.</exception>
    /// <exception cref="InvalidOperationException">Thrown by all members: the tensor was disposed.</exception>
    public unsafe partial class Tensor : IDisposable
    {
        private static long s_living;
        private nint _handle;

        // The links and the owner belong to DisposeScope.
        internal DisposeScope? Scope;
        internal Tensor? Next, Previous;

        /// <summary>Takes over one reference; 0 makes an undefined tensor.</summary>
        internal Tensor(nint handle)
        {
            _handle = handle;
            if (handle == 0) return;
            Interlocked.Increment(ref s_living);
            DisposeScope.Innermost?.Include(this);
        }

        ~Tensor() => Dispose(false);

        /// <summary>Number of tensors of the process that are not disposed.</summary>
        public static long TotalCount => Interlocked.Read(ref s_living);

        public nint Handle => _handle != 0 ? _handle : throw new InvalidOperationException("The tensor has been disposed.");

        public long[] shape => new ReadOnlySpan<long>(Native.torch_sizes(Handle), (int)dim()).ToArray();
        public long[] size() => shape;
        public long size(int dim) => shape[dim < 0 ? dim + (int)this.dim() : dim];
        public long[] stride() => new ReadOnlySpan<long>(Native.torch_strides(Handle), (int)dim()).ToArray();
        public long stride(int dim) => stride()[dim < 0 ? dim + (int)this.dim() : dim];
        public long dim() => Native.torch_dimensions(Handle);
        public long numel() => NumberOfElements;

        public long NumberOfElements
        {
            get
            {
                var count = 1L;
                foreach (var size in new ReadOnlySpan<long>(Native.torch_sizes(Handle), (int)dim())) count *= size;
                return count;
            }
        }

        /// <summary>Bytes of one element.</summary>
        public long ElementSize => dtype.ElementSize();

        public ScalarType dtype => (ScalarType)Native.torch_dtype(Handle);
        public DeviceType device_type => (DeviceType)Native.torch_device_type(Handle);
        public int device_index => (int)Native.torch_device_index(Handle);
        public Device device => new(device_type, device_index);
        public bool is_cuda => device_type == DeviceType.CUDA;
        public bool is_contiguous() => Native.torch_is_contiguous(Handle) != 0;
        public bool is_floating_point() => dtype is ScalarType.Float16 or ScalarType.BFloat16 or ScalarType.Float32 or ScalarType.Float64;

        public void Dispose()
        {
            Dispose(true);
            GC.SuppressFinalize(this);
        }

        protected virtual void Dispose(bool disposing)
        {
            var handle = Interlocked.Exchange(ref _handle, 0);
            if (handle == 0) return;
            Scope?.Exclude(this);
            Interlocked.Decrement(ref s_living);
            Native.torch_release(handle);
        }

        /// <summary>Gives the native reference away; this object is then as if disposed.</summary>
        public nint DecoupleFromNativeHandle()
        {
            var handle = Handle;
            _handle = 0;
            Scope?.Exclude(this);
            Interlocked.Decrement(ref s_living);
            GC.SuppressFinalize(this);
            return handle;
        }

        /// <summary>Takes the tensor out of its scope: from now on it lives until it is disposed by hand.</summary>
        public Tensor DetachFromDisposeScope()
        {
            Scope?.Detach(this);
            return this;
        }

        public Tensor MoveToOuterDisposeScope()
        {
            Scope?.MoveToOuter(this);
            return this;
        }

        public Tensor MoveToOtherDisposeScope(DisposeScope? other)
        {
            Scope?.Exclude(this);
            other?.Include(this);
            return this;
        }

        /// <summary>Element type, shape and device; the elements themselves come from <see cref="data{T}"/>.</summary>
        public override string ToString() => Describe();

        internal string Describe() => _handle == 0
            ? "disposed"
            : $"{dtype} [{string.Join(", ", shape)}]{(device_type == DeviceType.CPU ? "" : $" on {device}")}";
    }
}
