using W2S.Data;

namespace W2S.Experiments;

/// <summary>How much of the labels' variance predictions explain, all tasks together: 1 − Σ squared errors / Σ squared deviations.</summary>
internal static class ExplainedVariance
{
    /// <param name="predictions">[cells, samples, targets].</param>
    /// <param name="labels">[cells, samples, targets].</param>
    /// <returns>At most 1; negative where each task's mean would do better; 0 where no label varies.</returns>
    public static double Of(Targets predictions, Targets labels)
    {
        if (predictions.Cells != labels.Cells || predictions.Samples != labels.Samples || predictions.Outputs != labels.Outputs)
            throw new ArgumentException("Predictions and labels must have one shape [cells, samples, targets].", nameof(predictions));
        double errors = 0, deviations = 0;
        for (var task = 0; task < labels.Cells; task++)
        {
            ReadOnlySpan<double> predicted = predictions.Cell(task), truth = labels.Cell(task);
            for (var target = 0; target < labels.Outputs; target++)
            {
                double mean = 0;
                for (var place = target; place < truth.Length; place += labels.Outputs) mean += truth[place];
                mean /= labels.Samples;
                for (var place = target; place < truth.Length; place += labels.Outputs)
                {
                    errors += Square(predicted[place] - truth[place]);
                    deviations += Square(truth[place] - mean);
                }
            }
        }
        return deviations > 0 ? 1 - errors / deviations : 0;
    }

    private static double Square(double value) => value * value;
}
