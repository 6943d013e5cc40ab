using System.Globalization;

namespace W2S.Models.PyTorch;

/// <summary>Names all that an unpickled object holds, and gathers the bytes of its tensors.</summary>
/// <param name="fileBytes">Size of the file, which bounds what it may grow to.</param>
/// <param name="wanted">Which tensors to gather.</param>
/// <param name="load">The bytes of a storage.</param>
/// <param name="broken">Makes the exception for a problem.</param>
internal sealed class TensorWalk(long fileBytes, Func<string, bool> wanted, Func<TorchStorage, byte[]> load, Func<string, Exception> broken)
{
    /// <summary>What a whole object is called that is one tensor.</summary>
    public const string RootName = "tensor";

    // Bounds of what views and repetition may multiply: an expanded mask is honest, a file of a kilobyte that fills the memory is not.
    private const long FreeBytes = 64L << 20;
    private const int TimesFile = 16;

    // Each bookkept value takes about this much memory.
    private const int EntryBytes = 64;
    private const int MaximalDepth = 100;
    private const int MaximalName = 2048;

    private readonly PickleBudget _budget = new(FreeBytes + TimesFile * fileBytes, broken);
    private readonly Dictionary<string, NamedTensor> _tensors = new(StringComparer.Ordinal);
    private readonly Dictionary<string, object?> _values = new(StringComparer.Ordinal);
    private readonly Dictionary<TorchTensor, byte[]> _gathered = new(ReferenceEqualityComparer.Instance);

    public TensorDocument Read(string format, object? root)
    {
        Visit(root is TorchTensor ? RootName : "", root, 0);
        return new TensorDocument(format, _tensors, _values);
    }

    private void Visit(string name, object? value, int depth)
    {
        if (depth > MaximalDepth) throw broken($"its contents are nested more than {MaximalDepth} deep, or contain themselves");
        if (name.Length > MaximalName) throw broken($"a name in it is longer than {MaximalName} characters: {name[..60]}...");
        _budget.Spend(EntryBytes + 2 * name.Length);
        switch (value)
        {
            case PickleDictionary dictionary:
                foreach (var (key, item) in dictionary.Items) Visit(Joined(name, KeyText(key)), item, depth + 1);
                break;
            case PickleList list: VisitItems(name, list.Items, depth); break;
            case PickleTuple tuple: VisitItems(name, tuple.Items, depth); break;
            case TorchTensor tensor:
                if (!wanted(name)) break;
                Add(_tensors, name, new NamedTensor(name, tensor.Type, tensor.Shape, Gather(name, tensor)));
                break;
            case TorchStorage storage: Add(_values, name, $"storage {storage.Key}"); break;
            case PickleGlobal or PickleText: Add(_values, name, value.ToString()); break;
            default: Add(_values, name, value); break;
        }
    }

    private void VisitItems(string name, IReadOnlyList<object?> items, int depth)
    {
        for (var i = 0; i < items.Count; i++) Visit($"{name}[{i}]", items[i], depth + 1);
    }

    private void Add<T>(Dictionary<string, T> all, string name, T value)
    {
        if (!all.TryAdd(name, value)) throw broken($"two things in it have the name {name}");
    }

    private byte[] Gather(string name, TorchTensor tensor)
    {
        var (storage, size) = (tensor.Storage, tensor.Type.ElementBytes());
        var count = Strided.Count(tensor.Shape);
        if (count > Array.MaxLength / size) throw broken($"the tensor {name} of shape [{string.Join(", ", tensor.Shape)}] has more than the {Array.MaxLength} bytes that one tensor can have");
        _budget.Spend(count * size);
        if (_gathered.TryGetValue(tensor, out var known)) return known;
        var bytes = load(storage);
        var storageElements = bytes.Length / (storage.Type?.ElementBytes() ?? 1);
        if (storage.FirstElement > storageElements || storage.Elements > storageElements - storage.FirstElement)
            throw broken($"the storage {storage.Key} of the tensor {name} has {bytes.Length} bytes, fewer than its pickle claims: it is torn or forged");
        var result = Strided.RowMajor(bytes, size, storage.FirstElement + tensor.Offset, tensor.Shape, tensor.Strides);
        _gathered.Add(tensor, result);
        return result;
    }

    private static string Joined(string name, string key) => name.Length == 0 ? key : $"{name}.{key}";

    /// <summary>As Python prints it.</summary>
    private string KeyText(object? key) => key switch
    {
        string text => text,
        null => "None",
        bool truth => truth ? "True" : "False",
        PickleTuple tuple when tuple.Items.All(item => item is string or long or bool or null) && tuple.Items.Length <= 8 => $"({string.Join(", ", tuple.Items.Select(KeyText))})",
        long or double or System.Numerics.BigInteger or PickleGlobal or PickleText => string.Create(CultureInfo.InvariantCulture, $"{key}"),
        _ => throw broken("a dictionary in it has a key that is neither text nor number"),
    };
}
