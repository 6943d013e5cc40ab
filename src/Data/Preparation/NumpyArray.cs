using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;

namespace W2S.Data;

/// <summary>NumPy's .npy files, as far as prepared corpora use them.</summary>
internal static class NumpyArray
{
    private static readonly byte[] Magic = [0x93, .. "NUMPY"u8];

    /// <summary>A row-major little-endian float32 array [rows, columns].</summary>
    /// <exception cref="UserErrorException">The file holds anything else.</exception>
    public static float[] ReadFloats(string path, int rows, int columns)
    {
        var bytes = File.ReadAllBytes(path);
        if (bytes.Length < 10 || !bytes.AsSpan().StartsWith(Magic) || bytes[6] != 1) throw Wrong(path, "it does not begin as a NumPy file of version 1");
        var start = 10 + BinaryPrimitives.ReadUInt16LittleEndian(bytes.AsSpan(8));
        var header = start <= bytes.Length ? Encoding.ASCII.GetString(bytes, 10, start - 10) : "";
        if (!header.Contains("'descr': '<f4'") || !header.Contains("'fortran_order': False") || !header.Contains($"'shape': ({rows}, {columns})"))
            throw Wrong(path, $"it is not a float32 array of shape ({rows}, {columns}) but {header.Trim()}");
        if (bytes.LongLength - start != 4L * rows * columns) throw Wrong(path, "its length does not fit its shape");
        return MemoryMarshal.Cast<byte, float>(bytes.AsSpan(start)).ToArray();
    }

    private static UserErrorException Wrong(string path, string what) => new($"{path} cannot be read: {what}. Prepare the corpus again with ./run.sh data prepare.");
}
