using System.Text;

namespace W2S.Data;

/// <summary>Whole text files of other programs (`config.json`, `vocab.txt`) in strict UTF-8.</summary>
internal static class StrictText
{
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <returns>The text without a byte order mark.</returns>
    /// <exception cref="UserErrorException">
    /// There is no such file, it cannot be read, is something else under that name, or no Unicode.
    /// </exception>
    public static string Read(string path)
    {
        if (!File.Exists(path)) throw new UserErrorException($"There is no file {path}.");
        try
        {
            ReadOnlySpan<byte> bytes = File.ReadAllBytes(path);
            if (FileSignature.Foreign(bytes) is { } other) throw new UserErrorException($"{path} is {other}");
            return Utf8.GetString(bytes.StartsWith("\ufeff"u8) ? bytes[3..] : bytes);
        }
        catch (DecoderFallbackException)
        {
            throw new UserErrorException($"{path} is no text in UTF-8.");
        }
        catch (Exception error) when (error is UnauthorizedAccessException or IOException)
        {
            throw new UserErrorException($"{path} cannot be read: {error.Message.TrimEnd('.')}.");
        }
    }

    /// <summary>Its lines, ended by \n or \r\n and by nothing else: other line ends are tokens of some vocabularies.</summary>
    public static string[] ReadLines(string path)
    {
        var text = Read(path);
        return [.. (text.EndsWith('\n') ? text[..^1] : text).Split('\n').Select(line => line.EndsWith('\r') ? line[..^1] : line)];
    }
}
