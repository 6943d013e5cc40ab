namespace W2S.Models.PyTorch;

/// <summary>The arguments of a call in a pickle, of which nothing is known before it is looked at.</summary>
internal sealed class PickleArguments(string function, object?[] values, Pickle.Budget budget, Func<string, Exception> broken)
{
    public Pickle.Budget Budget => budget;

    public object?[] All => values;

    public Func<string, Exception> Broken => broken;

    public object? Optional(int index) => index < values.Length ? values[index] : null;

    public string Text(int index) => Optional(index) as string ?? throw Unfit($"a text as argument {index + 1}");

    public long Count(int index) => Optional(index) is long value and >= 0 ? value : throw Unfit($"a count as argument {index + 1}");

    public Pickle.Global Global(int index) => Optional(index) as Pickle.Global ?? throw Unfit($"a name as argument {index + 1}");

    public IReadOnlyList<object?> Sequence(int index) => Optional(index) switch
    {
        Pickle.Tuple tuple => tuple.Items,
        Pickle.List list => list.Items,
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
        Pickle.Description text => text.Text.Length,
        Pickle.Tuple tuple => tuple.Items.Length,
        Pickle.List list => list.Items.Count,
        Pickle.Dictionary dictionary => dictionary.Items.Count,
        _ => 1L,
    });

    public Exception Unfit(string needed) => broken($"{function} is not given {needed}");
}
