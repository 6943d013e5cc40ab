using System.IO.Compression;
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
    public static StoredMatrix Open(string path, string? key, Action<long, long>? tell = null)
    {
        var file = InputFile.OpenHandle(path);
        try
        {
            var member = Find(ZipDirectory.Read(file, problem => Broken(path, problem)), path, key);
            var name = $"{path}:{member.Name[..^Ending.Length]}";
            if (member.IsEncrypted) throw new UserErrorException($"{name} is encrypted. Write it again with numpy.savez.");
            if (member.Method == ZipDirectory.Member.Plain)
            {
                Check(file, member, name, tell);
                return NpyFile.Read(file, member.Start, member.Stored, name);
            }
            if (member.Method != ZipDirectory.Member.Deflated)
                throw new UserErrorException(
                    $"{name} is compressed by method {member.Method}, and NumPy's savez_compressed deflates. Write it again with that.");
            var matrix = Unpacked(file, member, name, tell);
            file.Dispose();
            return matrix;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    private static ZipDirectory.Member Find(IReadOnlyList<ZipDirectory.Member> members, string path, string? key)
    {
        var arrays = members.Where(member => member.Name.EndsWith(Ending, StringComparison.Ordinal)).ToList();
        var names = string.Join(", ", arrays.Take(50).Select(member => $"{path}:{member.Name[..^Ending.Length]}"));
        if (arrays.Count == 0) throw new UserErrorException($"{path} is a zip archive without a {Ending} file. Write it with numpy.savez.");
        if (key == null)
            return arrays.Count == 1
                ? arrays[0]
                : throw new UserErrorException($"{path} has {arrays.Count} arrays: say which, as one of {names}.");
        return arrays.FirstOrDefault(member => member.Name == key + Ending || member.Name == key)
            ?? throw new UserErrorException($"{path} has no array '{key}'. It has {names}.");
    }

    private static void Check(SafeFileHandle file, ZipDirectory.Member member, string name, Action<long, long>? tell)
    {
        if (member.Length != member.Stored)
            throw Broken(name, $"the archive claims {member.Length} bytes for it, and {member.Stored} are stored as they are");
        var buffer = new byte[1 << 20];
        uint crc = 0;
        for (long done = 0; done < member.Stored;)
        {
            var read = RandomAccess.Read(file, buffer.AsSpan(0, (int)Math.Min(buffer.Length, member.Stored - done)), member.Start + done);
            if (read == 0) throw Broken(name, "it ends before its end");
            crc = Crc32.Of(buffer.AsSpan(0, read), crc);
            done += read;
            tell?.Invoke(done, member.Stored);
        }
        Compare(crc, member, name);
    }

    private static void Compare(uint crc, ZipDirectory.Member member, string name)
    {
        if (crc != member.Crc) throw Broken(name, "it does not have the checksum (CRC-32) that the archive states: it is damaged");
    }

    private static StoredMatrix Unpacked(SafeFileHandle file, ZipDirectory.Member member, string name, Action<long, long>? tell)
    {
        if (member.Length / MostSwelling > member.Stored)
            throw Broken(name, $"its {member.Stored} bytes cannot be {member.Length} when they are unpacked");
        var spool = new Spool();
        try
        {
            var source = new FileStream(file, FileAccess.Read, bufferSize: 1 << 16) { Position = member.Start };
            var unpacked = new DeflateStream(source, CompressionMode.Decompress, leaveOpen: true);
            var buffer = new byte[1 << 16];
            long total = 0;
            uint crc = 0;
            for (int read; (read = unpacked.Read(buffer)) > 0;)
            {
                total += read;
                if (total > member.Length) break;
                crc = Crc32.Of(buffer.AsSpan(0, read), crc);
                spool.Write(buffer.AsSpan(0, read));
                tell?.Invoke(total, member.Length);
            }
            if (total != member.Length) throw Broken(name, $"it is not the {member.Length} bytes long that the archive claims");
            Compare(crc, member, name);
            return NpyFile.Read(spool.Take(), 0, total, name);
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
}
