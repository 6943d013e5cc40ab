namespace W2S.Experiments.Metrics;

/// <summary>How good real predictions are on evaluation rows.</summary>
/// <param name="MeanAbsoluteError">In the target's unit.</param>
/// <param name="RootMeanSquaredError">In the target's unit.</param>
/// <param name="Explained">
/// R²: 1 − Σ squared errors / Σ squared deviations of the truth from its mean; null where the truth does not vary.
/// </param>
public sealed record RegressionMetrics(int Rows, double MeanAbsoluteError, double RootMeanSquaredError, double? Explained)
{
    /// <param name="predictions">[rows] of one target.</param>
    /// <param name="truth">[rows].</param>
    /// <exception cref="ArgumentException">There is no row, or another number of them.</exception>
    public static RegressionMetrics Of(ReadOnlySpan<double> predictions, ReadOnlySpan<double> truth)
    {
        if (truth.IsEmpty || predictions.Length != truth.Length)
            throw new ArgumentException($"{predictions.Length} predictions do not belong to {truth.Length} rows.", nameof(predictions));
        double mean = 0, absolute = 0, squares = 0, deviations = 0;
        foreach (var value in truth) mean += value / truth.Length;
        for (var row = 0; row < truth.Length; row++)
        {
            absolute += Math.Abs(predictions[row] - truth[row]);
            squares += (predictions[row] - truth[row]) * (predictions[row] - truth[row]);
            deviations += (truth[row] - mean) * (truth[row] - mean);
        }
        // Equal values deviate from their own mean by its rounding.
        var varies = truth.ContainsAnyExcept(truth[0]);
        return new RegressionMetrics(
            truth.Length, absolute / truth.Length, Math.Sqrt(squares / truth.Length), varies ? 1 - squares / deviations : null);
    }
}
