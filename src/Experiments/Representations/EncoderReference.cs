using System.Text.RegularExpressions;

namespace W2S.Experiments;

/// <summary>
/// A saved encoder as people name it, with what of it is read: PATH, PATH@3 (its third layer), PATH@0 (its embeddings),
/// PATH@3:mean.
/// </summary>
/// <param name="Path">A folder, or with its prefix the path of another kind of file: molbert:last.ckpt, onnx:model.onnx.</param>
/// <param name="Layer">Null: the last.</param>
/// <param name="Pooling">Null: as the study says.</param>
internal sealed partial record EncoderReference(string Path, int? Layer = null, EncoderPooling? Pooling = null)
{
    /// <summary>Before the path of a checkpoint of MolBERT.</summary>
    public const string MolbertPrefix = "molbert:";

    /// <summary>Before the path of a model that ONNX Runtime computes.</summary>
    public const string OnnxPrefix = "onnx:";

    public bool IsMolbert => Path.StartsWith(MolbertPrefix, StringComparison.OrdinalIgnoreCase);

    public bool IsOnnx => Path.StartsWith(OnnxPrefix, StringComparison.OrdinalIgnoreCase);

    /// <summary>The path without its prefix.</summary>
    public string File => IsMolbert ? Path[MolbertPrefix.Length..] : IsOnnx ? Path[OnnxPrefix.Length..] : Path;

    /// <summary>What it is called: the folder's own name, molbert, with what is read of it.</summary>
    public string Name
    {
        get
        {
            var whole = System.IO.Path.TrimEndingDirectorySeparator(System.IO.Path.GetFullPath(File.Length == 0 ? "." : File));
            // A model.onnx is called after its folder.
            var folder = IsOnnx && !Directory.Exists(whole) ? System.IO.Path.GetDirectoryName(whole) ?? whole : whole;
            var name = IsMolbert ? MolbertPrefix.TrimEnd(':') : System.IO.Path.GetFileName(folder);
            var layer = Layer is { } number ? string.Create(CultureInfo.InvariantCulture, $"-layer{number}") : "";
            return $"{name}{layer}{(Pooling is { } pooling ? $"-{pooling.ToString().ToLowerInvariant()}" : "")}{(IsOnnx ? "-onnx" : "")}";
        }
    }

    /// <summary>A folder or file of that whole name is meant before any part of it.</summary>
    public static EncoderReference Parse(string reference)
    {
        var plain = new EncoderReference(reference);
        if (Directory.Exists(plain.File) || System.IO.File.Exists(plain.File)) return plain;
        var parts = Suffix().Match(reference);
        var (layer, pooling) = (parts.Groups["layer"], parts.Groups["pooling"]);
        if (!layer.Success && !pooling.Success) return plain;
        return new EncoderReference(
            parts.Groups["path"].Value,
            layer.Success ? Number(layer.Value) : null,
            pooling.Success ? Enum.Parse<EncoderPooling>(pooling.Value, ignoreCase: true) : null);
    }

    // More digits than a number has are no layer of any encoder either.
    private static int Number(string digits) => int.TryParse(digits, CultureInfo.InvariantCulture, out var number) ? number : int.MaxValue;

    [GeneratedRegex(
        "^(?<path>.+?)(?:@(?<layer>[0-9]+))?(?::(?<pooling>pooled|mean|cls|max))?$",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex Suffix();
}
