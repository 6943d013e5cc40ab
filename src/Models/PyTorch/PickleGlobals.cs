using System.Buffers.Binary;
using System.Collections.Frozen;
using System.Text;

namespace W2S.Models.PyTorch;

/// <summary>
/// The Python names whose meaning is known, and the data each stands for. None is executed: "calling" one builds the record
/// that it would have made (of torch/_utils.py's functions a description instead of a tensor), and calling any other gives a
/// <see cref="Pickle.Opaque"/>.
/// </summary>
internal static class PickleGlobals
{
    private delegate object? Meaning(Pickle.Arguments arguments);

    // Protocol 2 and Python 2 files name these modules by their old names.
    private static readonly FrozenDictionary<string, string> Renamed = new Dictionary<string, string>
    {
        ["__builtin__"] = "builtins",
        ["copy_reg"] = "copyreg",
        ["numpy._core.multiarray"] = "numpy.core.multiarray",
    }.ToFrozenDictionary();

    private static readonly FrozenDictionary<string, Meaning> Callable = new Dictionary<string, Meaning>
    {
        ["torch._utils._rebuild_tensor"] = Tensor,
        ["torch._utils._rebuild_tensor_v2"] = Tensor,
        ["torch._utils._rebuild_tensor_v3"] = TypedTensor,
        ["torch._utils._rebuild_parameter"] = Inner,
        ["torch._utils._rebuild_parameter_with_state"] = Inner,
        ["torch.nn.parameter.Parameter"] = Inner,
        ["torch._tensor._rebuild_from_type_v2"] = FromType,
        ["torch._utils._rebuild_qtensor"] = arguments => Left("quantised", arguments.Optional(2)),
        ["torch._utils._rebuild_sparse_tensor"] = arguments => Left("sparse", Item(arguments.Optional(1), 2)),
        ["torch._utils._rebuild_sparse_csr_tensor"] = arguments => Left("sparse", Item(arguments.Optional(1), 3)),
        ["torch._utils._rebuild_meta_tensor_no_storage"] = arguments => Left("meta (empty)", arguments.Optional(1)),
        ["torch.Size"] = arguments => arguments.Optional(0) as Pickle.Tuple ?? new Pickle.Tuple([]),
        ["torch.device"] = arguments => new Pickle.Description(string.Join(':', arguments.All)),
        ["torch.serialization._get_layout"] = arguments => new Pickle.Description(arguments.Text(0)),
        ["collections.OrderedDict"] = DictionaryOf,
        ["collections.defaultdict"] = _ => new Pickle.Dictionary(),
        ["collections.Counter"] = DictionaryOf,
        ["builtins.dict"] = DictionaryOf,
        ["builtins.list"] = ListOf,
        ["builtins.tuple"] = ListOf,
        ["builtins.set"] = ListOf,
        ["builtins.frozenset"] = ListOf,
        ["builtins.complex"] = arguments => new Pickle.Description($"({string.Join(", ", arguments.All)})"),
        ["builtins.bytearray"] = arguments =>
            arguments.Optional(0) switch { byte[] bytes => bytes, string => Encode(arguments), _ => (byte[])[] },
        ["_codecs.encode"] = Encode,
        ["copyreg._reconstructor"] = arguments => Call(arguments.Global(0), [], arguments.Budget, arguments.Broken),
        ["argparse.Namespace"] = Attributes,
        ["types.SimpleNamespace"] = Attributes,
        ["pytorch_lightning.utilities.parsing.AttributeDict"] = DictionaryOf,
        ["lightning.pytorch.utilities.parsing.AttributeDict"] = DictionaryOf,
        ["lightning_fabric.utilities.data.AttributeDict"] = DictionaryOf,
        ["lightning.fabric.utilities.data.AttributeDict"] = DictionaryOf,
        ["pathlib.PosixPath"] = PathOf,
        ["pathlib.WindowsPath"] = PathOf,
        ["pathlib.PurePosixPath"] = PathOf,
        ["datetime.timedelta"] = arguments => new Pickle.Description($"datetime.timedelta({string.Join(", ", arguments.All)})"),
        ["numpy.dtype"] = arguments => new Pickle.Description(arguments.Text(0)),
        ["numpy.core.multiarray.scalar"] = Numpy,
        ["numpy.core.multiarray._reconstruct"] = _ => new Pickle.Description("numpy.ndarray (left out)"),
    }.ToFrozenDictionary();

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

    // Python's names are far shorter.
    private const int MaximalName = 256;

    /// <summary>The name, or null where it is too long to be one.</summary>
    public static Pickle.Global? Find(string module, string name) =>
        module.Length + name.Length > MaximalName ? null : new Pickle.Global($"{Renamed.GetValueOrDefault(module, module)}.{name}");

    /// <summary>What <paramref name="global"/> would have made of the arguments.</summary>
    /// <exception cref="InvalidDataException">It is a known name, and the arguments do not fit it.</exception>
    public static object? Call(Pickle.Global global, object?[] arguments, Pickle.Budget budget, Func<string, Exception> broken)
    {
        if (!Callable.TryGetValue(global.Name, out var meaning)) return new Pickle.Opaque(global.Name);
        // What is made of something that is not understood is not understood either.
        if (arguments is [Pickle.Opaque first, ..]) return first;
        budget.Spend(Pickle.Arguments.Cost(arguments));
        return meaning(new Pickle.Arguments(global.Name, arguments, budget, broken));
    }

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

    /// <summary>A storage's key; integers in files of old.</summary>
    public static string KeyOf(object? key, Func<string, Exception> broken) =>
        key is string or long ? key.ToString()! : throw broken("a storage has no key");

    /// <summary>(function, class, arguments, state): a tensor with attributes, which are left out.</summary>
    private static object? FromType(Pickle.Arguments arguments)
    {
        var function = arguments.Global(0);
        if (!function.Name.StartsWith("torch._utils._rebuild_", StringComparison.Ordinal)) return new Pickle.Opaque(function.Name);
        return Call(function, [.. arguments.Sequence(2)], arguments.Budget, arguments.Broken);
    }

    private static Pickle.Dictionary Attributes(Pickle.Arguments arguments) => new() { AttributesAreItems = true };

    private static Pickle.Description PathOf(Pickle.Arguments arguments) =>
        new(string.Join('/', arguments.All.Select(part => part is "/" ? "" : part)));

    /// <summary>Sets and old OrderedDicts come as one list of their contents.</summary>
    private static Pickle.List ListOf(Pickle.Arguments arguments) =>
        new() { Items = [.. arguments.Optional(0) == null ? [] : arguments.Sequence(0)] };

    private static Pickle.Dictionary DictionaryOf(Pickle.Arguments arguments)
    {
        var result = new Pickle.Dictionary();
        if (arguments.Optional(0) is Pickle.Dictionary given) result.Items.AddRange(given.Items);
        else if (arguments.Optional(0) != null)
        {
            foreach (var pair in arguments.Sequence(0))
            {
                var items = pair is Pickle.Tuple tuple ? tuple.Items : (pair as Pickle.List)?.Items.ToArray();
                if (items?.Length != 2) throw arguments.Unfit("pairs of key and value");
                result.Items.Add(new(items[0], items[1]));
            }
        }
        return result;
    }

    /// <summary>Protocol 2 has no bytes: they come as text whose characters are the bytes.</summary>
    private static object Encode(Pickle.Arguments arguments)
    {
        var text = arguments.Text(0);
        if (arguments.Optional(1) is not ("latin1" or "latin-1")) throw arguments.Unfit("latin1");
        return text.All(character => character <= 255) ? Encoding.Latin1.GetBytes(text) : throw arguments.Unfit("bytes");
    }

    /// <summary>numpy's scalar of an element type and bytes.</summary>
    private static object Numpy(Pickle.Arguments arguments)
    {
        var type = (arguments.Optional(0) as Pickle.Description)?.Text ?? throw arguments.Unfit("an element type");
        var bytes = arguments.Optional(1) switch
        {
            byte[] given => given,
            // Python 2's str.
            string text when text.All(character => character <= 255) => Encoding.Latin1.GetBytes(text),
            _ => throw arguments.Unfit("bytes"),
        };
        return (type, bytes.Length) switch
        {
            ("f8", 8) => BinaryPrimitives.ReadDoubleLittleEndian(bytes),
            ("f4", 4) => (double)BinaryPrimitives.ReadSingleLittleEndian(bytes),
            ("f2", 2) => (double)BinaryPrimitives.ReadHalfLittleEndian(bytes),
            ("i8", 8) => BinaryPrimitives.ReadInt64LittleEndian(bytes),
            ("i4", 4) => (long)BinaryPrimitives.ReadInt32LittleEndian(bytes),
            ("i2", 2) => (long)BinaryPrimitives.ReadInt16LittleEndian(bytes),
            ("i1", 1) => (long)(sbyte)bytes[0],
            ("u1", 1) => (long)bytes[0],
            ("b1", 1) => bytes[0] != 0,
            _ => new Pickle.Description($"numpy {type} (left out)"),
        };
    }

    /// <summary>A tensor of a kind that W2S has not.</summary>
    /// <param name="sizes">A tuple, where they are known.</param>
    private static Pickle.Opaque Left(string kind, object? sizes) =>
        new(sizes is Pickle.Tuple tuple && tuple.Items.All(size => size is long)
            ? $"a {kind} tensor [{string.Join(", ", tuple.Items.Take(MaximalRank))}]"
            : $"a {kind} tensor");

    /// <summary>An item of a tuple, where it is one and has so many.</summary>
    private static object? Item(object? tuple, int index) => (tuple as Pickle.Tuple)?.Items.ElementAtOrDefault(index);

    /// <summary>(storage, offset, size, stride, ...)</summary>
    private static object Tensor(Pickle.Arguments arguments)
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
    private static object TypedTensor(Pickle.Arguments arguments)
    {
        var name = arguments.Global(6).Name;
        return ElementTypes.TryGetValue(name, out var type)
            ? Checked(arguments, StorageOf(arguments), type)
            : Left(name, arguments.Optional(2));
    }

    /// <summary>A parameter is its tensor.</summary>
    private static Pickle.Tensor Inner(Pickle.Arguments arguments) =>
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
