using System.IO.Compression;

namespace W2S.Data;

/// <summary>Reads gzip so that a file that ends too early is an error.</summary>
internal static class Gzip
{
    /// <summary>Without this switch, .NET takes a gzip that ends too early for one that ends there.</summary>
    static Gzip() => AppContext.SetSwitch("System.IO.Compression.UseStrictValidation", true);

    /// <summary>The unpacked bytes; reading throws <see cref="InvalidDataException"/> where the file is damaged or cut off.</summary>
    public static GZipStream Unpack(Stream packed) => new(packed, CompressionMode.Decompress);
}
