using System.Buffers.Binary;

namespace W2S.Data;

/// <summary>
/// The fields of one protobuf message, in their order, straight from its bytes: no classes are generated, and no length is
/// believed that its message does not have. Format: protobuf.dev/programming-guides/encoding.
/// </summary>
/// <param name="broken">Makes the exception for a problem.</param>
internal sealed class ProtobufFields(ReadOnlyMemory<byte> message, Func<string, Exception> broken)
{
    private const int MostVarintBytes = 10;

    private int _at;

    /// <summary>The current field's number.</summary>
    public int Number { get; private set; }

    /// <summary>The current field's value where it is a varint or of fixed size, its bits.</summary>
    public ulong Bits { get; private set; }

    /// <summary>The current field's value where it has a length: text, bytes, a message, packed numbers.</summary>
    public ReadOnlyMemory<byte> Content { get; private set; }

    public string Text => Encoding.UTF8.GetString(Content.Span);

    public ProtobufFields Message => new(Content, broken);

    /// <summary>The current field as whole numbers: one, or many packed together.</summary>
    public IEnumerable<long> Integers()
    {
        if (!IsPacked) return [(long)Bits];
        var numbers = new List<long>();
        var packed = new ProtobufFields(Content, broken);
        while (packed._at < Content.Length) numbers.Add((long)packed.Varint());
        return numbers;
    }

    /// <summary>Whether the current field has a length.</summary>
    public bool IsPacked { get; private set; }

    /// <summary>Goes to the next field; false: there is none.</summary>
    /// <exception cref="InvalidDataException">The message is cut short or no protobuf.</exception>
    public bool Next()
    {
        if (_at >= message.Length) return false;
        var key = Varint();
        (Number, Content, Bits) = ((int)Math.Min(key >> 3, int.MaxValue), default, 0);
        IsPacked = (key & 7) == 2;
        switch (key & 7)
        {
            case 0: Bits = Varint(); break;
            case 1: Bits = BinaryPrimitives.ReadUInt64LittleEndian(Take(8).Span); break;
            case 2: Content = Take(Varint()); break;
            case 5: Bits = BinaryPrimitives.ReadUInt32LittleEndian(Take(4).Span); break;
            default: throw broken($"a field of the unknown wire type {key & 7} stands before byte {_at} of a message");
        }
        return true;
    }

    private ulong Varint()
    {
        ulong value = 0;
        for (var count = 0; count < MostVarintBytes; count++)
        {
            var next = Take(1).Span[0];
            value |= (ulong)(next & 127) << (7 * count);
            if (next < 128) return value;
        }
        throw broken($"a number of more than {MostVarintBytes} bytes stands before byte {_at} of a message");
    }

    private ReadOnlyMemory<byte> Take(ulong count)
    {
        if (count > (ulong)(message.Length - _at))
            throw broken($"a field claims {count} bytes where {message.Length - _at} follow: it is torn, or of another format");
        var taken = message.Slice(_at, (int)count);
        _at += (int)count;
        return taken;
    }
}
