using System.Collections.Frozen;

namespace W2S.Models.PyTorch;

/// <summary>What the functions of torch/_utils.py make of their arguments, as descriptions instead of tensors.</summary>
internal static class TorchCalls
{
    // PyTorch's own limit.
    private const int MaximalRank = 64;

    public static readonly FrozenDictionary<string, TensorType> StorageTypes = Typed("FloatStorage", "DoubleStorage", "LongStorage", "HalfStorage", "BFloat16Storage", "IntStorage", "ShortStorage", "CharStorage", "ByteStorage", "BoolStorage");

    public static readonly FrozenDictionary<string, TensorType> ElementTypes = Typed("float32", "float64", "int64", "float16", "bfloat16", "int32", "int16", "int8", "uint8", "bool");

    public static readonly FrozenSet<string> UntypedStorages = FrozenSet.ToFrozenSet(["torch.storage.UntypedStorage", "torch.storage._UntypedStorage"]);

    /// <summary>Known, so that the message can say that it is the element type that is wrong.</summary>
    public static readonly FrozenSet<string> UnsupportedTypes = FrozenSet.ToFrozenSet(
    [
        "torch.ComplexFloatStorage", "torch.ComplexDoubleStorage", "torch.QInt8Storage", "torch.QUInt8Storage", "torch.QInt32Storage",
        "torch.complex64", "torch.complex128", "torch.uint16", "torch.uint32", "torch.uint64", "torch.float8_e4m3fn", "torch.float8_e5m2",
    ]);

    /// <summary>torch.save's persistent id: ('storage', class, key, location, elements[, view]).</summary>
    public static TorchStorage Storage(object? id, PickleBudget budget, Func<string, Exception> broken)
    {
        if (id is not PickleTuple tuple) throw broken("what is no storage is referred to");
        budget.Spend(PickleArguments.Cost(tuple.Items));
        var values = new PickleArguments("a storage", tuple.Items, budget, broken);
        if (values.Text(0) != "storage") throw broken($"it refers to a {values.Text(0)}, which is code; only tensors can be read (save model.state_dict() in Python)");
        var name = values.Global(1).Name.Replace("torch.cuda.", "torch.", StringComparison.Ordinal);
        TensorType? type = StorageTypes.TryGetValue(name, out var known) ? known
            : UntypedStorages.Contains(name) ? null
            : throw broken($"its storage is a {name}, of which W2S has no tensors");
        // A legacy file's view of another storage: (its key, first element, elements).
        var view = values.Optional(5) == null ? null : new PickleArguments("a view", [.. values.Sequence(5)], budget, broken);
        return new TorchStorage(type, KeyOf(values.Optional(2), broken), view?.Count(2) ?? values.Count(4), view?.Count(1) ?? 0);
    }

    /// <summary>A storage's key; integers in files of old.</summary>
    public static string KeyOf(object? key, Func<string, Exception> broken) => key is string or long ? key.ToString()! : throw broken("a storage has no key");

    /// <summary>(storage, offset, size, stride, ...)</summary>
    public static TorchTensor Tensor(PickleArguments arguments)
    {
        var storage = StorageOf(arguments);
        if (storage.Type == null) throw arguments.Unfit("a storage with a type");
        if (arguments.Optional(6) is PickleDictionary bits && bits.Items.Any(bit => bit.Value is true))
            throw arguments.Broken("a tensor is stored negated or conjugated; store a .contiguous() or .resolve_neg() copy");
        return Checked(arguments, storage, storage.Type.Value);
    }

    /// <summary>(storage, offset, size, stride, requires gradient, hooks, type, ...): PyTorch 2's tensors that name their type themselves.</summary>
    public static TorchTensor TypedTensor(PickleArguments arguments)
    {
        var name = arguments.Global(6).Name;
        return ElementTypes.TryGetValue(name, out var type) ? Checked(arguments, StorageOf(arguments), type) : throw arguments.Broken($"a tensor is of type {name}, which W2S has not");
    }

    /// <summary>A parameter is its tensor.</summary>
    public static TorchTensor Inner(PickleArguments arguments) => arguments.Optional(0) as TorchTensor ?? throw arguments.Unfit("a tensor");

    /// <summary>(function, class, arguments, state): a tensor with attributes, which are left out.</summary>
    public static object? FromType(PickleArguments arguments)
    {
        var function = arguments.Global(0);
        if (!function.Name.StartsWith("torch._utils._rebuild_", StringComparison.Ordinal)) throw arguments.Unfit("a function that makes tensors");
        return PickleGlobals.Call(function, [.. arguments.Sequence(2)], arguments.Budget, arguments.Broken);
    }

    private static TorchStorage StorageOf(PickleArguments arguments) => arguments.Optional(0) as TorchStorage ?? throw arguments.Unfit("a storage");

    private static TorchTensor Checked(PickleArguments arguments, TorchStorage storage, TensorType type)
    {
        var (offset, shape, strides) = (arguments.Count(1), arguments.Counts(2), arguments.Counts(3));
        if (shape.Length != strides.Length || shape.Length > MaximalRank)
            throw arguments.Broken($"a tensor has {shape.Length} sizes and {strides.Length} strides");
        var available = storage.Type == null ? storage.Elements / type.ElementBytes() : storage.Elements;
        var needed = Strided.Needed(offset, shape, strides);
        if (needed == null || needed > available)
            throw arguments.Broken($"a tensor of shape [{string.Join(", ", shape)}], strides [{string.Join(", ", strides)}] and offset {offset} reaches beyond the {available} elements of its storage {storage.Key}");
        return new TorchTensor(storage, type, offset, shape, strides);
    }

    /// <summary>The ten types in one order.</summary>
    private static FrozenDictionary<string, TensorType> Typed(params ReadOnlySpan<string> names)
    {
        TensorType[] order = [TensorType.F32, TensorType.F64, TensorType.I64, TensorType.F16, TensorType.BF16, TensorType.I32, TensorType.I16, TensorType.I8, TensorType.U8, TensorType.BOOL];
        var types = new Dictionary<string, TensorType>();
        for (var i = 0; i < order.Length; i++) types.Add($"torch.{names[i]}", order[i]);
        return types.ToFrozenDictionary();
    }
}
