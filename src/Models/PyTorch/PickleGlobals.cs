using System.Buffers.Binary;
using System.Collections.Frozen;
using System.Text;

namespace W2S.Models.PyTorch;

/// <summary>
/// The Python names whose meaning is known, and the data each stands for. None is executed: "calling" one builds the record
/// that it would have made, and calling any other gives a <see cref="Pickle.Opaque"/>.
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
        ["torch._utils._rebuild_tensor"] = TorchCalls.Tensor,
        ["torch._utils._rebuild_tensor_v2"] = TorchCalls.Tensor,
        ["torch._utils._rebuild_tensor_v3"] = TorchCalls.TypedTensor,
        ["torch._utils._rebuild_parameter"] = TorchCalls.Inner,
        ["torch._utils._rebuild_parameter_with_state"] = TorchCalls.Inner,
        ["torch.nn.parameter.Parameter"] = TorchCalls.Inner,
        ["torch._tensor._rebuild_from_type_v2"] = FromType,
        ["torch._utils._rebuild_qtensor"] = arguments => TorchCalls.Left("quantised", arguments.Optional(2)),
        ["torch._utils._rebuild_sparse_tensor"] = arguments => TorchCalls.Left("sparse", TorchCalls.Item(arguments.Optional(1), 2)),
        ["torch._utils._rebuild_sparse_csr_tensor"] = arguments => TorchCalls.Left("sparse", TorchCalls.Item(arguments.Optional(1), 3)),
        ["torch._utils._rebuild_meta_tensor_no_storage"] = arguments => TorchCalls.Left("meta (empty)", arguments.Optional(1)),
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
    public static object Encode(Pickle.Arguments arguments)
    {
        var text = arguments.Text(0);
        if (arguments.Optional(1) is not ("latin1" or "latin-1")) throw arguments.Unfit("latin1");
        return text.All(character => character <= 255) ? Encoding.Latin1.GetBytes(text) : throw arguments.Unfit("bytes");
    }

    /// <summary>numpy's scalar of an element type and bytes.</summary>
    public static object Numpy(Pickle.Arguments arguments)
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
}
