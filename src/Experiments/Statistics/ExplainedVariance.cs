using W2S.Data;

namespace W2S.Experiments;

/// <summary>How much of the labels' variance predictions explain, all tasks together: 1 − Σ squared errors / Σ squared deviations.</summary>
public static class ExplainedVariance
{
    /// <param name="predictions">[cells, samples, 1].</param>
    /// <param name="labels">[cells, samples, 1].</param>
    /// <returns>At most 1; negative where each task's mean would do better; 0 where no label varies.</returns>
    public static double Of(Targets predictions, Targets labels)
    {
        if (predictions.Cells != labels.Cells || predictions.Samples != labels.Samples || predictions.Outputs != 1 || labels.Outputs != 1)
            throw new ArgumentException("Predictions and labels must have one shape [cells, samples, 1].", nameof(predictions));
        double errors = 0, deviations = 0;
        for (var task = 0; task < labels.Cells; task++)
        {
            ReadOnlySpan<double> predicted = predictions.Cell(task), truth = labels.Cell(task);
            double mean = 0;
            foreach (var value in truth) mean += value;
            mean /= truth.Length;
            for (var sample = 0; sample < truth.Length; sample++)
            {
                errors += Square(predicted[sample] - truth[sample]);
                deviations += Square(truth[sample] - mean);
            }
        }
        return deviations > 0 ? 1 - errors / deviations : 0;
    }

    private static double Square(double value) => value * value;
}
