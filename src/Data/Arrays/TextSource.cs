using System.Buffers;
using System.Globalization;
using System.Text;

namespace W2S.Data;

/// <summary>Text files, plain or gzipped (told by their first bytes, not their name), read as UTF-8 with or without byte order mark.</summary>
internal static class TextSource
{
    /// <summary>Opens, reads with <paramref name="read"/>, and turns what can be wrong with the file itself into the user's errors.</summary>
    /// <exception cref="UserErrorException">The file is absent, may not be read, or is a gzip that is damaged or ends too early.</exception>
    public static T Read<T>(string path, Func<TextReader, T> read) => Read(path, (reader, _) => read(reader));

    /// <param name="read">Is also given what says how many bytes of the file have been read, and how many it has.</param>
    /// <inheritdoc cref="Read{T}(string, Func{TextReader, T})"/>
    public static T Read<T>(string path, Func<TextReader, Func<(long Done, long Of)>, T> read) => InputFile.Guarded(path, () =>
    {
        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 1 << 16);
            using Stream bytes = IsGzip(file) ? Gzip.Unpack(file) : file;
            using var reader = new StreamReader(bytes, new UTF8Encoding(false, throwOnInvalidBytes: true), detectEncodingFromByteOrderMarks: true, bufferSize: 1 << 16);
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

    private static UserErrorException Damaged(string path, InvalidDataException damaged) => new(
        $"{path} is a gzip file that is damaged or ends too early ({damaged.Message.TrimEnd('.')}). Fetch or copy it again.");

    /// <summary>Where a file stops being UTF-8: ", line 3: the byte 0xE9".</summary>
    private static string FirstBadByte(string path)
    {
        using var file = File.OpenRead(path);
        using Stream bytes = IsGzip(file) ? Gzip.Unpack(file) : file;
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
}
