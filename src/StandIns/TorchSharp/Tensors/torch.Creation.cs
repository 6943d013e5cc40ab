using System.Runtime.InteropServices;
using static TorchSharp.Dispatcher;

namespace TorchSharp;

public static partial class torch
{
    public static Tensor tensor(float scalar, Device? device = null, bool requires_grad = false) => Filled([scalar], [], null, device, requires_grad);
    public static Tensor tensor(double scalar, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) => Filled([scalar], [], dtype, device, requires_grad);
    public static Tensor tensor(long scalar, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) => Filled([scalar], [], dtype, device, requires_grad);
    public static Tensor tensor(bool scalar, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) => Filled([scalar], [], dtype, device, requires_grad);
    public static Tensor tensor(float[] rawArray, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) => Filled(rawArray, [rawArray.Length], dtype, device, requires_grad, names);
    public static Tensor tensor(double[] rawArray, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) => Filled(rawArray, [rawArray.Length], dtype, device, requires_grad, names);
    public static Tensor tensor(long[] dataArray, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) => Filled(dataArray, [dataArray.Length], dtype, device, requires_grad, names);
    public static Tensor tensor(int[] rawArray, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) => Filled(rawArray, [rawArray.Length], dtype, device, requires_grad, names);
    public static Tensor tensor(bool[] rawArray, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) => Filled(rawArray, [rawArray.Length], dtype, device, requires_grad, names);
    public static Tensor tensor(float[] rawArray, ReadOnlySpan<long> dimensions, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) => Filled(rawArray, dimensions, dtype, device, requires_grad, names);
    public static Tensor tensor(double[] rawArray, ReadOnlySpan<long> dimensions, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) => Filled(rawArray, dimensions, dtype, device, requires_grad, names);
    public static Tensor tensor(long[] dataArray, ReadOnlySpan<long> dimensions, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) => Filled(dataArray, dimensions, dtype, device, requires_grad, names);
    public static Tensor tensor(float[,] rawArray, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) => from_array(rawArray, dtype, device, requires_grad, names);
    public static Tensor tensor(double[,] rawArray, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) => from_array(rawArray, dtype, device, requires_grad, names);

    /// <summary>A copy of an array of any rank, in its shape.</summary>
    public static Tensor from_array(Array rawArray, ScalarType? dtype, Device? device = null, bool requires_grad = false, string[]? names = null)
    {
        var shape = new long[rawArray.Rank];
        for (var i = 0; i < shape.Length; i++) shape[i] = rawArray.GetLongLength(i);
        var type = TypeOf(rawArray.GetType().GetElementType()!);
        var bytes = MemoryMarshal.CreateReadOnlySpan(ref MemoryMarshal.GetArrayDataReference(rawArray), checked(rawArray.Length * type.ElementSize()));
        return Filled(bytes, type, shape, dtype, device, requires_grad, names);
    }

    public static Tensor from_array(Array rawArray, Device? device = null) => from_array(rawArray, null, device);

    public static Tensor empty(long size, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) => empty([size], dtype, device, requires_grad, names);
    public static Tensor empty(long rows, long columns, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) => empty([rows, columns], dtype, device, requires_grad, names);
    public static Tensor empty(long[] size, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) => Made(Call("empty.memory_format", size, dtype, default, device), requires_grad, names);
    public static Tensor zeros(long size, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) => zeros([size], dtype, device, requires_grad, names);
    public static Tensor zeros(long rows, long columns, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) => zeros([rows, columns], dtype, device, requires_grad, names);
    public static Tensor zeros(long dim0, long dim1, long dim2, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) => zeros([dim0, dim1, dim2], dtype, device, requires_grad, names);
    public static Tensor zeros(long[] size, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) => Made(Call("zeros", size, dtype, default, device), requires_grad, names);
    public static Tensor ones(long size, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) => ones([size], dtype, device, requires_grad, names);
    public static Tensor ones(long rows, long columns, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) => ones([rows, columns], dtype, device, requires_grad, names);
    public static Tensor ones(long dim0, long dim1, long dim2, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) => ones([dim0, dim1, dim2], dtype, device, requires_grad, names);
    public static Tensor ones(long[] size, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) => Made(Call("ones", size, dtype, default, device), requires_grad, names);
    public static Tensor full(long[] size, Scalar value, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) => Made(Call("full", size, value, dtype, default, device), requires_grad, names);
    public static Tensor empty_like(Tensor input, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) => Made(Call("empty_like", input, dtype, default, device), requires_grad, names);
    public static Tensor zeros_like(Tensor input, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) => Made(Call("zeros_like", input, dtype, default, device), requires_grad, names);
    public static Tensor ones_like(Tensor input, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) => Made(Call("ones_like", input, dtype, default, device), requires_grad, names);
    public static Tensor arange(Scalar stop, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) => Made(Call("arange", stop, dtype, default, device), requires_grad);
    public static Tensor arange(Scalar start, Scalar stop, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) => Made(Call("arange.start", start, stop, dtype, default, device), requires_grad);
    public static Tensor eye(long rows, long columns = -1, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) => Made(Call("eye.m", rows, columns < 0 ? rows : columns, dtype, default, device), requires_grad, names);

    private static Tensor Made(Tensor tensor, bool requiresGrad, string[]? names = null)
    {
        if (names != null) throw new NotSupportedException("Named dimensions are not supported.");
        return requiresGrad ? tensor.requires_grad_() : tensor;
    }

    private static Tensor Filled<T>(ReadOnlySpan<T> values, ReadOnlySpan<long> shape, ScalarType? dtype, Device? device, bool requiresGrad, string[]? names = null) where T : unmanaged =>
        Filled(MemoryMarshal.AsBytes(values), TypeOf(typeof(T)), shape, dtype, device, requiresGrad, names);

    private static Tensor Filled(ReadOnlySpan<byte> bytes, ScalarType type, ReadOnlySpan<long> shape, ScalarType? dtype, Device? device, bool requiresGrad, string[]? names)
    {
        var filled = Call("empty.memory_format", shape.ToArray(), type, default, CPU);
        if (bytes.Length != filled.NumberOfElements * type.ElementSize())
            throw new ArgumentException($"{bytes.Length / type.ElementSize()} elements do not fill {filled.Describe()}.");
        bytes.CopyTo(filled.bytes);
        if ((dtype ?? type) != type || (device ?? CPU).type != DeviceType.CPU) filled = filled.to(dtype ?? type, device ?? CPU, disposeAfter: true);
        return Made(filled, requiresGrad, names);
    }
}
