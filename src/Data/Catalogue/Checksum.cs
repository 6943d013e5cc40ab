using System.Security.Cryptography;

namespace W2S.Data;

/// <summary>SHA-256 of files, and whether they are what the catalogue says.</summary>
internal static class Checksum
{
    /// <summary>Lower-case hexadecimal.</summary>
    public static string OfFile(string path)
    {
        using var file = File.OpenRead(path);
        return Of(file);
    }

    /// <summary>Of several files together, in this order; their names do not count.</summary>
    public static string OfFiles(params IEnumerable<string> paths) => OfText(string.Join('\n', paths.Select(OfFile)));

    /// <summary>Of a text in UTF-8.</summary>
    public static string OfText(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    /// <exception cref="IOException">The file cannot be read.</exception>
    public static State Check(CatalogueEntry entry, string path)
    {
        if (!File.Exists(path)) return State.Missing;
        if (OfFile(path) == (entry.Sha256 ?? (entry.IsGzip ? null : entry.ContentSha256))) return State.Good;
        if (!entry.IsGzip) return State.Bad;
        try
        {
            using var packed = InputFile.Unpack(File.OpenRead(path));
            return Of(packed) == entry.ContentSha256 ? State.GoodContent : State.Bad;
        }
        catch (InvalidDataException)
        {
            return State.Bad;
        }
    }

    private static string Of(Stream stream) => Convert.ToHexStringLower(SHA256.HashData(stream));

    /// <summary>What a look at a stored file found.</summary>
    public enum State
    {
        Missing,

        /// <summary>The very bytes of the catalogue.</summary>
        Good,

        /// <summary>The gzip differs, but it holds the bytes of the catalogue.</summary>
        GoodContent,

        Bad,
    }
}
