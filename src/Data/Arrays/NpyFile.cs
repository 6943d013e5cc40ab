using System.Buffers.Binary;
using Microsoft.Win32.SafeHandles;

namespace W2S.Data;

/// <summary>NumPy's .npy files, versions 1 to 3 (numpy.lib.format): magic, version, length of the header, header, numbers.</summary>
internal static class NpyFile
{
    // What NumPy itself reads without being told to trust the file is 10,000; arrays of fields may need more.
    private const int LongestHeader = 1 << 20;

    private static readonly byte[] Magic = [0x93, .. "NUMPY"u8];

    /// <exception cref="UserErrorException">It is absent, or no array of numbers.</exception>
    public static StoredMatrix Open(string path)
    {
        var file = InputFile.OpenHandle(path);
        try
        {
            return Read(file, 0, RandomAccess.GetLength(file), path);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <param name="start">Where in the file the array begins.</param>
    /// <param name="length">Its bytes.</param>
    /// <param name="name">What messages call it.</param>
    public static StoredMatrix Read(SafeFileHandle file, long start, long length, string name)
    {
        Span<byte> prefix = stackalloc byte[12];
        prefix = prefix[..RandomAccess.Read(file, prefix[..(int)Math.Min(prefix.Length, length)], start)];
        if (!prefix.StartsWith(Magic))
            throw Wrong(name, $"it does not begin as NumPy's files do, but with {Shown(prefix)}", "Write it with numpy.save");
        if (prefix.Length < 12) throw Wrong(name, $"it ends after {length} bytes, within its header", "Write or copy it again");
        var version = prefix[6];
        if (version is < 1 or > 3)
            throw Wrong(name, $"it is of version {version} of NumPy's format, and 1, 2 and 3 are known", "Write it with numpy.save");
        var (begin, size) = version == 1
            ? (10, BinaryPrimitives.ReadUInt16LittleEndian(prefix[8..]))
            : (12L, BinaryPrimitives.ReadUInt32LittleEndian(prefix[8..]));
        if (size > LongestHeader || begin + size > length)
            throw Wrong(name, $"its header claims {size} bytes where {length - begin} follow", "Write or copy it again");

        var text = new byte[size];
        if (RandomAccess.Read(file, text, start + begin) < text.Length)
            throw Wrong(name, "it ends within its header", "Write or copy it again");
        var header = NpyHeader.Parse(text, (problem, remedy) => Wrong(name, problem, remedy));
        var (stored, claimed) = (length - begin - size, header.Bytes);
        if (stored != claimed)
            throw Wrong(name, $"its header says {header.Shape} of {header.Format.Size} bytes each, "
                + $"which take {claimed} bytes, and {stored} are there",
                stored < claimed ? "It has been cut short: write or copy it again" : "Something follows the array: write it again, alone");
        return new StoredMatrix(file, start + begin + size, header.Format, header.Rows, header.Width, header.ColumnMajor);
    }

    private static string Shown(ReadOnlySpan<byte> bytes) =>
        bytes.IsEmpty ? "nothing: it is empty" : $"the bytes {Convert.ToHexStringLower(bytes)}";

    private static UserErrorException Wrong(string name, string what, string remedy) => new($"{name} cannot be read: {what}. {remedy}.");
}
