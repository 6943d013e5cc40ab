using System.Globalization;

namespace W2S.Models.PyTorch;

/// <summary>Names all that an unpickled object holds, and gathers the bytes of its tensors.</summary>
/// <param name="fileBytes">Size of the file, which bounds what it may grow to.</param>
/// <param name="wanted">Which tensors to gather.</param>
/// <param name="load">The bytes of a storage; called once for each.</param>
/// <param name="broken">Makes the exception for a problem.</param>
internal sealed class TensorWalk(
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
