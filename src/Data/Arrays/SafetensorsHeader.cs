using System.Buffers.Binary;
using System.Text.Json;
using Microsoft.Win32.SafeHandles;

namespace W2S.Data;

/// <summary>
/// The header of a file in Hugging Face's safetensors format: eight bytes of its length (little-endian) and JSON. Entries are in
/// the order of their bytes, which follow it without gaps.
/// </summary>
internal sealed record SafetensorsHeader(IReadOnlyDictionary<string, string> Metadata, IReadOnlyList<SafetensorsHeader.Entry> Entries)
{
    /// <summary>The key of what is no tensor.</summary>
    public const string MetadataKey = "__metadata__";

    /// <summary>Of the header's length, at the beginning of the file.</summary>
    public const int LengthBytes = 8;

    // The reference implementation's limit.
    private const int MaximalBytes = 100_000_000;

    private const int MaximalTypeName = 32;

    private static readonly Dictionary<string, StoredMatrix.Element> Formats = new(StringComparer.Ordinal)
    {
        ["F64"] = StoredMatrix.Element.Float64, ["F32"] = StoredMatrix.Element.Float32, ["F16"] = new('f', 2),
        ["BF16"] = new(StoredMatrix.Element.Brain, 2),
        ["I64"] = new('i', 8), ["I32"] = new('i', 4), ["I16"] = new('i', 2), ["I8"] = new('i', 1),
        ["U64"] = new('u', 8), ["U32"] = new('u', 4), ["U16"] = new('u', 2), ["U8"] = new('u', 1), ["BOOL"] = new('b', 1),
    };

    /// <summary>One tensor of a file, as a matrix that stays in it.</summary>
    /// <param name="key">Of the tensor; null: there is but one.</param>
    /// <exception cref="UserErrorException">The file is absent or damaged, has no such tensor, or several and no name is given.</exception>
    public static StoredMatrix Open(string path, string? key) => InputFile.Open(path, file =>
    {
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        var header = Read(
            stream, type => Formats.TryGetValue(type, out var format) ? format.Size : null,
            problem => new UserErrorException($"{path} cannot be read: {problem}. Write or copy it again."));
        return Matrix(file, stream.Position, InputFile.Named(header.Entries, "tensor", entry => entry.Name, path, key), path);
    });

    /// <summary>Reads it and stops where the tensors begin, trusting nothing: it allocates no more than the file holds.</summary>
    /// <param name="stream">At the file's beginning; it knows its length.</param>
    /// <param name="elementBytes">The size of an element of a type; null: unknown, and maybe less than a byte.</param>
    /// <param name="broken">Makes the exception for a problem.</param>
    public static SafetensorsHeader Read(Stream stream, Func<string, int?> elementBytes, Func<string, Exception> broken)
    {
        var available = stream.Length - stream.Position;
        if (available < LengthBytes)
            throw broken($"it has {available} bytes, fewer than the {LengthBytes} of the header's length: it is empty or torn");
        Span<byte> prefix = stackalloc byte[LengthBytes];
        stream.ReadExactly(prefix);
        available -= LengthBytes;
        var length = BinaryPrimitives.ReadUInt64LittleEndian(prefix);
        if (length > MaximalBytes || (long)length > available)
            throw broken($"its header claims {length} bytes where {available} follow: it is torn, or no safetensors file");
        var header = new byte[length];
        stream.ReadExactly(header);
        return Read(header, available - (long)length, elementBytes, broken);
    }

    /// <param name="dataBytes">How many bytes follow the header; the tensors must cover them without gap or overlap.</param>
    private static SafetensorsHeader Read(byte[] header, long dataBytes, Func<string, int?> elementBytes, Func<string, Exception> broken)
    {
        using var json = Parse(header, broken);
        if (json.RootElement.ValueKind != JsonValueKind.Object) throw broken("its header is no JSON object");
        var metadata = new Dictionary<string, string>(StringComparer.Ordinal);
        var entries = new List<Entry>();
        try
        {
            foreach (var property in json.RootElement.EnumerateObject())
            {
                if (property.Name == MetadataKey) ReadMetadata(property.Value, metadata, broken);
                else entries.Add(ReadEntry(property, dataBytes, elementBytes, broken));
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
                throw broken($"the tensor {entry.Name} starts at byte {entry.Begin} where the one before it ends at {covered}: "
                    + "they overlap or leave a gap");
            covered = entry.End;
        }
        if (covered != dataBytes)
            throw broken($"its tensors take {covered} bytes where {dataBytes} follow the header: it is torn, or something was appended");
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

    private static Entry ReadEntry(
        JsonProperty property, long dataBytes, Func<string, int?> elementBytes, Func<string, Exception> broken)
    {
        var (name, element) = (property.Name, property.Value);
        if (element.ValueKind != JsonValueKind.Object) throw broken($"the entry of the tensor {name} is no JSON object");
        if (!element.TryGetProperty("dtype", out var dtype) || dtype.ValueKind != JsonValueKind.String)
            throw broken($"the tensor {name} has no dtype");
        var type = dtype.GetString()!;
        if (!IsTypeName(type)) throw broken($"the tensor {name} is of type {type}, which is no name of a type");
        var shape = ReadNumbers(element, "shape", name, broken);
        var offsets = ReadNumbers(element, "data_offsets", name, broken);
        if (offsets.Length != 2 || offsets[0] > offsets[1] || offsets[1] > dataBytes)
            throw broken($"the tensor {name} claims the bytes [{string.Join(", ", offsets)}) where {dataBytes} follow the header");
        if (elementBytes(type) is { } size && ByteCount(shape, size) != offsets[1] - offsets[0])
            throw broken($"the tensor {name} of type {type} and shape [{string.Join(", ", shape)}] does not fit its "
                + $"{offsets[1] - offsets[0]} bytes");
        return new Entry(name, type, shape, offsets[0], offsets[1]);
    }

    private static bool IsTypeName(string text) =>
        text.Length is > 0 and <= MaximalTypeName && char.IsAsciiLetterUpper(text[0])
        && text.All(letter => char.IsAsciiLetterUpper(letter) || char.IsAsciiDigit(letter) || letter == '_');

    private static long[] ReadNumbers(JsonElement element, string key, string tensor, Func<string, Exception> broken)
    {
        if (!element.TryGetProperty(key, out var array) || array.ValueKind != JsonValueKind.Array)
            throw broken($"the tensor {tensor} has no {key}");
        var numbers = new long[array.GetArrayLength()];
        for (var i = 0; i < numbers.Length; i++)
        {
            if (array[i].ValueKind != JsonValueKind.Number || !array[i].TryGetInt64(out numbers[i]) || numbers[i] < 0)
                throw broken($"the {key} of the tensor {tensor} holds {array[i].GetRawText()} where a count is needed");
        }
        return numbers;
    }

    /// <summary>Bytes of a tensor, or null where the product overflows, which no file can fill.</summary>
    public static long? ByteCount(long[] shape, int elementBytes)
    {
        try
        {
            return shape.Aggregate((long)elementBytes, (product, size) => checked(product * size));
        }
        catch (OverflowException)
        {
            return null;
        }
    }

    private static StoredMatrix Matrix(SafeFileHandle file, long start, Entry tensor, string path)
    {
        var (name, shape) = ($"{path}:{tensor.Name}", tensor.Shape);
        if (!Formats.TryGetValue(tensor.Type, out var format))
            throw new UserErrorException(
                $"{name} is of type {tensor.Type}, and {string.Join(", ", Formats.Keys)} can be read. Save it as one of these, with "
                    + "tensor.to(torch.float32).");
        if (shape.Length is 0 or > 2)
            throw new UserErrorException(
                $"{name} has {Counted.Of(shape.Length, "dimension")}, [{string.Join(", ", shape)}], and a row must be an example. Save "
                    + "tensor.reshape(len(tensor), -1), or a mean over the others.");
        if (shape.Contains(0))
            throw new UserErrorException(
                $"{name} is empty: its shape is [{string.Join(", ", shape)}]. Save a tensor with at least one row and one column.");
        var width = shape.Length == 2 ? shape[1] : 1;
        if (width > Array.MaxLength / sizeof(double))
            throw new UserErrorException($"{name} has {width} columns, more than memory holds of one row. Save fewer.");
        return new StoredMatrix(file, start + tensor.Begin, format, shape[0], (int)width, ColumnMajor: false);
    }

    /// <summary>Where a tensor's bytes [Begin, End) lie, counted from the end of the header.</summary>
    /// <param name="Type">As the file names it: "F32".</param>
    public sealed record Entry(string Name, string Type, long[] Shape, long Begin, long End);
}
