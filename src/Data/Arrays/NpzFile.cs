using System.Buffers.Binary;
using System.IO.Compression;
using System.IO.Hashing;
using Microsoft.Win32.SafeHandles;

namespace W2S.Data;

/// <summary>
/// NumPy's .npz: a zip archive of .npy files. One that is stored is read where it lies; one that is deflated is unpacked to a
/// temporary file. Either is read once as a whole when it is opened, to compare its checksum.
/// </summary>
internal static class NpzFile
{
    private const string Ending = ".npy";

    // Deflate makes at most 1,032 bytes of one.
    private const int MostSwelling = 1032;

    /// <param name="key">Of the array; null: there is but one.</param>
    /// <param name="tell">Hears how many bytes are read, and how many there are; what it throws stops the reading.</param>
    /// <exception cref="UserErrorException">The file is absent or damaged, has no such array, or several and no key is given.</exception>
    public static StoredMatrix Open(string path, string? key, Action<long, long>? tell = null) => InputFile.Open(path, file =>
    {
        var member = Find(ZipDirectory.Read(file, problem => Broken(path, problem)), path, key);
        var name = $"{path}:{member.Name[..^Ending.Length]}";
        if (member.IsEncrypted) throw new UserErrorException($"{name} is encrypted. Write it again with numpy.savez.");
        if (member.Method == Member.Plain)
        {
            Check(file, member, name, tell);
            return NpyFile.Read(file, member.Start, member.Stored, name);
        }
        if (member.Method != Member.Deflated)
            throw new UserErrorException(
                $"{name} is compressed by method {member.Method}, and NumPy's savez_compressed deflates. Write it again with that.");
        var matrix = Unpacked(file, member, name, tell);
        file.Dispose();
        return matrix;
    });

    private static Member Find(IReadOnlyList<Member> members, string path, string? key)
    {
        var arrays = members.Where(member => member.Name.EndsWith(Ending, StringComparison.Ordinal)).ToList();
        if (arrays.Count == 0) throw new UserErrorException($"{path} is a zip archive without a {Ending} file. Write it with numpy.savez.");
        return InputFile.Named(arrays, "array", member => NameOf(member.Name), path, key == null ? null : NameOf(key));

        static string NameOf(string name) => name.EndsWith(Ending, StringComparison.Ordinal) ? name[..^Ending.Length] : name;
    }

    private static void Check(SafeFileHandle file, Member member, string name, Action<long, long>? tell)
    {
        if (member.Length != member.Stored)
            throw Broken(name, $"the archive claims {member.Length} bytes for it, and {member.Stored} are stored as they are");
        var buffer = new byte[1 << 20];
        var crc = new Crc32();
        for (long done = 0; done < member.Stored;)
        {
            var read = RandomAccess.Read(file, buffer.AsSpan(0, (int)Math.Min(buffer.Length, member.Stored - done)), member.Start + done);
            if (read == 0) throw Broken(name, "it ends before its end");
            crc.Append(buffer.AsSpan(0, read));
            done += read;
            tell?.Invoke(done, member.Stored);
        }
        Compare(crc, member, name);
    }

    private static void Compare(Crc32 crc, Member member, string name)
    {
        if (crc.GetCurrentHashAsUInt32() != member.Crc)
            throw Broken(name, "it does not have the checksum (CRC-32) that the archive states: it is damaged");
    }

    private static StoredMatrix Unpacked(SafeFileHandle file, Member member, string name, Action<long, long>? tell)
    {
        if (member.Length / MostSwelling > member.Stored)
            throw Broken(name, $"its {member.Stored} bytes cannot be {member.Length} when they are unpacked");
        var spool = InputFile.Temporary();
        try
        {
            var source = new FileStream(file, FileAccess.Read, bufferSize: 1 << 16) { Position = member.Start };
            var unpacked = new DeflateStream(source, CompressionMode.Decompress, leaveOpen: true);
            var buffer = new byte[1 << 16];
            long total = 0;
            var crc = new Crc32();
            for (int read; (read = unpacked.Read(buffer)) > 0;)
            {
                total += read;
                if (total > member.Length) break;
                crc.Append(buffer.AsSpan(0, read));
                spool.Write(buffer.AsSpan(0, read));
                tell?.Invoke(total, member.Length);
            }
            if (total != member.Length) throw Broken(name, $"it is not the {member.Length} bytes long that the archive claims");
            Compare(crc, member, name);
            return NpyFile.Read(spool.SafeFileHandle, 0, total, name);
        }
        catch (InvalidDataException damaged)
        {
            spool.Dispose();
            throw Broken(name, $"what is compressed is damaged ({damaged.Message.TrimEnd('.')})");
        }
        catch
        {
            spool.Dispose();
            throw;
        }
    }

    private static UserErrorException Broken(string name, string problem) =>
        new($"{name} cannot be read: {problem}. Write or copy it again.");

    /// <summary>A member of a zip archive.</summary>
    /// <param name="Start">Where its bytes begin in the file.</param>
    /// <param name="Stored">The bytes that it takes there.</param>
    /// <param name="Length">Its bytes when it is unpacked.</param>
    /// <param name="Crc">The CRC-32 of what is unpacked.</param>
    private sealed record Member(string Name, int Method, bool IsEncrypted, long Start, long Stored, long Length, uint Crc)
    {
        public const int Plain = 0, Deflated = 8;
    }

    /// <summary>
    /// The directory of a zip archive (APPNOTE 6.3, with zip64). .NET's own reader does not say where a member's bytes lie, and
    /// arrays that are stored as they are should be read there rather than unpacked.
    /// </summary>
    private static class ZipDirectory
    {
        private const int EndBytes = 22, MemberBytes = 46, LocalBytes = 30, LocatorBytes = 20, End64Bytes = 56;
        private const int LongestComment = ushort.MaxValue;
        private const uint EndMark = 0x06054b50, MemberMark = 0x02014b50, LocalMark = 0x04034b50;
        private const uint LocatorMark = 0x07064b50, End64Mark = 0x06064b50;

        // Some 500,000 members; a model's activations have hundreds.
        private const int LargestDirectory = 1 << 25;

        /// <param name="broken">Makes the exception for a problem.</param>
        public static IReadOnlyList<Member> Read(SafeFileHandle file, Func<string, Exception> broken)
        {
            var length = RandomAccess.GetLength(file);
            var (start, size) = Find(file, length, broken);
            if (start < 0 || size < 0 || size > LargestDirectory || start > length - size) throw broken("its directory lies outside of it");
            var directory = Bytes(file, start, (int)size, broken);
            var members = new List<Member>();
            for (var at = 0; at < directory.Length;)
            {
                var entry = directory.AsSpan(at);
                if (entry.Length < MemberBytes || U32(entry, 0) != MemberMark) throw broken("its directory is damaged");
                var (name, extra, comment) = (U16(entry, 28), U16(entry, 30), U16(entry, 32));
                var whole = MemberBytes + name + extra + comment;
                if (entry.Length < whole) throw broken("its directory is cut short");
                var text = Encoding.UTF8.GetString(entry.Slice(MemberBytes, name));
                members.Add(ReadMember(file, length, entry[..whole], text, entry.Slice(MemberBytes + name, extra), broken));
                at += whole;
            }
            return members;
        }

        private static (long Start, long Size) Find(SafeFileHandle file, long length, Func<string, Exception> broken)
        {
            var tail = Bytes(
                file, Math.Max(0, length - EndBytes - LongestComment), (int)Math.Min(length, EndBytes + LongestComment), broken);
            for (var at = tail.Length - EndBytes; at >= 0; at--)
            {
                var end = tail.AsSpan(at);
                if (U32(end, 0) != EndMark || U16(end, 20) != end.Length - EndBytes) continue;
                var (entries, size, start) = (U16(end, 10), U32(end, 12), U32(end, 16));
                if (entries != ushort.MaxValue && size != uint.MaxValue && start != uint.MaxValue) return (start, size);
                if (at < LocatorBytes || U32(tail, at - LocatorBytes) != LocatorMark) return (start, size);
                var far = Bytes(file, I64(tail, at - LocatorBytes + 8), End64Bytes, broken);
                return U32(far, 0) == End64Mark ? (I64(far, 48), I64(far, 40)) : throw broken("its directory is damaged");
            }
            throw broken("its end is not that of a zip archive: it has been cut short, or is none");
        }

        private static Member ReadMember(
            SafeFileHandle file, long fileLength, ReadOnlySpan<byte> entry, string name, ReadOnlySpan<byte> extra,
            Func<string, Exception> broken)
        {
            long stored = U32(entry, 20), length = U32(entry, 24), local = U32(entry, 42);
            var large = Zip64(extra);
            Widen(ref length, ref large);
            Widen(ref stored, ref large);
            Widen(ref local, ref large);
            var header = Bytes(file, local, LocalBytes, broken);
            if (U32(header, 0) != LocalMark) throw broken($"there is no member where {name} should begin");
            var start = local + LocalBytes + U16(header, 26) + U16(header, 28);
            if (stored < 0 || length < 0 || start > fileLength - stored)
                throw broken($"{name} claims more bytes than the file has: it has been cut short");
            return new Member(name, U16(entry, 10), (U16(entry, 8) & 1) != 0, start, stored, length, U32(entry, 16));
        }

        /// <summary>A size that does not fit its four bytes stands in the extra field, in their order.</summary>
        private static void Widen(ref long value, ref ReadOnlySpan<byte> large)
        {
            if (value != uint.MaxValue || large.Length < sizeof(long)) return;
            value = I64(large, 0);
            large = large[sizeof(long)..];
        }

        private static ReadOnlySpan<byte> Zip64(ReadOnlySpan<byte> extra)
        {
            while (extra.Length >= 4)
            {
                var (kind, size) = (U16(extra, 0), U16(extra, 2));
                if (size > extra.Length - 4) break;
                if (kind == 1) return extra.Slice(4, size);
                extra = extra[(4 + size)..];
            }
            return [];
        }

        private static byte[] Bytes(SafeFileHandle file, long start, int count, Func<string, Exception> broken)
        {
            var bytes = new byte[count];
            var isInside = start >= 0 && start <= RandomAccess.GetLength(file) - count;
            return isInside && RandomAccess.Read(file, bytes, start) == count ? bytes : throw broken("it ends within its directory");
        }

        private static ushort U16(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadUInt16LittleEndian(bytes[at..]);

        private static uint U32(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadUInt32LittleEndian(bytes[at..]);

        private static long I64(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadInt64LittleEndian(bytes[at..]);
    }
}
