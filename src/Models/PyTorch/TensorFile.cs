using System.Text;
using System.Text.Json;
using W2S.Models.Onnx;

namespace W2S.Models.PyTorch;

/// <summary>
/// Opens any file of weights: PyTorch's zip archives (.pt, .pth, .ckpt), its files from before 1.6, safetensors, ONNX, and
/// the index of shards of either (*.index.json). All the evidence decides, the strongest first, and never the name.
/// </summary>
public static class TensorFile
{
    // Hostile files can put megabytes of text where a name is expected.
    private const int MaximalMessage = 1000;

    private const int SignBytes = 9;

    internal const string ShardIndex = ".index.json";

    /// <summary>The formats, those with the strongest signs first.</summary>
    private static readonly (Func<byte[], bool> Fits, Func<Stream, string, Func<string, bool>, TensorDocument> Read)[] Formats =
    [
        (LooksLikeSafetensors, (stream, name, wanted) => OfSafetensors(Safetensors.Read(stream, name, wanted))),
        (LooksLikeZip, (stream, name, wanted) => TorchFile.ReadArchive(stream, wanted, Broken(name, "PyTorch archive"))),
        (LooksLikePickle, (stream, name, wanted) => TorchFile.ReadLegacy(stream, wanted, Broken(name, "PyTorch file"))),
        (LooksLikeOnnx, (stream, name, wanted) => OnnxGraph.Read(stream, wanted, Broken(name, "ONNX model"))),
    ];

    /// <summary>
    /// Reads the tensors into main memory. Nothing that the file asks for is executed, and a small file cannot make this allocate
    /// without bound.
    /// </summary>
    /// <param name="wanted">Which tensors to read, by name; the bytes of others are not even looked at. Default: all.</param>
    /// <exception cref="UserErrorException">
    /// There is no such file, or it is torn, forged, of another format, or holds more than data; the message names file and cause.
    /// </exception>
    public static TensorDocument Read(string path, Func<string, bool>? wanted = null)
    {
        if (!File.Exists(path)) throw new UserErrorException($"There is no file {path}.");
        try
        {
            using var file = File.OpenRead(path);
            if (path.EndsWith(ShardIndex, StringComparison.Ordinal) && ModelFile.Foreign(file) == null)
                return ReadShards(path, wanted ?? (_ => true));
            return Read(file, path, wanted ?? (_ => true));
        }
        catch (InvalidDataException error)
        {
            throw new UserErrorException(Printable(error.Message));
        }
        catch (Exception error) when (error is UnauthorizedAccessException or IOException)
        {
            throw new UserErrorException($"{path} cannot be read: {Printable(error.Message).TrimEnd('.')}.");
        }
    }

    /// <inheritdoc cref="Read(string, Func{string, bool})"/>
    /// <param name="stream">A stream that can seek, at its beginning.</param>
    /// <param name="name">What messages call it.</param>
    /// <exception cref="InvalidDataException">The message names file and cause.</exception>
    public static TensorDocument Read(Stream stream, string name, Func<string, bool> wanted)
    {
        if (ModelFile.Foreign(stream) is { } other) throw new InvalidDataException($"{name} is {other}");
        var start = new byte[SignBytes];
        start = start[..stream.ReadAtLeast(start, SignBytes, throwOnEndOfStream: false)];
        InvalidDataException? refusal = null;
        foreach (var (fits, read) in Formats.Where(format => format.Fits(start)))
        {
            stream.Position = 0;
            try
            {
                return read(stream, name, wanted);
            }
            catch (InvalidDataException error)
            {
                refusal ??= error; // of the format that it most looks like
            }
        }
        var begin = start.Length == 0 ? "It is empty." : $"It begins with the bytes {Convert.ToHexStringLower(start)}.";
        throw refusal ?? new InvalidDataException(
            $"{name} is no file of weights that can be read: it is neither a PyTorch file (.pt, .pth, .ckpt) nor safetensors nor ONNX. "
            + begin);
    }

    // A safetensors file begins with its header's length, whose bytes may be any other format's sign; the next byte opens JSON.
    private static bool LooksLikeSafetensors(byte[] start) =>
        start.Length == SignBytes && start[8] == '{' && start.AsSpan(4, 4).IndexOfAnyExcept((byte)0) < 0;

    private static bool LooksLikeZip(byte[] start) => start.AsSpan().StartsWith("PK"u8);

    private static bool LooksLikePickle(byte[] start) => start is [0x80, >= 2 and <= 5, ..];

    // ONNX has no sign of its own: a protobuf message whose first field is the format's version.
    private static bool LooksLikeOnnx(byte[] start) => start is [0x08, < 32, ..];

    private static TensorDocument OfSafetensors(Safetensors.Contents file) => new(
        "safetensors",
        file.Tensors,
        file.Metadata.Select(pair => KeyValuePair.Create<string, object?>(pair.Key, pair.Value))
            .Concat(file.LeftOut.Select(pair => KeyValuePair.Create<string, object?>(pair.Key, $"{pair.Value} (left out)")))
            .DistinctBy(pair => pair.Key).ToDictionary())
    {
        LeftOut = file.LeftOut,
    };

    private static Func<string, Exception> Broken(string name, string kind) =>
        problem => new InvalidDataException($"{name} cannot be read as a {kind}: {problem}.");

    /// <summary>Without control characters, which could play tricks on a terminal, and of a bearable length.</summary>
    private static string Printable(string message)
    {
        var text = new StringBuilder();
        foreach (var character in message.Take(MaximalMessage)) text.Append(char.IsControl(character) ? '?' : character);
        return message.Length > MaximalMessage ? text.Append('…').ToString() : text.ToString();
    }

    /// <summary>Weights in several files of a folder, with an index of which tensor is where: `model.safetensors.index.json`.</summary>
    /// <exception cref="UserErrorException">The index or a file that it names is damaged or absent.</exception>
    private static TensorDocument ReadShards(string index, Func<string, bool> wanted)
    {
        var folder = Path.GetDirectoryName(Path.GetFullPath(index))!;
        var shards = Shards(index).GroupBy(entry => entry.File, entry => entry.Tensor, StringComparer.Ordinal).ToList();
        var documents = new List<TensorDocument>();
        foreach (var shard in shards)
        {
            var names = shard.Where(wanted).ToHashSet(StringComparer.Ordinal);
            if (names.Count > 0) documents.Add(Read(Path.Combine(folder, shard.Key), names.Contains));
        }
        return new TensorDocument(
            documents.Count == 0 ? "no shard" : $"{documents[0].Format}, {Counted.Of(shards.Count, "shard")}",
            documents.SelectMany(document => document.Tensors).DistinctBy(pair => pair.Key).ToDictionary(),
            documents.SelectMany(document => document.Values).DistinctBy(pair => pair.Key).ToDictionary())
        {
            LeftOut = documents.SelectMany(document => document.LeftOut).DistinctBy(pair => pair.Key).ToDictionary(),
        };
    }

    private static List<(string Tensor, string File)> Shards(string path)
    {
        try
        {
            using var index = JsonDocument.Parse(File.ReadAllBytes(path));
            var entries = new List<(string, string)>();
            foreach (var entry in index.RootElement.GetProperty("weight_map").EnumerateObject())
            {
                var file = entry.Value.GetString() ?? "";
                if (file != Path.GetFileName(file) || file is "" or "." or "..")
                    throw new UserErrorException(
                        $"{path}: the tensor {entry.Name} is said to be in '{file}', which is no file of this folder.");
                entries.Add((entry.Name, file));
            }
            return entries;
        }
        catch (Exception error) when (error is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw new UserErrorException(
                $"{path} is no index of shards (a JSON object with a weight_map from tensors to files): {error.Message}");
        }
    }
}
