using System.Collections.Frozen;

namespace W2S.Models.PyTorch;

/// <summary>What the functions of torch/_utils.py make of their arguments, as descriptions instead of tensors.</summary>
internal static class TorchCalls
{
    // PyTorch's own limit.
    private const int MaximalRank = 64;

    private static readonly FrozenDictionary<string, TensorType> StorageTypes = new Dictionary<string, TensorType>
    {
        ["torch.FloatStorage"] = TensorType.F32, ["torch.DoubleStorage"] = TensorType.F64, ["torch.HalfStorage"] = TensorType.F16,
        ["torch.BFloat16Storage"] = TensorType.BF16, ["torch.LongStorage"] = TensorType.I64, ["torch.IntStorage"] = TensorType.I32,
        ["torch.ShortStorage"] = TensorType.I16, ["torch.CharStorage"] = TensorType.I8, ["torch.ByteStorage"] = TensorType.U8,
        ["torch.BoolStorage"] = TensorType.BOOL, ["torch.ComplexFloatStorage"] = TensorType.C64,
        ["torch.ComplexDoubleStorage"] = TensorType.C128,
        // Quantised tensors are left out, but legacy files tell where the next storage begins by the size of their integers.
        ["torch.QInt8Storage"] = TensorType.I8, ["torch.QUInt8Storage"] = TensorType.U8, ["torch.QInt32Storage"] = TensorType.I32,
        ["torch.QUInt4x2Storage"] = TensorType.U8, ["torch.QUInt2x4Storage"] = TensorType.U8,
    }.ToFrozenDictionary();

    private static readonly FrozenDictionary<string, TensorType> ElementTypes = new Dictionary<string, TensorType>
    {
        ["torch.float32"] = TensorType.F32, ["torch.float64"] = TensorType.F64, ["torch.float16"] = TensorType.F16,
        ["torch.bfloat16"] = TensorType.BF16, ["torch.int64"] = TensorType.I64, ["torch.int32"] = TensorType.I32,
        ["torch.int16"] = TensorType.I16, ["torch.int8"] = TensorType.I8, ["torch.uint8"] = TensorType.U8,
        ["torch.bool"] = TensorType.BOOL, ["torch.uint16"] = TensorType.U16, ["torch.uint32"] = TensorType.U32,
        ["torch.uint64"] = TensorType.U64, ["torch.float8_e4m3fn"] = TensorType.F8_E4M3, ["torch.float8_e5m2"] = TensorType.F8_E5M2,
        ["torch.complex64"] = TensorType.C64, ["torch.complex128"] = TensorType.C128,
    }.ToFrozenDictionary();

    private static readonly FrozenSet<string> UntypedStorages = FrozenSet.ToFrozenSet(
        ["torch.storage.UntypedStorage", "torch.storage._UntypedStorage"]);

    /// <summary>
    /// torch.save's persistent id: ('storage', class, key, location, elements[, view]) is a storage; any other refers to
    /// code.
    /// </summary>
    public static object Persistent(object? id, Pickle.Budget budget, Func<string, Exception> broken)
    {
        if (id is not Pickle.Tuple tuple) throw broken("what is no storage is referred to");
        budget.Spend(Pickle.Arguments.Cost(tuple.Items));
        var values = new Pickle.Arguments("a storage", tuple.Items, budget, broken);
        if (values.Text(0) != "storage") return new Pickle.Opaque($"a {values.Text(0)}, which is code");
        var name = values.Global(1).Name.Replace("torch.cuda.", "torch.", StringComparison.Ordinal);
        TensorType? type = null;
        if (StorageTypes.TryGetValue(name, out var known)) type = known;
        else if (!UntypedStorages.Contains(name)) return new Pickle.Opaque($"a {name}");
        // A legacy file's view of another storage: (its key, first element, elements).
        var view = values.Optional(5) == null ? null : new Pickle.Arguments("a view", [.. values.Sequence(5)], budget, broken);
        return new Pickle.Storage(type, KeyOf(values.Optional(2), broken), view?.Count(2) ?? values.Count(4), view?.Count(1) ?? 0);
    }

    /// <summary>A tensor of a kind that W2S has not.</summary>
    /// <param name="sizes">A tuple, where they are known.</param>
    public static Pickle.Opaque Left(string kind, object? sizes) =>
        new(sizes is Pickle.Tuple tuple && tuple.Items.All(size => size is long)
            ? $"a {kind} tensor [{string.Join(", ", tuple.Items.Take(MaximalRank))}]"
            : $"a {kind} tensor");

    /// <summary>An item of a tuple, where it is one and has so many.</summary>
    public static object? Item(object? tuple, int index) => (tuple as Pickle.Tuple)?.Items.ElementAtOrDefault(index);

    /// <summary>A storage's key; integers in files of old.</summary>
    public static string KeyOf(object? key, Func<string, Exception> broken) =>
        key is string or long ? key.ToString()! : throw broken("a storage has no key");

    /// <summary>(storage, offset, size, stride, ...)</summary>
    public static object Tensor(Pickle.Arguments arguments)
    {
        var storage = StorageOf(arguments);
        if (storage.Type == null) throw arguments.Unfit("a storage with a type");
        if (arguments.Optional(6) is Pickle.Dictionary bits && bits.Items.Any(bit => bit.Value is true))
            return Left("negated or conjugated", arguments.Optional(2));
        return Checked(arguments, storage, storage.Type.Value);
    }

    /// <summary>
    /// (storage, offset, size, stride, requires gradient, hooks, type, ...): PyTorch 2's tensors that name their type themselves.
    /// </summary>
    public static object TypedTensor(Pickle.Arguments arguments)
    {
        var name = arguments.Global(6).Name;
        return ElementTypes.TryGetValue(name, out var type)
            ? Checked(arguments, StorageOf(arguments), type)
            : Left(name, arguments.Optional(2));
    }

    /// <summary>A parameter is its tensor.</summary>
    public static Pickle.Tensor Inner(Pickle.Arguments arguments) =>
        arguments.Optional(0) as Pickle.Tensor ?? throw arguments.Unfit("a tensor");

    private static Pickle.Storage StorageOf(Pickle.Arguments arguments) =>
        arguments.Optional(0) as Pickle.Storage ?? throw arguments.Unfit("a storage");

    private static Pickle.Tensor Checked(Pickle.Arguments arguments, Pickle.Storage storage, TensorType type)
    {
        var (offset, shape, strides) = (arguments.Count(1), arguments.Counts(2), arguments.Counts(3));
        if (shape.Length != strides.Length || shape.Length > MaximalRank)
            throw arguments.Broken($"a tensor has {shape.Length} sizes and {strides.Length} strides");
        var available = storage.Type == null ? storage.Elements / type.ElementBytes() : storage.Elements;
        var needed = Strided.Needed(offset, shape, strides);
        if (needed == null || needed > available)
            throw arguments.Broken($"a tensor of shape [{string.Join(", ", shape)}], strides [{string.Join(", ", strides)}] and offset "
                + $"{offset} reaches beyond the {available} elements of its storage {storage.Key}");
        return new Pickle.Tensor(storage, type, offset, shape, strides);
    }
}
