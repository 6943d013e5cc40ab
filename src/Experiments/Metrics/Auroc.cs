namespace W2S.Experiments.Metrics;

/// <summary>
/// Area under the receiver operating characteristic: the chance that a positive row scores higher than a negative one, where
/// equal scores count a half (Mann and Whitney).
/// </summary>
public static class Auroc
{
    /// <param name="scores">[rows].</param>
    /// <param name="labels">[rows]: 1 for positive, 0 for negative; between, a row is each in part.</param>
    /// <returns>0 to 1; null where there is no positive or no negative row, or a number is missing.</returns>
    public static double? Of(ReadOnlySpan<double> scores, ReadOnlySpan<double> labels)
    {
        if (scores.Length != labels.Length)
            throw new ArgumentException($"{scores.Length} scores do not belong to {labels.Length} labels.", nameof(labels));
        double[] keys = scores.ToArray(), positives = labels.ToArray();
        Array.Sort(keys, positives);
        double below = 0, wins = 0, positive = 0;
        for (int row = 0, end; row < keys.Length; row = end)
        {
            double tiedPositives = 0, tiedNegatives = 0;
            for (end = row; end < keys.Length && (keys[end] == keys[row] || end == row); end++)
            {
                tiedPositives += positives[end];
                tiedNegatives += 1 - positives[end];
            }
            wins += tiedPositives * (below + tiedNegatives / 2);
            below += tiedNegatives;
            positive += tiedPositives;
        }
        // NaNs are sorted first.
        var area = wins / (positive * below);
        return keys.Length > 0 && double.IsFinite(keys[0]) && double.IsFinite(area) ? area : null;
    }
}
