using System.Globalization;
using System.IO.Compression;
using System.IO.Hashing;
using System.Numerics;

namespace W2S.Models.PyTorch;

/// <summary>The two formats of torch.save.</summary>
internal static class TorchFile
{
    private const long Protocol = 1001;
    private static readonly BigInteger Magic = BigInteger.Parse("119547037146038801333356");

    /// <summary>
    /// A zip archive, which torch.save writes since 1.6: NAME/data.pkl describes, NAME/data/KEY are the storages. Entries are found by
    /// their exact names and never extracted, so their paths cannot lead anywhere; they are stored, never compressed, so they cannot
    /// swell.
    /// </summary>
    public static TensorDocument ReadArchive(Stream stream, Func<string, bool> wanted, Func<string, Exception> broken)
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

        var descriptions = entries.Keys
            .Where(name => name.EndsWith("/data.pkl", StringComparison.Ordinal) && name.Count(character => character == '/') == 1).ToList();
        if (descriptions.Count != 1) throw broken($"it has {descriptions.Count} entries NAME/data.pkl where PyTorch's archives have one");
        var folder = descriptions[0][..^"data.pkl".Length];
        if (entries.ContainsKey(folder + "constants.pkl"))
            throw broken("it is a TorchScript program, which embeds code; save model.state_dict() with torch.save");
        if (entries.TryGetValue(folder + "byteorder", out var order) && !Content(order, broken).AsSpan().SequenceEqual("little"u8))
            throw broken("it was written on a big-endian machine");

        var description = new MemoryStream(Content(entries[descriptions[0]], broken));
        var root = new PickleMachine(new PickleInput(description, broken), broken).Run();
        return new Walk(stream.Length, wanted, Storage, broken).Read("pytorch-zip", root);

        byte[] Storage(Pickle.Storage storage) => entries.TryGetValue($"{folder}data/{storage.Key}", out var entry)
            ? Content(entry, broken)
            : throw broken($"the storage {folder}data/{storage.Key} is missing: it is torn or forged");
    }

    private static byte[] Content(ZipArchiveEntry entry, Func<string, Exception> broken)
    {
        if (entry.CompressedLength != entry.Length)
            throw broken($"its entry {entry.FullName} is compressed, which torch.save never does");
        if (entry.Length > Array.MaxLength)
            throw broken($"its entry {entry.FullName} has {entry.Length} bytes; one storage can have at most {Array.MaxLength}");
        var bytes = Guarded(() =>
        {
            var read = new byte[entry.Length];
            using var content = entry.Open();
            content.ReadExactly(read);
            return read;
        }, broken);
        return Crc32.HashToUInt32(bytes) == entry.Crc32
            ? bytes
            : throw broken($"its entry {entry.FullName} does not have the checksum (CRC-32) that the archive states: it is damaged");
    }

    /// <summary>The zip reader's many ways to complain, as one.</summary>
    private static T Guarded<T>(Func<T> action, Func<string, Exception> broken)
    {
        try
        {
            return action();
        }
        catch (Exception error) when (
            error is InvalidDataException or ArgumentException or NotSupportedException or OverflowException or IOException)
        {
            throw broken($"its zip archive is torn or damaged ({error.Message.TrimEnd('.')})");
        }
    }

    /// <summary>
    /// What torch.save wrote before 1.6, and writes with _use_new_zipfile_serialization=False: five pickles in a row (magic number,
    /// protocol, the machine, the object, the storages' keys), then each storage as its number of elements and its bytes.
    /// </summary>
    public static TensorDocument ReadLegacy(Stream stream, Func<string, bool> wanted, Func<string, Exception> broken)
    {
        var input = new PickleInput(stream, broken);
        if (Next() is not BigInteger magic || magic != Magic) throw broken("it is a Python pickle, but not one of torch.save");
        if (Next() is not Protocol) throw broken("it is of an unknown protocol of torch.save");
        if (Next() is not Pickle.Dictionary writer || !writer.Items.Any(item => item is { Key: "little_endian", Value: true }))
            throw broken("it was not written on a little-endian machine");
        var description = new PickleMachine(input, broken);
        var root = description.Run();
        var keys = Next() is Pickle.List list ? list.Items : throw broken("the list of its storages is missing");
        var places = Places(input, stream, [.. keys.Select(key => PickleGlobals.KeyOf(key, broken))], description.Storages, broken);
        return new Walk(stream.Length, wanted, Bytes, broken).Read("pytorch-legacy", root);

        object? Next() => new PickleMachine(input, broken).Run();

        byte[] Bytes(Pickle.Storage storage)
        {
            if (!places.TryGetValue(storage.Key, out var place)) throw broken($"the storage {storage.Key} is missing");
            stream.Position = place.Begin;
            return input.Bytes((ulong)place.Count);
        }
    }

    /// <summary>Where each storage's bytes lie. The file states elements, so their types must be known from the object.</summary>
    private static Dictionary<string, (long Begin, long Count)> Places(
        PickleInput input, Stream stream, IReadOnlyList<string> keys, IReadOnlyList<Pickle.Storage> described,
        Func<string, Exception> broken)
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

    /// <summary>Names all that an unpickled object holds, and gathers the bytes of its tensors.</summary>
    /// <param name="fileBytes">Size of the file, which bounds what it may grow to.</param>
    /// <param name="wanted">Which tensors to gather.</param>
    /// <param name="load">The bytes of a storage; called once for each.</param>
    /// <param name="broken">Makes the exception for a problem.</param>
    private sealed class Walk(
        long fileBytes, Func<string, bool> wanted, Func<Pickle.Storage, byte[]> load, Func<string, Exception> broken)
    {
        /// <summary>What a whole object is called that is one tensor.</summary>
        public const string RootName = "tensor";


        // Bounds of what views and repetition may multiply: an expanded mask is honest, a file of a kilobyte that fills the memory is
        // not.
        private const long FreeBytes = 64L << 20;
        private const int TimesFile = 16;

        // Each bookkept value takes about this much memory.
        private const int EntryBytes = 64;
        private const int MaximalDepth = 100;
        private const int MaximalName = 2048;

        private readonly Pickle.Budget _budget = new(FreeBytes + TimesFile * fileBytes, broken);
        private readonly Dictionary<string, byte[]> _storages = new(StringComparer.Ordinal);
        private readonly Dictionary<string, NamedTensor> _tensors = new(StringComparer.Ordinal);
        private readonly Dictionary<string, object?> _values = new(StringComparer.Ordinal);
        private readonly Dictionary<string, string> _leftOut = new(StringComparer.Ordinal);
        private readonly Dictionary<Pickle.Tensor, byte[]> _gathered = new(ReferenceEqualityComparer.Instance);

        public TensorDocument Read(string format, object? root)
        {
            var name = root switch
            {
                Pickle.Tensor => RootName,
                Pickle.Dictionary or Pickle.List or Pickle.Tuple => "",
                _ => TensorDocument.OpaqueRootName,
            };
            Visit(name, root, 0);
            return new TensorDocument(format, _tensors, _values) { LeftOut = _leftOut };
        }

        private void Visit(string name, object? value, int depth)
        {
            if (depth > MaximalDepth) throw broken($"its contents are nested more than {MaximalDepth} deep, or contain themselves");
            if (name.Length > MaximalName) throw broken($"a name in it is longer than {MaximalName} characters: {name[..60]}...");
            _budget.Spend(EntryBytes + 2 * name.Length);
            switch (value)
            {
                case Pickle.Dictionary dictionary:
                    for (var i = 0; i < dictionary.Items.Count; i++)
                        Visit(Joined(name, KeyText(dictionary.Items[i].Key, i)), dictionary.Items[i].Value, depth + 1);
                    break;
                case Pickle.List list: VisitItems(name, list.Items, depth); break;
                case Pickle.Tuple tuple: VisitItems(name, tuple.Items, depth); break;
                case Pickle.Tensor tensor:
                    if (!wanted(name)) break;
                    if (!_tensors.TryAdd(name, new NamedTensor(name, tensor.Type, tensor.Shape, Gather(name, tensor))))
                        throw broken($"two tensors in it have the name {name}");
                    break;
                case Pickle.Storage storage: AddValue(name, $"storage {storage.Key}"); break;
                case Pickle.Opaque opaque:
                    AddValue(name, value.ToString());
                    _leftOut.TryAdd(name, opaque.What);
                    break;
                case Pickle.Global or Pickle.Description: AddValue(name, value.ToString()); break;
                default: AddValue(name, value); break;
            }
        }

        private void VisitItems(string name, IReadOnlyList<object?> items, int depth)
        {
            for (var i = 0; i < items.Count; i++) Visit($"{name}[{i}]", items[i], depth + 1);
        }

        /// <summary>Values may have one name: 1 and "1" are two keys to Python.</summary>
        private void AddValue(string name, object? value)
        {
            var free = name;
            for (var again = 2; !_values.TryAdd(free, value); again++)
            {
                free = $"{name} ({again})";
                _budget.Spend(EntryBytes + 2 * free.Length);
            }
        }

        private byte[] Gather(string name, Pickle.Tensor tensor)
        {
            var (storage, size) = (tensor.Storage, tensor.Type.ElementBytes());
            var count = Strided.Count(tensor.Shape);
            if (count > Array.MaxLength / size)
                throw broken(
                    $"the tensor {name} of shape [{string.Join(", ", tensor.Shape)}] has more than the {Array.MaxLength} bytes that one "
                    + "tensor can have");
            _budget.Spend(count * size);
            if (_gathered.TryGetValue(tensor, out var known)) return known;
            if (!_storages.TryGetValue(storage.Key, out var bytes)) _storages.Add(storage.Key, bytes = load(storage));
            var storageElements = bytes.Length / (storage.Type?.ElementBytes() ?? 1);
            if (storage.FirstElement > storageElements || storage.Elements > storageElements - storage.FirstElement)
                throw broken(
                    $"the storage {storage.Key} of the tensor {name} has {bytes.Length} bytes, fewer than its pickle claims: it is torn or "
                    + "forged");
            var result = Strided.RowMajor(bytes, size, storage.FirstElement + tensor.Offset, tensor.Shape, tensor.Strides);
            _gathered.Add(tensor, result);
            return result;
        }

        private static string Joined(string name, string key) => name.Length == 0 ? key : $"{name}.{key}";

        /// <summary>As Python prints it; what is neither text nor number is named by its place.</summary>
        private static string KeyText(object? key, int place) => key switch
        {
            string text => text,
            null => "None",
            bool truth => truth ? "True" : "False",
            Pickle.Tuple tuple when tuple.Items.All(item => item is string or long or bool or null) && tuple.Items.Length <= 8 =>
                $"({string.Join(", ", tuple.Items.Select(item => KeyText(item, place)))})",
            long or double or System.Numerics.BigInteger or Pickle.Global or Pickle.Description =>
                string.Create(CultureInfo.InvariantCulture, $"{key}"),
            _ => string.Create(CultureInfo.InvariantCulture, $"(key {place})"),
        };
    }
}
