namespace W2S.Models.PyTorch;

/// <summary>What a pickle holds, none of it executed.</summary>
internal static class Pickle
{
    /// <summary>A Python class or function that a pickle names: a name and nothing else, so there is nothing to execute.</summary>
    /// <param name="Name">Module and name, joined with a dot.</param>
    public sealed record Global(string Name)
    {
        public override string ToString() => Name;
    }

    /// <summary>A dict, or an object that is only its attributes; pairs in the order of the file.</summary>
    public sealed class Dictionary
    {
        public List<KeyValuePair<object?, object?>> Items { get; } = [];

        /// <summary>
        /// Whether attributes given to the object (BUILD) are its contents, as with argparse.Namespace, or an aside, as with OrderedDict.
        /// </summary>
        public bool AttributesAreItems { get; init; }
    }

    /// <summary>A list or set.</summary>
    public sealed class List
    {
        public List<object?> Items { get; init; } = [];
    }

    /// <summary>A tuple; also the sizes and strides of tensors.</summary>
    public sealed class Tuple(object?[] items)
    {
        public object?[] Items { get; } = items;
    }

    /// <summary>Something known to be harmless that is no data for W2S: it appears as this text.</summary>
    public sealed record Description(string Text)
    {
        public override string ToString() => Text;
    }

    /// <summary>
    /// What is not understood: an object of a class that is not known, a tensor of a kind that W2S has not. Nothing made it, and
    /// what is done to it changes nothing.
    /// </summary>
    /// <param name="What">"labproj.metrics.Tracker", "a sparse tensor [3, 4]"</param>
    public sealed record Opaque(string What)
    {
        public override string ToString() => $"{What} (left out)";
    }

    /// <summary>
    /// Bounds what a small file can make grow. Pickles can repeat anything at the price of two bytes, so work that copies or
    /// walks what was repeated is paid for; honest files, in which little is repeated, never come near the limit.
    /// </summary>
    public sealed class Budget(long limit, Func<string, Exception> broken)
    {
        private long _left = limit;

        /// <exception cref="InvalidDataException">The budget is used up.</exception>
        public void Spend(long cost)
        {
            if (cost > _left) throw broken("it repeats the same contents without end: it is forged, or not from torch.save");
            _left -= cost;
        }
    }

    /// <summary>Bytes that tensors look into.</summary>
    /// <param name="Type">Null where only the tensor knows it.</param>
    /// <param name="Key">Its name in the file.</param>
    /// <param name="Elements">
    /// How many elements of <paramref name="Type"/> (bytes where null) the pickle claims for it, or for this view of it.
    /// </param>
    /// <param name="FirstElement">Where this view begins; not 0 only in legacy files.</param>
    public sealed record Storage(TensorType? Type, string Key, long Elements, long FirstElement);

    /// <summary>A tensor as PyTorch describes it; counts are in elements and checked to lie within the storage.</summary>
    public sealed record Tensor(Storage Storage, TensorType Type, long Offset, long[] Shape, long[] Strides);

    /// <summary>The arguments of a call in a pickle, of which nothing is known before it is looked at.</summary>
    public sealed class Arguments(string function, object?[] values, Budget budget, Func<string, Exception> broken)
    {
        public Budget Budget => budget;

        public object?[] All => values;

        public Func<string, Exception> Broken => broken;

        public object? Optional(int index) => index < values.Length ? values[index] : null;

        public string Text(int index) => Optional(index) as string ?? throw Unfit($"a text as argument {index + 1}");

        public long Count(int index) => Optional(index) is long value and >= 0 ? value : throw Unfit($"a count as argument {index + 1}");

        public Global Global(int index) => Optional(index) as Global ?? throw Unfit($"a name as argument {index + 1}");

        public IReadOnlyList<object?> Sequence(int index) => Optional(index) switch
        {
            Tuple tuple => tuple.Items,
            List list => list.Items,
            _ => throw Unfit($"a list as argument {index + 1}"),
        };

        /// <summary>Sizes or strides.</summary>
        public long[] Counts(int index) =>
            [.. Sequence(index).Select(item => item is long value and >= 0 ? value : throw Unfit($"counts in argument {index + 1}"))];

        /// <summary>What copying the arguments costs.</summary>
        public static long Cost(object?[] values) => values.Sum(value => value switch
        {
            string text => text.Length,
            byte[] bytes => bytes.Length,
            Description text => text.Text.Length,
            Tuple tuple => tuple.Items.Length,
            List list => list.Items.Count,
            Dictionary dictionary => dictionary.Items.Count,
            _ => 1L,
        });

        public Exception Unfit(string needed) => broken($"{function} is not given {needed}");
    }
}
