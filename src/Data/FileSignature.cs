using System.Text;

namespace W2S.Data;

/// <summary>
/// Tells what a file is that people take for weights and that holds none: what git leaves without LFS, a web page that was
/// saved instead of a download, another program's format. By the strongest sign that each has, at its beginning.
/// </summary>
internal static class FileSignature
{
    private const int StartBytes = 512;

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

    /// <summary>
    /// A sentence's end, "a pointer of Git LFS, not the file itself: …", or null where the file may be what it should. The
    /// stream stays where it is.
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
            return "a pointer of Git LFS, not the file itself: run git lfs pull in the repository that it comes from, or download the file.";
        var words = text.TrimStart('\u00ef', '\u00bb', '\u00bf', ' ', '\t', '\r', '\n');
        string[] pages = ["<!doctype", "<html", "<head", "<?xml"];
        return pages.Any(page => words.StartsWith(page, StringComparison.OrdinalIgnoreCase))
            ? "a web page, not the file: what was downloaded is a page about it, a login or an error. Download the file itself."
            : null;
    }
}
