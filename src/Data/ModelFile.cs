namespace W2S.Data;

/// <summary>
/// Files of other programs' models: their texts (`config.json`, `vocab.txt`) in strict UTF-8, and what lies there in the place of one.
/// </summary>
internal static class ModelFile
{
    private const int StartBytes = 512;

    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private static readonly (string Sign, string Meaning)[] Binary =
    [
        ("GGUF", "a GGUF file, which llama.cpp reads; give the model as safetensors or PyTorch file."),
        ("\u0089HDF\r\n", "an HDF5 file (TensorFlow, Keras); give the model as safetensors or PyTorch file."),
        ("\u0093NUMPY", "an array of NumPy (.npy), not a file of named weights."),
        ("\u001f\u008b", "a gzip archive; unpack it first."),
        ("7z\u00bc\u00af\u0027\u001c", "a 7-Zip archive; unpack it first."),
        ("\u00fd7zXZ", "an xz archive; unpack it first."),
        ("BZh", "a bzip2 archive; unpack it first."),
    ];

    /// <summary>The whole text of a file, without a byte order mark.</summary>
    /// <exception cref="UserErrorException">
    /// There is no such file, it cannot be read, is something else under that name, or no Unicode.
    /// </exception>
    public static string ReadText(string path)
    {
        if (!File.Exists(path)) throw new UserErrorException($"There is no file {path}.");
        try
        {
            ReadOnlySpan<byte> bytes = File.ReadAllBytes(path);
            if (Foreign(bytes) is { } other) throw new UserErrorException($"{path} is {other}");
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
        var text = ReadText(path);
        return [.. (text.EndsWith('\n') ? text[..^1] : text).Split('\n').Select(line => line.EndsWith('\r') ? line[..^1] : line)];
    }

    /// <summary>
    /// What a file is that people take for weights and that holds none, as a sentence's end: what git leaves without LFS ("a pointer of
    /// Git LFS, not the file itself: …"), a web page that was saved instead of a download, another program's format; null where the file
    /// may be what it should. By the strongest sign that each has, at its beginning; the stream stays where it is.
    /// </summary>
    public static string? Foreign(Stream stream)
    {
        var at = stream.Position;
        var start = new byte[StartBytes];
        var count = stream.ReadAtLeast(start, StartBytes, throwOnEndOfStream: false);
        stream.Position = at;
        return Foreign(start.AsSpan(0, count));
    }

    /// <inheritdoc cref="Foreign(Stream)"/>
    /// <param name="start">The file, or its first bytes.</param>
    public static string? Foreign(ReadOnlySpan<byte> start)
    {
        var text = Encoding.Latin1.GetString(start[..Math.Min(start.Length, StartBytes)]);
        foreach (var (sign, meaning) in Binary)
            if (text.StartsWith(sign, StringComparison.Ordinal)) return meaning;
        if (text.StartsWith("version https://git-lfs.github.com/spec/", StringComparison.Ordinal))
            return "a pointer of Git LFS, not the file itself: run git lfs pull in the repository that it comes from, "
                + "or download the file.";
        var words = text.TrimStart('\u00ef', '\u00bb', '\u00bf', ' ', '\t', '\r', '\n');
        string[] pages = ["<!doctype", "<html", "<head", "<?xml"];
        return pages.Any(page => words.StartsWith(page, StringComparison.OrdinalIgnoreCase))
            ? "a web page, not the file: what was downloaded is a page about it, a login or an error. Download the file itself."
            : null;
    }
}
