using System.Buffers.Binary;
using System.Text;
using System.Text.Json;
using Microsoft.Win32.SafeHandles;

namespace W2S.Data;

/// <summary>One tensor of a safetensors file: eight bytes of the header's length, a JSON header, and the tensors' bytes.</summary>
internal static class SafetensorsArray
{
    private const int LengthBytes = 8;

    // The reference implementation's limit.
    private const long LongestHeader = 100_000_000;

    private static readonly Dictionary<string, ElementFormat> Formats = new(StringComparer.Ordinal)
    {
        ["F64"] = ElementFormat.Float64, ["F32"] = new(ElementKind.Float, 4),
        ["F16"] = new(ElementKind.Float, 2), ["BF16"] = new(ElementKind.Brain, 2),
        ["I64"] = new(ElementKind.Signed, 8), ["I32"] = new(ElementKind.Signed, 4),
        ["I16"] = new(ElementKind.Signed, 2), ["I8"] = new(ElementKind.Signed, 1),
        ["U64"] = new(ElementKind.Unsigned, 8), ["U32"] = new(ElementKind.Unsigned, 4),
        ["U16"] = new(ElementKind.Unsigned, 2), ["U8"] = new(ElementKind.Unsigned, 1),
        ["BOOL"] = new(ElementKind.Boolean, 1),
    };

    /// <param name="key">Of the tensor; null: there is but one.</param>
    /// <exception cref="UserErrorException">The file is absent or damaged, has no such tensor, or several and no name is given.</exception>
    public static StoredMatrix Open(string path, string? key)
    {
        var file = InputFile.OpenHandle(path);
        try
        {
            var (header, start) = Header(file, path);
            using (header)
            {
                var tensor = Find(header.RootElement, path, key);
                return Matrix(file, start, tensor.Value, $"{path}:{tensor.Name}");
            }
        }
        catch (Exception error)
        {
            file.Dispose();
            // What the JSON reader throws for an escaped half of a surrogate pair.
            if (error is InvalidOperationException) throw Broken(path, "its header holds text that is no Unicode");
            throw;
        }
    }

    private static (JsonDocument Header, long Start) Header(SafeFileHandle file, string path)
    {
        var length = RandomAccess.GetLength(file);
        Span<byte> prefix = stackalloc byte[LengthBytes];
        if (RandomAccess.Read(file, prefix, 0) < LengthBytes)
            throw Broken(path, $"it has {length} bytes, fewer than the {LengthBytes} of the header's length");
        var size = BinaryPrimitives.ReadUInt64LittleEndian(prefix);
        if (size > LongestHeader || (long)size > length - LengthBytes)
            throw Broken(path, $"its header claims {size} bytes where {length - LengthBytes} follow: it has been cut short, or is no "
                + "safetensors file");
        var text = new byte[size];
        if (RandomAccess.Read(file, text, LengthBytes) < text.Length) throw Broken(path, "it ends within its header");
        try
        {
            _ = new UTF8Encoding(false, throwOnInvalidBytes: true).GetCharCount(text);
            var header = JsonDocument.Parse(text, new JsonDocumentOptions { AllowDuplicateProperties = false, MaxDepth = 8 });
            return header.RootElement.ValueKind == JsonValueKind.Object
                ? (header, LengthBytes + (long)size)
                : throw Broken(path, "its header is no JSON object");
        }
        catch (Exception error) when (error is JsonException or DecoderFallbackException)
        {
            throw Broken(path, $"its header is not valid JSON ({error.Message.TrimEnd('.')})");
        }
    }

    private static JsonProperty Find(JsonElement header, string path, string? key)
    {
        var tensors = header.EnumerateObject().Where(property => property.Name != "__metadata__").ToList();
        var names = string.Join(", ", tensors.Take(50).Select(tensor => $"{path}:{tensor.Name}"));
        if (tensors.Count == 0) throw new UserErrorException($"{path} has no tensor. Give a file with one.");
        if (key == null)
            return tensors.Count == 1
                ? tensors[0]
                : throw new UserErrorException($"{path} has {tensors.Count} tensors: say which, as one of {names}.");
        var found = tensors.FindIndex(tensor => tensor.Name == key);
        return found >= 0 ? tensors[found] : throw new UserErrorException($"{path} has no tensor '{key}'. It has {names}.");
    }

    private static StoredMatrix Matrix(SafeFileHandle file, long start, JsonElement tensor, string name)
    {
        var bytes = RandomAccess.GetLength(file) - start;
        if (tensor.ValueKind != JsonValueKind.Object
            || !tensor.TryGetProperty("dtype", out var dtype) || dtype.ValueKind != JsonValueKind.String)
            throw Broken(name, "it has no dtype");
        if (!Formats.TryGetValue(dtype.GetString()!, out var format))
            throw new UserErrorException(
                $"{name} is of type {dtype}, and {string.Join(", ", Formats.Keys)} can be read. Save it as one of these, with "
                    + "tensor.to(torch.float32).");
        var (shape, offsets) = (Counts(tensor, "shape", name), Counts(tensor, "data_offsets", name));
        if (shape.Length is 0 or > 2)
            throw new UserErrorException(
                $"{name} has {shape.Length} dimensions, [{string.Join(", ", shape)}], and a row must be an example. Save "
                    + "tensor.reshape(len(tensor), -1), or a mean over the others.");
        if (shape.Contains(0))
            throw new UserErrorException(
                $"{name} is empty: its shape is [{string.Join(", ", shape)}]. Save a tensor with at least one row and one column.");
        var width = shape.Length == 2 ? shape[1] : 1;
        if (offsets.Length != 2 || offsets[1] > bytes || width > Array.MaxLength / sizeof(double)
            || offsets[1] - offsets[0] != (Int128)shape[0] * width * format.Size)
            throw Broken(name, $"its shape [{string.Join(", ", shape)}] of {dtype} does not fit the bytes [{string.Join(", ", offsets)}) "
                + $"of the {bytes} that follow the header");
        return new StoredMatrix(file, start + offsets[0], format, shape[0], (int)width, ColumnMajor: false);
    }

    private static long[] Counts(JsonElement tensor, string key, string name)
    {
        if (!tensor.TryGetProperty(key, out var array) || array.ValueKind != JsonValueKind.Array || array.GetArrayLength() > 100)
            throw Broken(name, $"it has no {key}");
        return [.. array.EnumerateArray().Select(Count)];

        long Count(JsonElement count) => count.ValueKind == JsonValueKind.Number && count.TryGetInt64(out var value) && value >= 0
            ? value
            : throw Broken(name, $"its {key} holds {count} where a count is needed");
    }

    private static UserErrorException Broken(string name, string problem) =>
        new($"{name} cannot be read: {problem}. Write or copy it again.");
}
