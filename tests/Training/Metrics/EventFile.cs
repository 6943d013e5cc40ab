using System.Buffers.Binary;
using System.Text;

namespace W2S.Training.Tests;

/// <summary>
/// Reads TensorBoard's event files by their description: records of a length, the masked CRC-32C of it, a protobuf message Event
/// and the masked CRC-32C of that (tensorflow/core/lib/io/record_writer.h, tensorflow/core/util/event.proto).
/// </summary>
internal static class EventFile
{
    /// <summary>The scalars of all records, after every checksum has been compared.</summary>
    public static IReadOnlyList<(string Tag, long Step, float Value)> Read(string path)
    {
        var scalars = new List<(string, long, float)>();
        ReadOnlySpan<byte> rest = File.ReadAllBytes(path);
        for (var record = 0; rest.Length > 0; record++)
        {
            var length = (int)BinaryPrimitives.ReadInt64LittleEndian(rest);
            var message = rest.Slice(12, length);
            Assert.Equal(Masked(rest[..8]), BinaryPrimitives.ReadUInt32LittleEndian(rest[8..]));
            Assert.Equal(Masked(message), BinaryPrimitives.ReadUInt32LittleEndian(rest[(12 + length)..]));
            rest = rest[(16 + length)..];
            if (record == 0) Assert.Contains("brain.Event:2", Encoding.UTF8.GetString(message)); // the file's version
            scalars.AddRange(Scalars(message));
        }
        return scalars;
    }

    /// <summary>
    /// Event: step is field 2, summary field 5; Summary: values are field 1; Value: tag is field 1, simple_value field 2.
    /// </summary>
    private static IReadOnlyList<(string, long, float)> Scalars(ReadOnlySpan<byte> message)
    {
        var found = new List<(string, long, float)>();
        long step = 0;
        foreach (var (field, number, bytes) in Fields(message))
        {
            if (field == 2) step = (long)number;
            if (field != 5) continue;
            foreach (var value in Fields(bytes).Where(value => value.Field == 1))
            {
                var parts = Fields(value.Bytes).ToDictionary(part => part.Field);
                var simple = parts.TryGetValue(2, out var stored) ? BitConverter.UInt32BitsToSingle((uint)stored.Number) : 0;
                found.Add((Encoding.UTF8.GetString(parts[1].Bytes), step, simple));
            }
        }
        return found;
    }

    private static List<(int Field, ulong Number, byte[] Bytes)> Fields(ReadOnlySpan<byte> message)
    {
        var fields = new List<(int, ulong, byte[])>();
        while (message.Length > 0)
        {
            var key = Varint(ref message);
            switch (key & 7)
            {
                case 0: fields.Add(((int)(key >> 3), Varint(ref message), [])); break;
                case 1: fields.Add(((int)(key >> 3), Fixed(ref message, 8), [])); break;
                case 5: fields.Add(((int)(key >> 3), Fixed(ref message, 4), [])); break;
                default:
                    var length = (int)Varint(ref message);
                    fields.Add(((int)(key >> 3), 0, message[..length].ToArray()));
                    message = message[length..];
                    break;
            }
        }
        return fields;
    }

    private static ulong Varint(ref ReadOnlySpan<byte> rest)
    {
        for (var (value, shift) = (0UL, 0); ; shift += 7)
        {
            var part = rest[0];
            rest = rest[1..];
            value |= (ulong)(part & 127) << shift;
            if (part < 128) return value;
        }
    }

    private static ulong Fixed(ref ReadOnlySpan<byte> rest, int width)
    {
        var value = width == 8 ? BinaryPrimitives.ReadUInt64LittleEndian(rest) : BinaryPrimitives.ReadUInt32LittleEndian(rest);
        rest = rest[width..];
        return value;
    }

    /// <summary>CRC-32C (Castagnoli), rotated and offset as TensorFlow does it.</summary>
    private static uint Masked(ReadOnlySpan<byte> bytes)
    {
        var sum = uint.MaxValue;
        foreach (var value in bytes)
        {
            sum ^= value;
            for (var bit = 0; bit < 8; bit++) sum = (sum >> 1) ^ (0x82f63b78 & (0 - (sum & 1)));
        }
        sum = ~sum;
        return ((sum >> 15) | (sum << 17)) + 0xa282ead8;
    }
}
