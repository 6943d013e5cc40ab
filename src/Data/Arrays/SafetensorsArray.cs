using Microsoft.Win32.SafeHandles;

namespace W2S.Data;

/// <summary>One tensor of a safetensors file, as a matrix that stays in it.</summary>
internal static class SafetensorsArray
{
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
            using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            var header = SafetensorsHeader.Read(
                stream, type => Formats.TryGetValue(type, out var format) ? format.Size : null,
                problem => new UserErrorException($"{path} cannot be read: {problem}. Write or copy it again."));
            return Matrix(file, stream.Position, Find(header.Entries, path, key), path);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    private static SafetensorsHeader.Entry Find(IReadOnlyList<SafetensorsHeader.Entry> tensors, string path, string? key)
    {
        var names = string.Join(", ", tensors.Take(50).Select(tensor => $"{path}:{tensor.Name}"));
        if (tensors.Count == 0) throw new UserErrorException($"{path} has no tensor. Give a file with one.");
        if (key == null)
            return tensors.Count == 1
                ? tensors[0]
                : throw new UserErrorException($"{path} has {tensors.Count} tensors: say which, as one of {names}.");
        return tensors.FirstOrDefault(tensor => tensor.Name == key)
            ?? throw new UserErrorException($"{path} has no tensor '{key}'. It has {names}.");
    }

    private static StoredMatrix Matrix(SafeFileHandle file, long start, SafetensorsHeader.Entry tensor, string path)
    {
        var (name, shape) = ($"{path}:{tensor.Name}", tensor.Shape);
        if (!Formats.TryGetValue(tensor.Type, out var format))
            throw new UserErrorException(
                $"{name} is of type {tensor.Type}, and {string.Join(", ", Formats.Keys)} can be read. Save it as one of these, with "
                    + "tensor.to(torch.float32).");
        if (shape.Length is 0 or > 2)
            throw new UserErrorException(
                $"{name} has {shape.Length} dimensions, [{string.Join(", ", shape)}], and a row must be an example. Save "
                    + "tensor.reshape(len(tensor), -1), or a mean over the others.");
        if (shape.Contains(0))
            throw new UserErrorException(
                $"{name} is empty: its shape is [{string.Join(", ", shape)}]. Save a tensor with at least one row and one column.");
        var width = shape.Length == 2 ? shape[1] : 1;
        if (width > Array.MaxLength / sizeof(double))
            throw new UserErrorException($"{name} has {width} columns, more than memory holds of one row. Save fewer.");
        return new StoredMatrix(file, start + tensor.Begin, format, shape[0], (int)width, ColumnMajor: false);
    }
}
