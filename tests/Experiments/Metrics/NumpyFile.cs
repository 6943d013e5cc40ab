using System.IO.Compression;
using System.Runtime.InteropServices;
using System.Text;

namespace W2S.Experiments.Tests.Metrics;

/// <summary>Arrays out of NumPy's .npz: a zip of .npy, version 1, little-endian, row-major.</summary>
internal static class NumpyFile
{
    public static double[] Floats(string path, string name) => [.. Values<float>(path, name, "'<f4'").Select(value => (double)value)];

    public static long[] Integers(string path, string name) => Values<long>(path, name, "'<i8'");

    private static T[] Values<T>(string path, string name, string type) where T : unmanaged
    {
        using var archive = ZipFile.OpenRead(path);
        using var stream = archive.GetEntry($"{name}.npy")!.Open();
        using var copy = new MemoryStream();
        stream.CopyTo(copy);
        ReadOnlySpan<byte> bytes = copy.ToArray();
        var header = 10 + MemoryMarshal.Read<ushort>(bytes[8..]);
        var description = Encoding.ASCII.GetString(bytes[10..header]);
        Assert.True(bytes[6] == 1 && description.Contains(type) && description.Contains("'fortran_order': False"), description);
        return MemoryMarshal.Cast<byte, T>(bytes[header..]).ToArray();
    }
}
