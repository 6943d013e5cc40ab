using System.Buffers.Binary;

namespace W2S.Models;

/// <summary>The contents of a safetensors file: its free-form metadata, and its tensors by name.</summary>
public sealed record SafetensorsFile(IReadOnlyDictionary<string, string> Metadata, IReadOnlyDictionary<string, NamedTensor> Tensors);

/// <summary>
/// Reads and writes Hugging Face's safetensors format: eight bytes of header length (little-endian), a JSON header, and
/// the tensors' bytes without gaps. The same tensors always give the same bytes, whatever their order.
/// </summary>
public static class Safetensors
{
    private const int LengthBytes = 8;

    /// <summary>Writes the tensors, ordered as the reference implementation does (widest elements first, then by name), so that all are aligned.</summary>
    /// <exception cref="ArgumentException">Two tensors have one name, or a tensor's bytes do not fit its shape.</exception>
    public static void Write(Stream stream, IReadOnlyCollection<NamedTensor> tensors, IReadOnlyDictionary<string, string>? metadata = null)
    {
        var ordered = tensors
            .OrderByDescending(tensor => tensor.Type.ElementBytes())
            .ThenBy(tensor => tensor.Name, StringComparer.Ordinal)
            .ToList();
        var header = SafetensorsHeader.Write(ordered, metadata ?? new Dictionary<string, string>());
        Span<byte> length = stackalloc byte[LengthBytes];
        BinaryPrimitives.WriteUInt64LittleEndian(length, (ulong)header.Length);
        stream.Write(length);
        stream.Write(header);
        foreach (var tensor in ordered) stream.Write(tensor.Bytes);
    }

    /// <inheritdoc cref="Write(Stream, IReadOnlyCollection{NamedTensor}, IReadOnlyDictionary{string, string})"/>
    /// <remarks>The file is neither atomic nor flushed to the disk: checkpoints are written by their store.</remarks>
    public static void Write(string path, IReadOnlyCollection<NamedTensor> tensors, IReadOnlyDictionary<string, string>? metadata = null)
    {
        using var file = File.Create(path);
        Write(file, tensors, metadata);
    }

    /// <summary>Reads a whole file, trusting nothing in it: no number in it can make this allocate more than the file holds.</summary>
    /// <exception cref="InvalidDataException">The file is torn, malformed or of a type that W2S has not; the message names file, tensor and cause.</exception>
    public static SafetensorsFile Read(string path)
    {
        using var file = File.OpenRead(path);
        return Read(file, path);
    }

    /// <inheritdoc cref="Read(string)"/>
    /// <param name="stream">A stream that knows its length.</param>
    /// <param name="name">What messages call it.</param>
    public static SafetensorsFile Read(Stream stream, string name)
    {
        var available = stream.Length - stream.Position;
        if (available < LengthBytes) throw Broken(name, $"it has {available} bytes, fewer than the {LengthBytes} of the header's length: it is empty or torn");
        Span<byte> prefix = stackalloc byte[LengthBytes];
        stream.ReadExactly(prefix);
        available -= LengthBytes;
        var length = BinaryPrimitives.ReadUInt64LittleEndian(prefix);
        if (length > SafetensorsHeader.MaximalBytes || (long)length > available)
            throw Broken(name, $"its header claims {length} bytes where {available} follow: it is torn, or no safetensors file");

        var headerBytes = new byte[length];
        stream.ReadExactly(headerBytes);
        var header = SafetensorsHeader.Read(headerBytes, available - (long)length, problem => Broken(name, problem));
        var tensors = new Dictionary<string, NamedTensor>(StringComparer.Ordinal);
        foreach (var entry in header.Entries)
        {
            var bytes = new byte[entry.End - entry.Begin];
            stream.ReadExactly(bytes);
            tensors.Add(entry.Name, new NamedTensor(entry.Name, entry.Type, entry.Shape, bytes));
        }
        return new SafetensorsFile(header.Metadata, tensors);
    }

    /// <summary>Bytes of one element.</summary>
    public static int ElementBytes(this TensorType type) => type switch
    {
        TensorType.F64 or TensorType.I64 => 8,
        TensorType.F32 or TensorType.I32 => 4,
        TensorType.F16 or TensorType.BF16 or TensorType.I16 => 2,
        TensorType.I8 or TensorType.U8 or TensorType.BOOL => 1,
        _ => throw new ArgumentOutOfRangeException(nameof(type)),
    };

    private static InvalidDataException Broken(string name, string problem) => new($"{name} is not a sound safetensors file: {problem}.");
}
