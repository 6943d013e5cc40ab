using System.IO.Compression;
using System.IO.Hashing;
using W2S.Data;

namespace W2S.Models.PyTorch;

/// <summary>
/// The zip archives that torch.save writes since 1.6: NAME/data.pkl describes, NAME/data/KEY are the storages. Entries are found
/// by their exact names and never extracted, so their paths cannot lead anywhere; they are stored, never compressed, so they cannot swell.
/// </summary>
internal static class TorchArchive
{
    public static TensorDocument Read(Stream stream, Func<string, bool> wanted, Func<string, Exception> broken)
    {
        using var archive = Guarded(() => new ZipArchive(stream, ZipArchiveMode.Read, leaveOpen: true), broken);
        var entries = new Dictionary<string, ZipArchiveEntry>(StringComparer.Ordinal);
        long total = 0;
        foreach (var entry in Guarded(() => archive.Entries, broken))
        {
            if (!entries.TryAdd(entry.FullName, entry)) throw broken($"it holds two entries of the name {entry.FullName}");
            // Entries that share bytes would let a small file fill the memory.
            var isPossible = entry.CompressedLength >= 0 && entry.CompressedLength <= stream.Length - total;
            if (!isPossible) throw broken($"its entries up to {entry.FullName} claim more bytes than the file has: it is torn or forged");
            total += entry.CompressedLength;
        }

        var descriptions = entries.Keys.Where(name => name.EndsWith("/data.pkl", StringComparison.Ordinal) && name.Count(character => character == '/') == 1).ToList();
        if (descriptions.Count != 1) throw broken($"it has {descriptions.Count} entries NAME/data.pkl where PyTorch's archives have one");
        var folder = descriptions[0][..^"data.pkl".Length];
        if (entries.ContainsKey(folder + "constants.pkl")) throw broken("it is a TorchScript program, which embeds code; save model.state_dict() with torch.save");
        if (entries.TryGetValue(folder + "byteorder", out var order) && !Content(order, broken).AsSpan().SequenceEqual("little"u8))
            throw broken("it was written on a big-endian machine");

        var description = new MemoryStream(Content(entries[descriptions[0]], broken));
        var root = new PickleMachine(new PickleInput(description, broken), broken).Run();
        var storages = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        return new TensorWalk(stream.Length, wanted, Storage, broken).Read("pytorch-zip", root);

        byte[] Storage(TorchStorage storage)
        {
            if (storages.TryGetValue(storage.Key, out var bytes)) return bytes;
            if (!entries.TryGetValue($"{folder}data/{storage.Key}", out var entry)) throw broken($"the storage {folder}data/{storage.Key} is missing: it is torn or forged");
            bytes = Content(entry, broken);
            storages.Add(storage.Key, bytes);
            return bytes;
        }
    }

    private static byte[] Content(ZipArchiveEntry entry, Func<string, Exception> broken)
    {
        if (entry.CompressedLength != entry.Length) throw broken($"its entry {entry.FullName} is compressed, which torch.save never does");
        if (entry.Length > Array.MaxLength) throw broken($"its entry {entry.FullName} has {entry.Length} bytes; one storage can have at most {Array.MaxLength}");
        var bytes = Guarded(() =>
        {
            var read = new byte[entry.Length];
            using var content = entry.Open();
            content.ReadExactly(read);
            return read;
        }, broken);
        if (Crc32.HashToUInt32(bytes) != entry.Crc32) throw broken($"its entry {entry.FullName} does not have the checksum (CRC-32) that the archive states: it is damaged");
        return bytes;
    }

    /// <summary>The zip reader's many ways to complain, as one.</summary>
    private static T Guarded<T>(Func<T> action, Func<string, Exception> broken)
    {
        try
        {
            return action();
        }
        catch (Exception error) when (error is InvalidDataException or ArgumentException or NotSupportedException or OverflowException or IOException)
        {
            throw broken($"its zip archive is torn or damaged ({error.Message.TrimEnd('.')})");
        }
    }
}
