using System.Collections;

namespace TorchSharp.Utils;

/// <summary>The elements of a tensor on the CPU in row-major order, whatever its strides.</summary>
public sealed unsafe class TensorAccessor<T> : IEnumerable<T>, IDisposable where T : struct
{
    private readonly torch.Tensor _tensor;
    private readonly nint _start;
    private readonly long[] _shape, _stride;
    private readonly bool _contiguous;

    internal TensorAccessor(torch.Tensor tensor)
    {
        if (tensor.dtype != torch.TypeOf(typeof(T))) throw new ArgumentException($"data<{typeof(T).Name}>() of a tensor {tensor.Describe()}.");
        (_tensor, _start, _shape, _stride, _contiguous) = (tensor, tensor.DataPointer(), tensor.shape, tensor.stride(), tensor.is_contiguous());
        Count = tensor.NumberOfElements;
    }

    public long Count { get; }

    public T this[params long[] indices]
    {
        get => At(Offset(indices));
        set => At(Offset(indices)) = value;
    }

    public T[] ToArray()
    {
        var array = new T[Count];
        CopyTo(array);
        return array;
    }

    /// <summary>Copies the elements from <paramref name="tensorIndex"/> on to the array from <paramref name="arrayIndex"/> on.</summary>
    public void CopyTo(T[] array, int arrayIndex = 0, long tensorIndex = 0) => CopyTo(array.AsSpan(), arrayIndex, tensorIndex);

    public void CopyTo(Span<T> array, int arrayIndex = 0, long tensorIndex = 0)
    {
        var count = (int)Math.Min(array.Length - arrayIndex, Count - tensorIndex);
        if (_contiguous) Memory(tensorIndex, count).CopyTo(array[arrayIndex..]);
        else for (var i = 0; i < count; i++) array[arrayIndex + i] = At(OffsetOf(tensorIndex + i));
        GC.KeepAlive(_tensor);
    }

    public void CopyFrom(T[] array, int arrayIndex = 0, long tensorIndex = 0) => CopyFrom((ReadOnlySpan<T>)array, arrayIndex, tensorIndex);

    public void CopyFrom(ReadOnlySpan<T> array, int arrayIndex = 0, long tensorIndex = 0)
    {
        var count = (int)Math.Min(array.Length - arrayIndex, Count - tensorIndex);
        if (_contiguous) array.Slice(arrayIndex, count).CopyTo(Memory(tensorIndex, count));
        else for (var i = 0; i < count; i++) At(OffsetOf(tensorIndex + i)) = array[arrayIndex + i];
        GC.KeepAlive(_tensor);
    }

    public IEnumerator<T> GetEnumerator()
    {
        for (var i = 0L; i < Count; i++) yield return At(OffsetOf(i));
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    public void Dispose() { }

    private Span<T> Memory(long first, int count) => new((void*)(_start + (nint)(first * _tensor.ElementSize)), count);

    private ref T At(long offset) => ref new Span<T>((void*)(_start + (nint)(offset * _tensor.ElementSize)), 1)[0];

    private long Offset(long[] indices)
    {
        if (indices.Length != _shape.Length) throw new ArgumentException($"{indices.Length} indices for a tensor of {_shape.Length} dimensions.");
        var offset = 0L;
        for (var i = 0; i < indices.Length; i++)
        {
            if ((ulong)indices[i] >= (ulong)_shape[i]) throw new IndexOutOfRangeException($"Index {indices[i]} is outside dimension {i} of size {_shape[i]}.");
            offset += indices[i] * _stride[i];
        }
        return offset;
    }

    private long OffsetOf(long position)
    {
        var offset = 0L;
        for (var i = _shape.Length - 1; i >= 0; i--)
        {
            offset += position % _shape[i] * _stride[i];
            position /= _shape[i];
        }
        return offset;
    }
}
