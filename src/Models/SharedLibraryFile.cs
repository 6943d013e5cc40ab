using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace W2S.Models;

/// <summary>Tells from a shared library's own tables (ELF, System V ABI) whether this process could load it, without loading it.</summary>
internal static class SharedLibraryFile
{
    private const int HeaderSize = 64, LoadSegment = 1;

    /// <returns>What is wrong, as in "FILE …"; null where nothing is.</returns>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static string? Defect(string path)
    {
        using var file = File.OpenRead(path);
        var header = Read(file, 0, HeaderSize);
        if (header == null || !header.AsSpan().StartsWith("\u007fELF"u8)) return "is not a shared library; it may be an incomplete download";
        // Byte 4 is the class (2: 64 bits), byte 5 the order of bytes (1: little-endian).
        if (header[4] != 2 || header[5] != 1 || Short(header, 18) != Machine)
            return $"is for another kind of processor (ELF machine {Short(header, 18)}); this process is {RuntimeInformation.ProcessArchitecture}";
        return End(file, header) > file.Length ? $"was cut short: it has {file.Length:N0} bytes of at least {End(file, header):N0}" : null;
    }

    private static int Machine => RuntimeInformation.ProcessArchitecture switch { Architecture.X64 => 62, Architecture.Arm64 => 183, _ => 0 };

    /// <summary>The byte behind the last segment and behind the table of sections, which linkers write last.</summary>
    private static long End(FileStream file, byte[] header)
    {
        var (segments, sections) = (Long(header, 32), Long(header, 40));
        var (size, count) = (Short(header, 54), Short(header, 56));
        var end = Math.Max(segments + size * count, sections + Short(header, 58) * Short(header, 60));
        if (Read(file, segments, size * count) is { } table)
            for (var segment = 0; segment < table.Length; segment += size)
                if (BinaryPrimitives.ReadInt32LittleEndian(table.AsSpan(segment)) == LoadSegment)
                    end = Math.Max(end, Long(table, segment + 8) + Long(table, segment + 32));
        return end;
    }

    private static byte[]? Read(FileStream file, long from, int count)
    {
        if (from < 0 || from + count > file.Length) return null;
        var bytes = new byte[count];
        file.Position = from;
        file.ReadExactly(bytes);
        return bytes;
    }

    private static int Short(byte[] bytes, int at) => BinaryPrimitives.ReadUInt16LittleEndian(bytes.AsSpan(at));

    private static long Long(byte[] bytes, int at) => BinaryPrimitives.ReadInt64LittleEndian(bytes.AsSpan(at));
}
