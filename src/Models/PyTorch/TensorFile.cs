using System.Text;
using W2S.Data;

namespace W2S.Models.PyTorch;

/// <summary>Opens any file of weights: PyTorch's zip archives (.pt, .pth, .ckpt), its files from before 1.6, and safetensors. The content decides, not the name.</summary>
public static class TensorFile
{
    // Hostile files can put megabytes of text where a name is expected.
    private const int MaximalMessage = 1000;

    /// <summary>Reads the tensors into main memory. Nothing that the file asks for is executed, and a small file cannot make this allocate without bound.</summary>
    /// <param name="wanted">Which tensors to read, by name; the bytes of others are not even looked at. Default: all.</param>
    /// <exception cref="UserErrorException">There is no such file, or it is torn, forged, of another format, or holds more than data; the message names file and cause.</exception>
    public static TensorDocument Read(string path, Func<string, bool>? wanted = null)
    {
        if (!File.Exists(path)) throw new UserErrorException($"There is no file {path}.");
        try
        {
            using var file = File.OpenRead(path);
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
        Span<byte> start = stackalloc byte[9];
        start = start[..stream.ReadAtLeast(start, start.Length, throwOnEndOfStream: false)];
        stream.Position = 0;
        if (start.StartsWith("PK"u8)) return TorchArchive.Read(stream, wanted, problem => Broken(name, "PyTorch archive", problem));
        if (start.Length > 0 && start[0] == 0x80) return TorchLegacy.Read(stream, wanted, problem => Broken(name, "PyTorch file", problem));
        if (start.Length == 9 && start[8] == '{') return OfSafetensors(Safetensors.Read(stream, name), wanted);
        throw new InvalidDataException(
            $"{name} is no file of weights that can be read: it is neither a PyTorch file (.pt, .pth, .ckpt) nor safetensors. {(start.IsEmpty ? "It is empty." : $"It begins with the bytes {Convert.ToHexStringLower(start)}.")}");
    }

    private static TensorDocument OfSafetensors(SafetensorsFile file, Func<string, bool> wanted) => new(
        "safetensors",
        file.Tensors.Where(tensor => wanted(tensor.Key)).ToDictionary(),
        file.Metadata.ToDictionary(pair => pair.Key, object? (pair) => pair.Value));

    private static InvalidDataException Broken(string name, string kind, string problem) => new($"{name} cannot be read as a {kind}: {problem}.");

    /// <summary>Without control characters, which could play tricks on a terminal, and of a bearable length.</summary>
    private static string Printable(string message)
    {
        var text = new StringBuilder();
        foreach (var character in message.Take(MaximalMessage)) text.Append(char.IsControl(character) ? '?' : character);
        return message.Length > MaximalMessage ? text.Append('…').ToString() : text.ToString();
    }
}
