using System.Buffers.Binary;
using System.IO.Hashing;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;

namespace W2S.Experiments;

/// <summary>
/// Features that are being computed, block by block, in a file that grows no memory: a command that was stopped or killed goes on
/// behind the last whole block.
/// </summary>
/// <remarks>
/// Two files: X.partial has each example's row where it belongs, X.blocks the SHA-256 of what decides them and then of each block,
/// in the order in which they are computed, its rows and their CRC-32.
/// </remarks>
internal sealed class PartialFeatures : IDisposable
{
    private const int EntryBytes = 8;

    private readonly string? _path;
    private readonly string _key;
    private readonly int[] _order;
    private readonly int _width;
    private readonly float[] _values = [];
    private readonly FeatureFile? _file;
    private readonly FileStream? _blocks;

    /// <param name="path">Where they are to lie when they are whole; null: in memory.</param>
    /// <param name="key">All that decides them; what lies there of another key is begun anew.</param>
    /// <param name="order">Of the examples, in which they are computed.</param>
    public PartialFeatures(string? path, string key, int[] order, int width)
    {
        (_path, _key, _order, _width) = (path, key, order, width);
        if (path == null)
        {
            _values = new float[checked(order.Length * width)];
            return;
        }
        var identity = SHA256.HashData(Encoding.UTF8.GetBytes($"{key} {order.Length} × {width}"));
        _file = FeatureFile.Open(PathOf(path), key, toWrite: true);
        _blocks = new FileStream(BlocksOf(path), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read, bufferSize: 0);
        if (_file?.Shape == (order.Length, width) && Begins(identity))
        {
            while (HasBlock()) { }
            _blocks.SetLength(_blocks.Position);
            return;
        }
        _file?.Dispose();
        // The blocks first: none of them may count for another file.
        _blocks.SetLength(0);
        _file = FeatureFile.Create(PathOf(path), key, order.Length, width);
        _blocks.Write(identity);
    }

    /// <summary>Examples that are done, in the order in which they are computed.</summary>
    public int Done { get; private set; }

    /// <summary>The next examples to compute; none where all are done.</summary>
    public int[] Next(int most) => _order[Done..Math.Min(_order.Length, Done + most)];

    /// <summary>The rows of the next examples, [n, width].</summary>
    public void Add(ReadOnlySpan<float> rows)
    {
        var examples = Next(rows.Length / _width);
        for (var place = 0; place < examples.Length; place++)
        {
            var row = rows.Slice(place * _width, _width);
            if (_file == null) row.CopyTo(_values.AsSpan(examples[place] * _width));
            else _file.Write(examples[place], row);
        }
        Done += examples.Length;
        if (_blocks == null) return;
        Span<byte> entry = stackalloc byte[EntryBytes];
        BinaryPrimitives.WriteInt32LittleEndian(entry, examples.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(entry[4..], Crc32.HashToUInt32(MemoryMarshal.AsBytes(rows)));
        _blocks.Write(entry);
    }

    /// <summary>What was computed, once all is: in its file, of which rows are read when they are wanted, or in memory.</summary>
    /// <param name="offsets">Row r is the mean of the examples [offsets[r], offsets[r + 1]); null: every example is a row.</param>
    public TableFeatures Complete(int[]? offsets = null)
    {
        if (Done != _order.Length) throw new InvalidOperationException($"{Done} of {_order.Length} examples are computed.");
        var isWhole = offsets == null || offsets.Length - 1 == _order.Length;
        if (_path == null)
            return TableFeatures.InMemory(isWhole ? _values : Merged(TableFeatures.InMemory(_values, _width), offsets!).ToArray(), _width);
        var merged = _path + ".tmp";
        if (isWhole) _file!.Flush();
        else Write(Merged(_file!.ToFeatures(), offsets!), merged);
        File.Move(isWhole ? PathOf(_path) : merged, _path, overwrite: true);
        Dispose();
        File.Delete(PathOf(_path));
        File.Delete(BlocksOf(_path));
        return FeatureFile.Open(_path, _key)!.ToFeatures();
    }

    public void Dispose()
    {
        _file?.Dispose();
        _blocks?.Dispose();
    }

    /// <summary>Leaves what a stopped command computed, which cannot go on.</summary>
    public static void Forget(string path) => File.Delete(BlocksOf(path));

    private static string PathOf(string path) => path + ".partial";

    private static string BlocksOf(string path) => path + ".blocks";

    private bool Begins(byte[] identity)
    {
        Span<byte> begin = stackalloc byte[SHA256.HashSizeInBytes];
        return _blocks!.ReadAtLeast(begin, begin.Length, throwOnEndOfStream: false) == begin.Length && begin.SequenceEqual(identity);
    }

    /// <summary>False: there is no further block, or its rows are not what was written; the journal stands where it begins.</summary>
    private bool HasBlock()
    {
        var start = _blocks!.Position;
        Span<byte> entry = stackalloc byte[EntryBytes];
        if (_blocks.ReadAtLeast(entry, EntryBytes, throwOnEndOfStream: false) == EntryBytes
            && BinaryPrimitives.ReadInt32LittleEndian(entry) is > 0 and var count && count <= _order.Length - Done)
        {
            var (row, checksum) = (new float[_width], new Crc32());
            foreach (var example in Next(count))
            {
                _file!.Read(example, row);
                checksum.Append(MemoryMarshal.AsBytes<float>(row));
            }
            if (checksum.GetCurrentHashAsUInt32() == BinaryPrimitives.ReadUInt32LittleEndian(entry[4..]))
            {
                Done += count;
                return true;
            }
        }
        _blocks.Position = start;
        return false;
    }

    /// <summary>The means of some examples each; those of a row follow one another.</summary>
    private static TableFeatures Merged(TableFeatures examples, int[] offsets)
    {
        var width = examples.Width;
        return new TableFeatures(offsets.Length - 1, width, (first, rows) =>
        {
            for (var row = 0; row < rows.Length / width; row++)
            {
                var (begin, parts) = (offsets[first + row], offsets[first + row + 1] - offsets[first + row]);
                var vectors = new float[parts * width];
                var mean = rows.Slice(row * width, width);
                examples.Read(begin, vectors);
                mean.Clear();
                for (var part = 0; part < parts; part++) TensorPrimitives.Add(mean, vectors.AsSpan(part * width, width), mean);
                TensorPrimitives.Divide(mean, parts, mean);
            }
        });
    }

    private void Write(TableFeatures features, string path)
    {
        using var file = FeatureFile.Create(path, _key, features.Rows, _width);
        FeatureMoments.ForBlocks(features.Rows, _width, features.Read, file.Write);
        file.Flush();
    }
}
