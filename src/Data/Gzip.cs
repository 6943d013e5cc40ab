using System.IO.Compression;

namespace W2S.Data;

/// <summary>Reads gzip so that a file that ends too early is an error; Directory.Build.props has the switch for the program and the tests.</summary>
internal static class Gzip
{
    /// <summary>For a program of somebody else that uses this library: it counts unless gzip was read before.</summary>
    static Gzip() => AppContext.SetSwitch("System.IO.Compression.UseStrictValidation", true);

    /// <summary>The unpacked bytes; reading throws <see cref="InvalidDataException"/> where the file is damaged or cut off.</summary>
    public static GZipStream Unpack(Stream packed) => new(packed, CompressionMode.Decompress);
}
