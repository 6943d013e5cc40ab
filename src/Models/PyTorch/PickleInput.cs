using System.Buffers.Binary;
using System.Text;

namespace W2S.Models.PyTorch;

/// <summary>The bytes of a pickle, little-endian. Every length is compared with what is left before anything is allocated.</summary>
/// <param name="stream">A stream that can seek and knows its length.</param>
/// <param name="broken">Makes the exception for a problem.</param>
internal sealed class PickleInput(Stream stream, Func<string, Exception> broken)
{
    // The longest line that a GLOBAL may hold: Python's names are far shorter.
    private const int MaximalLine = 1024;

    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);
    private readonly byte[] _number = new byte[8];

    public long Position => stream.Position;

    public long Left => stream.Length - stream.Position;

    public byte Byte()
    {
        var value = stream.ReadByte();
        return value >= 0 ? (byte)value : throw Torn();
    }

    public ushort UInt16() => BinaryPrimitives.ReadUInt16LittleEndian(Number(2));

    public int Int32() => BinaryPrimitives.ReadInt32LittleEndian(Number(4));

    public uint UInt32() => BinaryPrimitives.ReadUInt32LittleEndian(Number(4));

    public long Int64() => BinaryPrimitives.ReadInt64LittleEndian(Number(8));

    public ulong UInt64() => BinaryPrimitives.ReadUInt64LittleEndian(Number(8));

    /// <summary>The one number that pickles hold big-endian.</summary>
    public double BigEndianDouble() => BinaryPrimitives.ReadDoubleBigEndian(Number(8));

    public byte[] Bytes(ulong count)
    {
        if (count > (ulong)Left || count > (ulong)Array.MaxLength)
            throw broken($"{count} bytes are announced before byte {Position} where {Left} follow: it is torn or forged");
        var bytes = new byte[count];
        stream.ReadExactly(bytes);
        return bytes;
    }

    public string Text(ulong count)
    {
        var start = Position;
        try
        {
            return Utf8.GetString(Bytes(count));
        }
        catch (DecoderFallbackException)
        {
            throw broken($"the text at byte {start} is no Unicode");
        }
    }

    /// <summary>Up to the next line feed, which is not part of the result.</summary>
    public string Line()
    {
        var line = new List<byte>();
        for (var next = Byte(); next != '\n'; next = Byte())
        {
            if (line.Count == MaximalLine) throw broken($"the name that ends at byte {Position} is longer than {MaximalLine} bytes");
            line.Add(next);
        }
        return Encoding.Latin1.GetString([.. line]);
    }

    private ReadOnlySpan<byte> Number(int count)
    {
        if (Left < count) throw Torn();
        stream.ReadExactly(_number, 0, count);
        return _number;
    }

    private Exception Torn() => broken($"it ends at byte {stream.Length} in the middle of its pickle: it is torn");
}
