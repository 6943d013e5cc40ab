using System.Buffers;
using System.IO.Compression;
using Microsoft.Win32.SafeHandles;

namespace W2S.Data;

/// <summary>Opens files that users name, and tells them what is wrong with the file itself.</summary>
internal static class InputFile
{
    /// <summary>
    /// Has gzip that ends too early be an error, for a program of somebody else that uses this library (Directory.Build.props has the
    /// switch for ours and the tests): it counts unless gzip was read before.
    /// </summary>
    static InputFile() => AppContext.SetSwitch("System.IO.Compression.UseStrictValidation", true);

    /// <summary>For reads at any place.</summary>
    /// <exception cref="UserErrorException">It is absent, may not be read, or is a folder or a pipe.</exception>
    public static SafeFileHandle OpenHandle(string path) => Guarded(path, () =>
    {
        var file = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, FileOptions.RandomAccess);
        try
        {
            _ = RandomAccess.GetLength(file);
            return file;
        }
        catch (NotSupportedException)
        {
            file.Dispose();
            throw new UserErrorException($"{path} is a pipe, and its rows are read more than once. Write it to a file and give that.");
        }
    });

    /// <summary>What <paramref name="open"/> makes of the file, which it closes where it fails.</summary>
    /// <inheritdoc cref="OpenHandle" path="/exception"/>
    public static T Open<T>(string path, Func<SafeFileHandle, T> open)
    {
        var file = OpenHandle(path);
        try
        {
            return open(file);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Reads a text file, plain or gzipped (told by its first bytes, not its name), in UTF-8 with or without byte order mark, and turns
    /// what can be wrong with the file itself into the user's errors.
    /// </summary>
    /// <exception cref="UserErrorException">
    /// The file is absent, may not be read, is no UTF-8, or a gzip that is damaged or ends too early.
    /// </exception>
    public static T ReadText<T>(string path, Func<TextReader, T> read) => ReadText(path, (reader, _) => read(reader));

    /// <param name="read">Is also given what says how many bytes of the file have been read, and how many it has.</param>
    /// <inheritdoc cref="ReadText{T}(string, Func{TextReader, T})"/>
    public static T ReadText<T>(string path, Func<TextReader, Func<(long Done, long Of)>, T> read) => Guarded(path, () =>
    {
        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 1 << 16);
            using Stream bytes = IsGzip(file) ? Unpack(file) : file;
            var strict = new UTF8Encoding(false, throwOnInvalidBytes: true);
            using var reader = new StreamReader(bytes, strict, detectEncodingFromByteOrderMarks: true, bufferSize: 1 << 16);
            try
            {
                var found = read(reader, () => (file.Position, file.Length));
                ReadToEnd(reader);
                return found;
            }
            catch (UserErrorException)
            {
                ReadToEnd(reader);
                throw;
            }
        }
        catch (InvalidDataException damaged)
        {
            throw Damaged(path, damaged);
        }
        catch (DecoderFallbackException)
        {
            throw new UserErrorException(
                $"{path}{FirstBadByte(path)} is not text in UTF-8. Convert it, for example with iconv -f WINDOWS-1252 -t UTF-8.");
        }
    });

    /// <summary>
    /// The bytes of a gzip; reading throws <see cref="InvalidDataException"/> where it is damaged or cut off.
    /// </summary>
    public static GZipStream Unpack(Stream packed) => new(packed, CompressionMode.Decompress);

    /// <summary>A temporary file, for numbers that were text or compressed. It goes when it is closed, whatever closes it.</summary>
    public static FileStream Temporary()
    {
        var path = Path.Combine(Path.GetTempPath(), $"w2s-{Guid.NewGuid():N}");
        var file = new FileStream(
            path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.Delete, bufferSize: 1 << 16, FileOptions.DeleteOnClose);
        // Without its name it goes even if the process is killed.
        if (!OperatingSystem.IsWindows()) File.Delete(path);
        return file;
    }

    private static T Guarded<T>(string path, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception missing) when (missing is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new UserErrorException(
                $"There is no file {path}. Check the path; ./run.sh data list says which data sets are known and where they are looked "
                    + "for.");
        }
        catch (UnauthorizedAccessException)
        {
            throw new UserErrorException($"{path} may not be read, or is a folder. Give a file that you may read.");
        }
    }

    private static UserErrorException Damaged(string path, InvalidDataException damaged) => new(
        $"{path} is a gzip file that is damaged or ends too early ({damaged.Message.TrimEnd('.')}). Fetch or copy it again.");

    /// <summary>Where a file stops being UTF-8: ", line 3: the byte 0xE9".</summary>
    private static string FirstBadByte(string path)
    {
        using var file = File.OpenRead(path);
        using Stream bytes = IsGzip(file) ? Unpack(file) : file;
        // Latin 1 has a character for each byte, and no byte of a longer character of UTF-8 ends a line.
        using var reader = new StreamReader(bytes, Encoding.Latin1, detectEncodingFromByteOrderMarks: false);
        try
        {
            for (var line = 1; reader.ReadLine() is { } text; line++)
            {
                ReadOnlySpan<byte> rest = Encoding.Latin1.GetBytes(text);
                while (Rune.DecodeFromUtf8(rest, out _, out var length) == OperationStatus.Done) rest = rest[length..];
                if (rest.Length > 0) return string.Create(CultureInfo.InvariantCulture, $", line {line}: the byte 0x{rest[0]:X2}");
            }
            return "";
        }
        catch (InvalidDataException damaged)
        {
            throw Damaged(path, damaged);
        }
    }

    /// <summary>That a file is cut off says more than what a reader finds wrong where it was cut.</summary>
    private static void ReadToEnd(TextReader reader)
    {
        var rest = new char[1 << 14];
        while (reader.Read(rest) > 0) { }
    }

    private static bool IsGzip(FileStream file)
    {
        Span<byte> magic = stackalloc byte[2];
        var isGzip = file.ReadAtLeast(magic, 2, throwOnEndOfStream: false) == 2 && magic[0] == 0x1f && magic[1] == 0x8b;
        file.Position = 0;
        return isGzip;
    }

    /// <summary>The one of what a file holds that a key names; without a key the only one.</summary>
    /// <param name="kind">For people: "array".</param>
    /// <exception cref="UserErrorException">There is none, none of that name, or several and no key.</exception>
    public static T Named<T>(IReadOnlyList<T> all, string kind, Func<T, string> nameOf, string path, string? key) where T : class
    {
        var names = string.Join(", ", all.Take(50).Select(one => $"{path}:{nameOf(one)}"));
        if (all.Count == 0) throw new UserErrorException($"{path} has no {kind}. Give a file with one.");
        if (key == null)
            return all.Count == 1 ? all[0] : throw new UserErrorException($"{path} has {all.Count} {kind}s: say which, as one of {names}.");
        return all.FirstOrDefault(one => nameOf(one) == key) ?? throw new UserErrorException($"{path} has no {kind} '{key}'. It has "
            + $"{names}.");
    }
}
