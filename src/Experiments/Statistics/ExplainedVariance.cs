using W2S.Data;

namespace W2S.Experiments;

/// <summary>How much of the labels' variance predictions explain, all tasks together: 1 − Σ squared errors / Σ squared deviations.</summary>
public static class ExplainedVariance
{
    /// <param name="predictions">[tasks, samples, 1].</param>
    /// <param name="labels">[tasks, samples, 1].</param>
    /// <returns>At most 1; negative where each task's mean would do better; 0 where no label varies.</returns>
    public static double Of(TaskSamples predictions, TaskSamples labels)
    {
        if (predictions.Tasks != labels.Tasks || predictions.Samples != labels.Samples || predictions.Width != 1 || labels.Width != 1)
            throw new ArgumentException("Predictions and labels must have one shape [tasks, samples, 1].", nameof(predictions));
        double errors = 0, deviations = 0;
        for (var task = 0; task < labels.Tasks; task++)
        {
            ReadOnlySpan<float> predicted = predictions.Task(task), truth = labels.Task(task);
            double mean = 0;
            foreach (var value in truth) mean += value;
            mean /= truth.Length;
            for (var sample = 0; sample < truth.Length; sample++)
            {
                errors += Square((double)predicted[sample] - truth[sample]);
                deviations += Square(truth[sample] - mean);
            }
        }
        return deviations > 0 ? 1 - errors / deviations : 0;
    }

    private static double Square(double value) => value * value;
}
