using System.Numerics.Tensors;

namespace W2S.Experiments.Metrics;

/// <summary>
/// Temperature scaling (Guo et al. 2017, 1706.04599): probabilities p become p^(1/T), made to sum to 1, with the one T whose
/// cross-entropy on held-out labels is least. No answer changes, only how sure it is.
/// </summary>
internal static class TemperatureScaling
{
    /// <summary>The least and greatest temperature that is considered; where the labels are always right there is no least one.</summary>
    public const double Least = 1e-2, Greatest = 1e2;

    /// <summary>The temperature with the least mean cross-entropy, which is convex in 1/T: by golden sections, to 1e-9 of 1/T.</summary>
    /// <param name="predictions">[rows, classes], probabilities.</param>
    /// <param name="labels">[rows, classes], hard or soft.</param>
    /// <exception cref="ArgumentException">The shapes do not belong together or there is no row.</exception>
    public static double Fit(ReadOnlySpan<double> predictions, ReadOnlySpan<double> labels, int classes)
    {
        if (predictions.IsEmpty || predictions.Length != labels.Length || predictions.Length % classes != 0)
            throw new ArgumentException(
                $"{predictions.Length} and {labels.Length} values are not predictions and labels of {classes} classes.");
        double[] logs = Logarithms(predictions), truth = labels.ToArray();
        var golden = (Math.Sqrt(5) - 1) / 2;
        var (low, high) = (Math.Log(1 / Greatest), Math.Log(1 / Least));
        var (left, right) = (high - golden * (high - low), low + golden * (high - low));
        var (atLeft, atRight) = (Loss(left), Loss(right));
        while (high - low > 1e-9)
        {
            if (atLeft <= atRight)
            {
                (high, right, atRight) = (right, left, atLeft);
                left = high - golden * (high - low);
                atLeft = Loss(left);
            }
            else
            {
                (low, left, atLeft) = (left, right, atRight);
                right = low + golden * (high - low);
                atRight = Loss(right);
            }
        }
        return Math.Exp(-(low + high) / 2);

        double Loss(double logOfInverse) => CrossEntropy(logs, truth, classes, Math.Exp(logOfInverse));
    }

    /// <summary>Predictions at a temperature, [cells, samples, classes].</summary>
    public static Targets At(double temperature, Targets predictions) =>
        At([.. Enumerable.Repeat(temperature, predictions.Cells)], predictions);

    /// <summary>Every cell at a temperature of its own.</summary>
    public static Targets At(IReadOnlyList<double> temperatures, Targets predictions)
    {
        var scaled = new Targets(predictions.Cells, predictions.Samples, predictions.Outputs);
        for (var cell = 0; cell < scaled.Cells; cell++)
        {
            var rows = scaled.Cell(cell);
            TensorPrimitives.Divide(Logarithms(predictions.Cell(cell)), temperatures[cell], rows);
            for (var place = 0; place < rows.Length; place += scaled.Outputs)
                Links.Apply(Link.Softmax, rows.Slice(place, scaled.Outputs), rows.Slice(place, scaled.Outputs));
        }
        return scaled;
    }

    private static double CrossEntropy(ReadOnlySpan<double> logs, ReadOnlySpan<double> labels, int classes, double inverse)
    {
        var sum = 0.0;
        for (var place = 0; place < logs.Length; place += classes)
        {
            var row = logs.Slice(place, classes);
            double total = 0, mean = 0, greatest = TensorPrimitives.Max(row);
            for (var label = 0; label < classes; label++)
            {
                total += Math.Exp(inverse * (row[label] - greatest));
                mean += labels[place + label] * inverse * (row[label] - greatest);
            }
            sum += Math.Log(total) - mean;
        }
        return sum / (logs.Length / classes);
    }

    /// <summary>A probability of 0 has the logarithm of the least number, so that any temperature leaves it finite.</summary>
    private static double[] Logarithms(ReadOnlySpan<double> predictions)
    {
        var logs = new double[predictions.Length];
        for (var place = 0; place < logs.Length; place++) logs[place] = Math.Log(Math.Max(predictions[place], double.Epsilon));
        return logs;
    }
}
