using System.Buffers;
using System.Buffers.Binary;
using System.Text.Json;

namespace W2S.Models;

/// <summary>
/// Reads and writes Hugging Face's safetensors format: eight bytes of header length (little-endian), a JSON header, and
/// the tensors' bytes without gaps. The same tensors always give the same bytes, whatever their order.
/// </summary>
public static class Safetensors
{
    // The first tensor starts at a multiple of this, so that a memory map of the file is aligned for every type.
    private const int Alignment = 8;

    /// <summary>
    /// Writes the tensors, ordered as the reference implementation does (widest elements first, then by name), so that all are aligned.
    /// </summary>
    /// <exception cref="ArgumentException">Two tensors have one name, or a tensor's bytes do not fit its shape.</exception>
    public static void Write(Stream stream, IReadOnlyCollection<NamedTensor> tensors, IReadOnlyDictionary<string, string>? metadata = null)
    {
        var ordered = tensors
            .OrderByDescending(tensor => tensor.Type.ElementBytes())
            .ThenBy(tensor => tensor.Name, StringComparer.Ordinal)
            .ToList();
        foreach (var tensor in ordered)
            if (SafetensorsHeader.ByteCount(tensor.Shape, tensor.Type.ElementBytes()) != tensor.Bytes.Length)
                throw new ArgumentException(
                    $"{tensor.Name}: {tensor.Bytes.Length} bytes cannot have the shape {tensor.ShapeText} of {tensor.Type}.",
                    nameof(tensors));
        stream.Write(Header([.. ordered.Select(tensor => (tensor.Name, tensor.Type, tensor.Shape, (long)tensor.Bytes.Length))], metadata));
        foreach (var tensor in ordered) stream.Write(tensor.Bytes);
    }

    /// <inheritdoc cref="Write(Stream, IReadOnlyCollection{NamedTensor}, IReadOnlyDictionary{string, string})"/>
    /// <remarks>The file is neither atomic nor flushed to the disk: checkpoints are written by their store.</remarks>
    public static void Write(string path, IReadOnlyCollection<NamedTensor> tensors, IReadOnlyDictionary<string, string>? metadata = null)
    {
        using var file = File.Create(path);
        Write(file, tensors, metadata);
    }

    /// <summary>What stands before the numbers of one matrix of float32, which whoever writes it need not have in memory.</summary>
    internal static byte[] Header(string name, int rows, int width, IReadOnlyDictionary<string, string>? metadata = null) =>
        Header([(name, TensorType.F32, [rows, width], (long)rows * width * sizeof(float))], metadata);

    /// <summary>Reads a whole file, trusting nothing in it: no number in it can make this allocate more than the file holds.</summary>
    /// <exception cref="InvalidDataException">The file is torn or malformed; the message names file, tensor and cause.</exception>
    public static Contents Read(string path)
    {
        using var file = File.OpenRead(path);
        return Read(file, path);
    }

    /// <inheritdoc cref="Read(string)"/>
    /// <param name="stream">A stream that can seek and knows its length.</param>
    /// <param name="name">What messages call it.</param>
    /// <param name="wanted">Which tensors to read, by name; the bytes of others are not looked at. Null: all.</param>
    public static Contents Read(Stream stream, string name, Func<string, bool>? wanted = null)
    {
        if (ModelFile.Foreign(stream) is { } other) throw new InvalidDataException($"{name} is {other}");
        var header = SafetensorsHeader.Read(stream, type => TypeNamed(type)?.ElementBytes(), problem => Broken(name, problem));
        var tensors = new Dictionary<string, NamedTensor>(StringComparer.Ordinal);
        var leftOut = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var entry in header.Entries)
        {
            var size = entry.End - entry.Begin;
            if (wanted?.Invoke(entry.Name) == false || TypeNamed(entry.Type) is not { } type || size > Array.MaxLength)
            {
                if (TypeNamed(entry.Type) == null || size > Array.MaxLength)
                    leftOut.Add(entry.Name, $"a tensor of {entry.Type} [{string.Join(", ", entry.Shape)}], {size} bytes");
                stream.Seek(size, SeekOrigin.Current);
                continue;
            }
            var bytes = new byte[size];
            stream.ReadExactly(bytes);
            tensors.Add(entry.Name, new NamedTensor(entry.Name, type, entry.Shape, bytes));
        }
        return new Contents(header.Metadata, tensors) { LeftOut = leftOut };
    }

    /// <summary>Bytes of one element.</summary>
    public static int ElementBytes(this TensorType type) => type switch
    {
        TensorType.C128 => 16,
        TensorType.F64 or TensorType.I64 or TensorType.U64 or TensorType.C64 => 8,
        TensorType.F32 or TensorType.I32 or TensorType.U32 => 4,
        TensorType.F16 or TensorType.BF16 or TensorType.I16 or TensorType.U16 => 2,
        TensorType.I8 or TensorType.U8 or TensorType.BOOL or TensorType.F8_E4M3 or TensorType.F8_E5M2 => 1,
        _ => throw new ArgumentOutOfRangeException(nameof(type)),
    };

    /// <summary>Null: one that W2S has not.</summary>
    private static TensorType? TypeNamed(string name) => Enum.TryParse<TensorType>(name, out var known) ? known : null;

    /// <summary>The header for tensors that follow one another in this order, padded with spaces, and before it its length.</summary>
    private static byte[] Header(
        IReadOnlyList<(string Name, TensorType Type, long[] Shape, long Bytes)> tensors, IReadOnlyDictionary<string, string>? metadata)
    {
        var buffer = new ArrayBufferWriter<byte>();
        buffer.Write(new byte[SafetensorsHeader.LengthBytes]);
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            if (metadata is { Count: > 0 })
            {
                json.WriteStartObject(SafetensorsHeader.MetadataKey);
                foreach (var (key, value) in metadata.OrderBy(pair => pair.Key, StringComparer.Ordinal)) json.WriteString(key, value);
                json.WriteEndObject();
            }
            var names = new HashSet<string>(StringComparer.Ordinal);
            long offset = 0;
            foreach (var (name, type, shape, bytes) in tensors)
            {
                if (!names.Add(name) || name == SafetensorsHeader.MetadataKey)
                    throw new ArgumentException($"Two tensors have the name {name}, or it is reserved.", nameof(tensors));
                json.WriteStartObject(name);
                json.WriteString("dtype", type.ToString());
                WriteNumbers(json, "shape", shape);
                WriteNumbers(json, "data_offsets", [offset, offset + bytes]);
                json.WriteEndObject();
                offset += bytes;
            }
            json.WriteEndObject();
        }
        var padding = (Alignment - buffer.WrittenCount % Alignment) % Alignment;
        buffer.Write(Enumerable.Repeat((byte)' ', padding).ToArray());
        var header = buffer.WrittenSpan.ToArray();
        BinaryPrimitives.WriteUInt64LittleEndian(header, (ulong)(header.Length - SafetensorsHeader.LengthBytes));
        return header;
    }

    private static void WriteNumbers(Utf8JsonWriter json, string key, ReadOnlySpan<long> numbers)
    {
        json.WriteStartArray(key);
        foreach (var number in numbers) json.WriteNumberValue(number);
        json.WriteEndArray();
    }

    private static InvalidDataException Broken(string name, string problem) => new($"{name} is not a sound safetensors file: {problem}.");

    /// <summary>The contents of a safetensors file: its free-form metadata, and its tensors by name.</summary>
    public sealed record Contents(IReadOnlyDictionary<string, string> Metadata, IReadOnlyDictionary<string, NamedTensor> Tensors)
    {
        /// <summary>
        /// Tensors that are sound but of a type or size that W2S has not, and what each is: "a tensor of F6_E2M3 [2, 3]".
        /// </summary>
        public IReadOnlyDictionary<string, string> LeftOut { get; init; } = new Dictionary<string, string>();
    }
}
