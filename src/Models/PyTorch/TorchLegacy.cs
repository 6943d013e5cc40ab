using System.Numerics;

namespace W2S.Models.PyTorch;

/// <summary>
/// What torch.save wrote before 1.6, and writes with _use_new_zipfile_serialization=False: five pickles in a row (magic number,
/// protocol, the machine, the object, the storages' keys), then each storage as its number of elements and its bytes.
/// </summary>
internal static class TorchLegacy
{
    private const long Protocol = 1001;
    private static readonly BigInteger Magic = BigInteger.Parse("119547037146038801333356");

    public static TensorDocument Read(Stream stream, Func<string, bool> wanted, Func<string, Exception> broken)
    {
        var input = new PickleInput(stream, broken);
        if (Next() is not BigInteger magic || magic != Magic) throw broken("it is a Python pickle, but not one of torch.save");
        if (Next() is not Protocol) throw broken("it is of an unknown protocol of torch.save");
        if (Next() is not Pickle.Dictionary writer || !writer.Items.Any(item => item is { Key: "little_endian", Value: true }))
            throw broken("it was not written on a little-endian machine");
        var description = new PickleMachine(input, broken);
        var root = description.Run();
        var keys = Next() is Pickle.List list ? list.Items : throw broken("the list of its storages is missing");
        var places = Places(input, stream, [.. keys.Select(key => TorchCalls.KeyOf(key, broken))], description.Storages, broken);

        var storages = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        return new TensorWalk(stream.Length, wanted, Bytes, broken).Read("pytorch-legacy", root);

        object? Next() => new PickleMachine(input, broken).Run();

        byte[] Bytes(TorchStorage storage)
        {
            if (storages.TryGetValue(storage.Key, out var bytes)) return bytes;
            if (!places.TryGetValue(storage.Key, out var place)) throw broken($"the storage {storage.Key} is missing");
            stream.Position = place.Begin;
            bytes = input.Bytes((ulong)place.Count);
            storages.Add(storage.Key, bytes);
            return bytes;
        }
    }

    /// <summary>Where each storage's bytes lie. The file states elements, so their types must be known from the object.</summary>
    private static Dictionary<string, (long Begin, long Count)> Places(
        PickleInput input, Stream stream, IReadOnlyList<string> keys, IReadOnlyList<TorchStorage> described, Func<string, Exception> broken)
    {
        var elementBytes = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var storage in described)
        {
            var bytes = storage.Type?.ElementBytes() ?? 1;
            if (!elementBytes.TryAdd(storage.Key, bytes) && elementBytes[storage.Key] != bytes)
                throw broken($"the storage {storage.Key} has two types");
        }
        var places = new Dictionary<string, (long, long)>(StringComparer.Ordinal);
        foreach (var key in keys)
        {
            if (!elementBytes.TryGetValue(key, out var size)) throw broken($"no tensor tells the type of the storage {key}");
            var count = input.Int64();
            if (count < 0 || count > input.Left / size)
                throw broken(
                    $"the storage {key} claims {count} elements of {size} bytes where {input.Left} bytes follow: it is torn or forged");
            if (!places.TryAdd(key, (stream.Position, count * size))) throw broken($"it holds two storages {key}");
            stream.Position += count * size;
        }
        return places;
    }
}
