namespace W2S.Models;

/// <summary>Tensors that look at a storage in steps, as PyTorch's views do, made row-major.</summary>
internal static class Strided
{
    /// <summary>How many elements the storage must have; null where that overflows.</summary>
    public static long? Needed(long offset, long[] shape, long[] strides)
    {
        if (shape.Contains(0)) return 0;
        try
        {
            checked
            {
                _ = Count(shape);
                return shape.Zip(strides).Aggregate(offset + 1, (last, axis) => checked(last + (axis.First - 1) * axis.Second));
            }
        }
        catch (OverflowException)
        {
            return null;
        }
    }

    /// <summary>Elements of a tensor.</summary>
    /// <exception cref="OverflowException">More than can be counted.</exception>
    public static long Count(long[] shape) => shape.Contains(0) ? 0 : shape.Aggregate(1L, (product, size) => checked(product * size));

    /// <summary>The row-major bytes; the storage's own array where they are the whole of it.</summary>
    /// <param name="storage">Checked to be long enough.</param>
    /// <param name="offset">In elements, as strides are.</param>
    public static byte[] RowMajor(byte[] storage, int elementBytes, long offset, long[] shape, long[] strides)
    {
        var count = Count(shape);
        // The innermost axes that lie without gaps are copied as one block.
        var (axis, block) = (shape.Length, 1L);
        while (count > 0 && axis > 0 && (shape[axis - 1] == 1 || strides[axis - 1] == block)) block *= shape[--axis];
        if (offset == 0 && block == count && count * elementBytes == storage.Length) return storage;

        var result = new byte[count * elementBytes];
        var index = new long[axis];
        var (blockBytes, source) = ((int)(block * elementBytes), offset);
        for (long target = 0; target < result.Length; target += blockBytes)
        {
            storage.AsSpan((int)(source * elementBytes), blockBytes).CopyTo(result.AsSpan((int)target));
            for (var k = axis - 1; k >= 0; k--)
            {
                source += strides[k];
                if (++index[k] < shape[k]) break;
                source -= strides[k] * shape[k];
                index[k] = 0;
            }
        }
        return result;
    }
}
