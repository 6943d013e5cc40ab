using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using W2S.Data;

namespace W2S.Experiments;

/// <summary>
/// Features that are being computed, block by block, in a file to which each block is added when it is done: a command that was
/// stopped or killed goes on behind the last whole one.
/// </summary>
/// <remarks>The file has the SHA-256 of what decides the features, then of each block its length, its CRC-32 and its numbers.</remarks>
internal sealed class PartialFeatures : IDisposable
{
    private const int KeyBytes = 32, HeaderBytes = 8;

    private readonly FileStream? _file;
    private readonly float[] _values;

    /// <param name="path">Null: they are kept in memory alone.</param>
    /// <param name="key">All that decides them; a file of another key is begun anew.</param>
    /// <param name="numbers">In all.</param>
    public PartialFeatures(string? path, string key, int numbers)
    {
        _values = new float[numbers];
        if (path == null) return;
        _file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read);
        var identity = SHA256.HashData(Encoding.UTF8.GetBytes(key));
        if (!Begins(identity))
        {
            _file.SetLength(0);
            _file.Write(identity);
        }
        while (ReadBlock()) { }
        _file.SetLength(_file.Position);
    }

    /// <summary>Numbers that are done.</summary>
    public int Done { get; private set; }

    /// <summary>[numbers], of which the first <see cref="Done"/> count.</summary>
    public float[] Values => _values;

    public void Add(ReadOnlySpan<float> block)
    {
        block.CopyTo(_values.AsSpan(Done));
        Done += block.Length;
        if (_file == null) return;
        var bytes = MemoryMarshal.AsBytes(block);
        Span<byte> header = stackalloc byte[HeaderBytes];
        BinaryPrimitives.WriteInt32LittleEndian(header, bytes.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(header[4..], Crc32.Of(bytes));
        _file.Write(header);
        _file.Write(bytes);
        _file.Flush();
    }

    public void Dispose() => _file?.Dispose();

    private bool Begins(byte[] identity)
    {
        Span<byte> begin = stackalloc byte[KeyBytes];
        return _file!.ReadAtLeast(begin, KeyBytes, throwOnEndOfStream: false) == KeyBytes && begin.SequenceEqual(identity);
    }

    /// <summary>False: there is no further block, or it is torn; the file stands where it begins.</summary>
    private bool ReadBlock()
    {
        var start = _file!.Position;
        Span<byte> header = stackalloc byte[HeaderBytes];
        if (_file.ReadAtLeast(header, HeaderBytes, throwOnEndOfStream: false) == HeaderBytes
            && BinaryPrimitives.ReadInt32LittleEndian(header) is > 0 and var length && length % sizeof(float) == 0
            && length / sizeof(float) <= _values.Length - Done)
        {
            var bytes = MemoryMarshal.AsBytes(_values.AsSpan(Done, length / sizeof(float)));
            if (_file.ReadAtLeast(bytes, length, throwOnEndOfStream: false) == length
                && Crc32.Of(bytes) == BinaryPrimitives.ReadUInt32LittleEndian(header[4..]))
            {
                Done += length / sizeof(float);
                return true;
            }
        }
        _file.Position = start;
        return false;
    }
}
