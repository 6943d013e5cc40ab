using System.Buffers;
using System.Text;
using System.Text.Json;

namespace W2S.Models;

/// <summary>Where a tensor's bytes [Begin, End) lie, counted from the end of the header.</summary>
/// <param name="Type">Null: one that W2S has not.</param>
/// <param name="TypeName">As the file names it.</param>
internal sealed record SafetensorsEntry(string Name, TensorType? Type, string TypeName, long[] Shape, long Begin, long End);

/// <summary>The JSON header of a safetensors file; entries are in the order of their bytes.</summary>
internal sealed record SafetensorsHeader(IReadOnlyDictionary<string, string> Metadata, IReadOnlyList<SafetensorsEntry> Entries)
{
    /// <summary>The reference implementation's limit.</summary>
    public const int MaximalBytes = 100_000_000;

    private const string MetadataKey = "__metadata__";
    private const int MaximalTypeName = 32;

    // The first tensor starts at a multiple of this, so that a memory map of the file is aligned for every type.
    private const int Alignment = 8;

    /// <summary>The header for tensors that follow one another in this order, padded with spaces.</summary>
    public static byte[] Write(IReadOnlyList<NamedTensor> tensors, IReadOnlyDictionary<string, string> metadata)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            if (metadata.Count > 0)
            {
                json.WriteStartObject(MetadataKey);
                foreach (var (key, value) in metadata.OrderBy(pair => pair.Key, StringComparer.Ordinal)) json.WriteString(key, value);
                json.WriteEndObject();
            }
            var names = new HashSet<string>(StringComparer.Ordinal);
            long offset = 0;
            foreach (var tensor in tensors)
            {
                if (!names.Add(tensor.Name) || tensor.Name == MetadataKey)
                    throw new ArgumentException($"Two tensors have the name {tensor.Name}, or it is reserved.", nameof(tensors));
                if (ByteCount(tensor.Shape, tensor.Type) != tensor.Bytes.Length)
                    throw new ArgumentException($"{tensor.Name}: {tensor.Bytes.Length} bytes cannot have the shape {tensor.ShapeText} of {tensor.Type}.", nameof(tensors));
                json.WriteStartObject(tensor.Name);
                json.WriteString("dtype", tensor.Type.ToString());
                WriteNumbers(json, "shape", tensor.Shape);
                WriteNumbers(json, "data_offsets", [offset, offset + tensor.Bytes.Length]);
                json.WriteEndObject();
                offset += tensor.Bytes.Length;
            }
            json.WriteEndObject();
        }
        var padding = (Alignment - buffer.WrittenCount % Alignment) % Alignment;
        buffer.Write(Enumerable.Repeat((byte)' ', padding).ToArray());
        return buffer.WrittenSpan.ToArray();
    }

    /// <param name="header">The JSON text.</param>
    /// <param name="dataBytes">How many bytes follow the header; the tensors must cover them without gap or overlap.</param>
    /// <param name="broken">Makes the exception for a problem.</param>
    public static SafetensorsHeader Read(byte[] header, long dataBytes, Func<string, Exception> broken)
    {
        using var json = Parse(header, broken);
        if (json.RootElement.ValueKind != JsonValueKind.Object) throw broken("its header is no JSON object");
        var metadata = new Dictionary<string, string>(StringComparer.Ordinal);
        var entries = new List<SafetensorsEntry>();
        try
        {
            foreach (var property in json.RootElement.EnumerateObject())
            {
                if (property.Name == MetadataKey) ReadMetadata(property.Value, metadata, broken);
                else entries.Add(ReadEntry(property, dataBytes, broken));
            }
        }
        catch (InvalidOperationException)
        {
            // What the JSON reader throws for an escaped half of a surrogate pair.
            throw broken("its header holds text that is no Unicode");
        }
        entries.Sort((a, b) => (a.Begin, a.End).CompareTo((b.Begin, b.End)));
        long covered = 0;
        foreach (var entry in entries)
        {
            if (entry.Begin != covered)
                throw broken($"the tensor {entry.Name} starts at byte {entry.Begin} where the one before it ends at {covered}: they overlap or leave a gap");
            covered = entry.End;
        }
        if (covered != dataBytes) throw broken($"its tensors take {covered} bytes where {dataBytes} follow the header: it is torn, or something was appended");
        return new SafetensorsHeader(metadata, entries);
    }

    private static JsonDocument Parse(byte[] header, Func<string, Exception> broken)
    {
        try
        {
            // Strict UTF-8: the JSON reader alone would put up with bytes that are no text.
            _ = new UTF8Encoding(false, throwOnInvalidBytes: true).GetCharCount(header);
            return JsonDocument.Parse(header, new JsonDocumentOptions { AllowDuplicateProperties = false, MaxDepth = 8 });
        }
        catch (Exception error) when (error is JsonException or DecoderFallbackException or InvalidOperationException)
        {
            throw broken($"its header is not valid JSON ({error.Message.TrimEnd('.')})");
        }
    }

    private static void ReadMetadata(JsonElement element, Dictionary<string, string> metadata, Func<string, Exception> broken)
    {
        if (element.ValueKind != JsonValueKind.Object) throw broken($"its {MetadataKey} is no JSON object");
        foreach (var pair in element.EnumerateObject())
        {
            if (pair.Value.ValueKind != JsonValueKind.String) throw broken($"the value of {pair.Name} in its {MetadataKey} is no text");
            metadata.Add(pair.Name, pair.Value.GetString()!);
        }
    }

    private static SafetensorsEntry ReadEntry(JsonProperty property, long dataBytes, Func<string, Exception> broken)
    {
        var (name, element) = (property.Name, property.Value);
        if (element.ValueKind != JsonValueKind.Object) throw broken($"the entry of the tensor {name} is no JSON object");
        if (!element.TryGetProperty("dtype", out var dtype) || dtype.ValueKind != JsonValueKind.String) throw broken($"the tensor {name} has no dtype");
        var typeName = dtype.GetString()!;
        if (!IsTypeName(typeName)) throw broken($"the tensor {name} is of type {typeName}, which is no name of a type");
        TensorType? type = Enum.TryParse<TensorType>(typeName, out var known) ? known : null;
        var shape = ReadNumbers(element, "shape", name, broken);
        var offsets = ReadNumbers(element, "data_offsets", name, broken);
        if (offsets.Length != 2 || offsets[0] > offsets[1] || offsets[1] > dataBytes)
            throw broken($"the tensor {name} claims the bytes [{string.Join(", ", offsets)}) where {dataBytes} follow the header");
        // The size of an element of an unknown type is unknown, and may be less than a byte.
        if (type is { } whole && ByteCount(shape, whole) != offsets[1] - offsets[0])
            throw broken($"the tensor {name} of type {type} and shape [{string.Join(", ", shape)}] does not fit its {offsets[1] - offsets[0]} bytes");
        return new SafetensorsEntry(name, type, typeName, shape, offsets[0], offsets[1]);
    }

    private static bool IsTypeName(string text) =>
        text.Length is > 0 and <= MaximalTypeName && char.IsAsciiLetterUpper(text[0])
        && text.All(letter => char.IsAsciiLetterUpper(letter) || char.IsAsciiDigit(letter) || letter == '_');

    private static long[] ReadNumbers(JsonElement element, string key, string tensor, Func<string, Exception> broken)
    {
        if (!element.TryGetProperty(key, out var array) || array.ValueKind != JsonValueKind.Array) throw broken($"the tensor {tensor} has no {key}");
        var numbers = new long[array.GetArrayLength()];
        for (var i = 0; i < numbers.Length; i++)
        {
            if (array[i].ValueKind != JsonValueKind.Number || !array[i].TryGetInt64(out numbers[i]) || numbers[i] < 0)
                throw broken($"the {key} of the tensor {tensor} holds {array[i].GetRawText()} where a count is needed");
        }
        return numbers;
    }

    /// <summary>Bytes of a tensor, or null where the product overflows, which no file can fill.</summary>
    private static long? ByteCount(long[] shape, TensorType type)
    {
        try
        {
            return shape.Aggregate((long)type.ElementBytes(), (product, size) => checked(product * size));
        }
        catch (OverflowException)
        {
            return null;
        }
    }

    private static void WriteNumbers(Utf8JsonWriter json, string key, ReadOnlySpan<long> numbers)
    {
        json.WriteStartArray(key);
        foreach (var number in numbers) json.WriteNumberValue(number);
        json.WriteEndArray();
    }
}
