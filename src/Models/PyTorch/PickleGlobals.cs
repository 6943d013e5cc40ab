using System.Collections.Frozen;

namespace W2S.Models.PyTorch;

/// <summary>
/// The Python names that a checkpoint may mention, and the data each stands for. None is executed: "calling" one builds the
/// record that it would have made. A name that is not here is an error.
/// </summary>
internal static class PickleGlobals
{
    private delegate object? Meaning(PickleArguments arguments);

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
        ["torch._tensor._rebuild_from_type_v2"] = TorchCalls.FromType,
        ["torch.Size"] = arguments => arguments.Optional(0) as PickleTuple ?? new PickleTuple([]),
        ["torch.device"] = arguments => new PickleText(string.Join(':', arguments.All)),
        ["torch.serialization._get_layout"] = arguments => new PickleText(arguments.Text(0)),
        ["collections.OrderedDict"] = DictionaryOf,
        ["collections.defaultdict"] = _ => new PickleDictionary(),
        ["collections.Counter"] = DictionaryOf,
        ["builtins.dict"] = DictionaryOf,
        ["builtins.list"] = ListOf,
        ["builtins.tuple"] = ListOf,
        ["builtins.set"] = ListOf,
        ["builtins.frozenset"] = ListOf,
        ["builtins.complex"] = arguments => new PickleText($"({string.Join(", ", arguments.All)})"),
        ["builtins.bytearray"] = arguments => arguments.Optional(0) as byte[] ?? [],
        ["_codecs.encode"] = PickleScalars.Encode,
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
        ["datetime.timedelta"] = arguments => new PickleText($"datetime.timedelta({string.Join(", ", arguments.All)})"),
        ["numpy.dtype"] = arguments => new PickleText(arguments.Text(0)),
        ["numpy.core.multiarray.scalar"] = PickleScalars.Numpy,
        ["numpy.core.multiarray._reconstruct"] = _ => new PickleText("numpy.ndarray (left out)"),
    }.ToFrozenDictionary();

    // Storage classes and element types, which tensors mention, and classes that appear as types only.
    private static readonly FrozenSet<string> Mentioned = new[] { "builtins.object", "builtins.int", "builtins.float", "builtins.str", "builtins.bool", "numpy.ndarray", "torch.Tensor" }
        .Concat(TorchCalls.StorageTypes.Keys).Concat(TorchCalls.ElementTypes.Keys).Concat(TorchCalls.UntypedStorages).Concat(TorchCalls.UnsupportedTypes).ToFrozenSet();

    // Python's names are far shorter.
    private const int MaximalName = 256;

    // Lightning 1.x keys the states of its callbacks by their classes.
    private static readonly string[] MentionedBelow = ["pytorch_lightning.callbacks.", "lightning.pytorch.callbacks."];

    /// <summary>The name, or null where it is not allowed.</summary>
    public static PickleGlobal? Find(string module, string name)
    {
        if (module.Length + name.Length > MaximalName) return null;
        var full = $"{Renamed.GetValueOrDefault(module, module)}.{name}";
        var allowed = Callable.ContainsKey(full) || Mentioned.Contains(full) || MentionedBelow.Any(prefix => full.StartsWith(prefix, StringComparison.Ordinal));
        return allowed ? new PickleGlobal(full) : null;
    }

    /// <summary>What <paramref name="global"/> would have made of the arguments.</summary>
    /// <exception cref="InvalidDataException">It is a name that may be mentioned but not called, or the arguments do not fit it.</exception>
    public static object? Call(PickleGlobal global, object?[] arguments, PickleBudget budget, Func<string, Exception> broken)
    {
        if (!Callable.TryGetValue(global.Name, out var meaning)) throw broken($"its pickle wants to call {global.Name}");
        budget.Spend(PickleArguments.Cost(arguments));
        return meaning(new PickleArguments(global.Name, arguments, budget, broken));
    }

    private static PickleDictionary Attributes(PickleArguments arguments) => new() { AttributesAreItems = true };

    private static PickleText PathOf(PickleArguments arguments) => new(string.Join('/', arguments.All.Select(part => part is "/" ? "" : part)));

    /// <summary>Sets and old OrderedDicts come as one list of their contents.</summary>
    private static PickleList ListOf(PickleArguments arguments) => new() { Items = [.. arguments.Optional(0) == null ? [] : arguments.Sequence(0)] };

    private static PickleDictionary DictionaryOf(PickleArguments arguments)
    {
        var result = new PickleDictionary();
        if (arguments.Optional(0) is PickleDictionary given) result.Items.AddRange(given.Items);
        else if (arguments.Optional(0) != null)
        {
            foreach (var pair in arguments.Sequence(0))
            {
                var items = pair is PickleTuple tuple ? tuple.Items : (pair as PickleList)?.Items.ToArray();
                if (items?.Length != 2) throw arguments.Unfit("pairs of key and value");
                result.Items.Add(new(items[0], items[1]));
            }
        }
        return result;
    }
}
