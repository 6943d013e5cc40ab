namespace W2S.Experiments;

/// <summary>Spearman's rank correlation: Pearson's, of ranks; equal values share the mean of their ranks.</summary>
public static class RankCorrelation
{
    /// <summary>Between −1 and 1; null where one side does not vary.</summary>
    public static double? Of(IReadOnlyList<double> first, IReadOnlyList<double> second)
    {
        if (first.Count != second.Count) throw new ArgumentException($"{first.Count} values cannot be ranked against {second.Count}.", nameof(second));
        var pairs = new GainOnMisfit();
        foreach (var (one, other) in Ranks(first).Zip(Ranks(second))) pairs.Add(one, other);
        return pairs.Correlation is var correlation && double.IsFinite(correlation) ? correlation : null;
    }

    /// <summary>Each value's rank, from 1.</summary>
    internal static IEnumerable<double> Ranks(IReadOnlyList<double> values) =>
        values.Select(value => values.Count(other => other < value) + (values.Count(other => other == value) + 1) / 2.0);
}
