namespace W2S.Training.Fused;

/// <summary>The names under which a job's state is stored.</summary>
internal static class TrainingTensors
{
    public const string FirstMoment = "first_moment.";
    public const string SecondMoment = "second_moment.";

    /// <summary>The same tensors under longer names.</summary>
    public static IEnumerable<NamedTensor> Prefixed(string prefix, IEnumerable<NamedTensor> tensors) =>
        tensors.Select(tensor => tensor with { Name = prefix + tensor.Name });

    /// <summary>The tensors with that prefix, under their short names.</summary>
    public static IReadOnlyDictionary<string, NamedTensor> Unprefixed(string prefix, IReadOnlyDictionary<string, NamedTensor> tensors) =>
        tensors.Where(pair => pair.Key.StartsWith(prefix, StringComparison.Ordinal))
            .ToDictionary(pair => pair.Key[prefix.Length..], pair => pair.Value);
}
