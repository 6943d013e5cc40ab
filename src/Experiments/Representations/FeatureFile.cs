using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace W2S.Experiments;

/// <summary>
/// Features [rows, width] in a safetensors file: rows are written in any order and read when they are wanted, so that there may be
/// more of them than memory holds.
/// </summary>
/// <remarks>
/// Rows are asked for by their place, not through a memory map: a file that is cut short while it is read is then an error and not
/// the end of the process. Reading changes nothing here, so several threads may.
/// </remarks>
internal sealed class FeatureFile : IDisposable
{
    private const string TensorName = "features", KeyName = "key";

    private readonly string _path;
    private readonly StoredMatrix _matrix;

    private FeatureFile(string path, SafeFileHandle file, long start, long rows, int width)
    {
        _path = path;
        _matrix = new StoredMatrix(file, start, StoredMatrix.Element.Float32, rows, width, ColumnMajor: false);
    }

    /// <summary>How many rows there are, and of how many numbers.</summary>
    public (int Rows, int Width) Shape => ((int)_matrix.Rows, _matrix.Width);

    /// <summary>A file of zeros, in the place of whatever was there.</summary>
    /// <param name="key">All that decides the features.</param>
    public static FeatureFile Create(string path, string key, int rows, int width)
    {
        var file = File.OpenHandle(path, FileMode.Create, FileAccess.ReadWrite, FileShare.Read | FileShare.Delete);
        var header = Safetensors.Header(TensorName, rows, width, new Dictionary<string, string> { [KeyName] = key });
        RandomAccess.Write(file, header, 0);
        RandomAccess.SetLength(file, header.Length + (long)rows * width * sizeof(float));
        return new FeatureFile(path, file, header.Length, rows, width);
    }

    /// <summary>Null where there is none, it is of another key, or what interrupted its writer cut it short.</summary>
    /// <param name="toWrite">Whether rows are to be written, too.</param>
    public static FeatureFile? Open(string path, string key, bool toWrite = false)
    {
        if (!File.Exists(path)) return null;
        try
        {
            using var stream = File.OpenRead(path);
            var header = SafetensorsHeader.Read(
                stream, type => type == "F32" ? sizeof(float) : null, problem => new InvalidDataException($"{path}: {problem}."));
            if (header.Metadata.GetValueOrDefault(KeyName) != key
                || header.Entries is not [{ Name: TensorName, Type: "F32", Shape: [<= int.MaxValue and var rows, var width] }]
                || width is not (> 0 and <= int.MaxValue))
                return null;
            var (access, share) = (toWrite ? FileAccess.ReadWrite : FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            return new FeatureFile(path, File.OpenHandle(path, FileMode.Open, access, share), stream.Position, rows, (int)width);
        }
        catch (InvalidDataException)
        {
            return null;
        }
    }

    /// <param name="rows">[n, width].</param>
    public void Write(int first, ReadOnlySpan<float> rows) =>
        RandomAccess.Write(_matrix.File, MemoryMarshal.AsBytes(rows), _matrix.Start + (long)first * _matrix.Width * sizeof(float));

    /// <inheritdoc cref="Write"/>
    /// <exception cref="UserErrorException">The file has been cut short since it was opened.</exception>
    public void Read(int first, Span<float> rows) => _matrix.Read(first, rows, _path);

    /// <summary>Waits until the disk has all that was written.</summary>
    public void Flush() => RandomAccess.FlushToDisk(_matrix.File);

    /// <summary>Its rows as a table's; they are read from the file as long as somebody has them.</summary>
    public TableFeatures ToFeatures() => new(Shape.Rows, Shape.Width, Read);

    public void Dispose() => _matrix.Dispose();
}
