using System.Numerics.Tensors;

namespace W2S.Experiments.Metrics;

/// <summary>How good the probabilities of classes are on evaluation rows. Truth is hard (0 and 1) or soft.</summary>
/// <param name="Rows">Rows that were measured.</param>
/// <param name="Accuracy">Share of rows whose likeliest class is the truth's likeliest one; the first of equals.</param>
/// <param name="CrossEntropy">
/// −Σ y log p in nats, the mean over rows: KL(truth‖model) and, for soft truth, the truth's own entropy. Infinite where a true
/// class has probability 0.
/// </param>
/// <param name="Brier">Σ (p − y)² over the classes, the mean over rows: 0 to 2.</param>
/// <param name="Calibration">Of the likeliest class (<see cref="Calibration.OfLikeliest"/>).</param>
/// <param name="Auroc">
/// Two classes: of the second class's probability. More: the mean over the classes that some rows are and some are not, each
/// against all others. Null where there is none.
/// </param>
public sealed record ClassMetrics(
    int Rows, double Accuracy, double CrossEntropy, double Brier, Calibration Calibration, double? Auroc)
{
    /// <param name="predictions">[rows, classes].</param>
    /// <param name="truth">[rows, classes].</param>
    /// <exception cref="ArgumentException">The shapes do not belong together or there is no row.</exception>
    public static ClassMetrics Of(
        ReadOnlySpan<double> predictions, ReadOnlySpan<double> truth, int classes, Calibration.Options? options = null)
    {
        ThrowIfApart(predictions, truth, classes);
        var rows = predictions.Length / classes;
        double crossEntropy = 0, brier = 0;
        for (var row = 0; row < predictions.Length; row += classes)
            for (var index = row; index < row + classes; index++)
            {
                if (truth[index] != 0) crossEntropy -= truth[index] * Math.Log(predictions[index]);
                brier += Math.Pow(predictions[index] - truth[index], 2);
            }
        return new ClassMetrics(
            rows, Agreement(predictions, truth, classes), crossEntropy / rows, brier / rows,
            Calibration.OfLikeliest(predictions, truth, classes, options ?? new Calibration.Options()),
            AurocOf(predictions, truth, classes));
    }

    /// <summary>Share of rows on which two models have the same likeliest class.</summary>
    /// <param name="first">[rows, classes].</param>
    /// <param name="second">[rows, classes].</param>
    /// <exception cref="ArgumentException">The shapes do not belong together or there is no row.</exception>
    public static double Agreement(ReadOnlySpan<double> first, ReadOnlySpan<double> second, int classes)
    {
        ThrowIfApart(first, second, classes);
        var same = 0;
        for (var row = 0; row < first.Length; row += classes)
            if (TensorPrimitives.IndexOfMax(first.Slice(row, classes)) == TensorPrimitives.IndexOfMax(second.Slice(row, classes))) same++;
        return (double)same / (first.Length / classes);
    }

    /// <summary>
    /// Area under the receiver operating characteristic: the chance that a positive row scores higher than a negative one, where
    /// equal scores count a half (Mann and Whitney).
    /// </summary>
    /// <param name="scores">[rows].</param>
    /// <param name="labels">[rows]: 1 for positive, 0 for negative; between, a row is each in part.</param>
    /// <returns>0 to 1; null where there is no positive or no negative row, or a number is missing.</returns>
    public static double? AreaUnderCurve(ReadOnlySpan<double> scores, ReadOnlySpan<double> labels)
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

    private static double? AurocOf(ReadOnlySpan<double> predictions, ReadOnlySpan<double> truth, int classes)
    {
        var areas = new List<double>();
        for (var label = classes == 2 ? 1 : 0; label < classes; label++)
        {
            var (scores, isLabel) = (Calibration.Column(predictions, classes, label), Calibration.Column(truth, classes, label));
            if (AreaUnderCurve(scores, isLabel) is { } area) areas.Add(area);
        }
        return areas.Count == 0 ? null : areas.Average();
    }

    private static void ThrowIfApart(ReadOnlySpan<double> first, ReadOnlySpan<double> second, int classes)
    {
        if (first.IsEmpty || first.Length != second.Length || first.Length % classes != 0)
            throw new ArgumentException($"{first.Length} and {second.Length} values are not two models' rows of {classes} classes.");
    }
}
