using W2S.Data;

namespace W2S.Experiments;

/// <summary>How far predictions are from true labels, or one model's from another's.</summary>
public static class Errors
{
    /// <summary>The distance of 2405.15116, d(f, g) = E (f(x) − g(x))², estimated on a sample: one for each cell, summed in float64.</summary>
    public static double[] Squared(Targets first, Targets second)
    {
        var distances = new double[first.Cells];
        for (var cell = 0; cell < distances.Length; cell++)
        {
            var a = first.Cell(cell);
            var b = second.Cell(cell);
            var sum = 0.0;
            for (var sample = 0; sample < a.Length; sample++) sum += Square(a[sample] - b[sample]);
            distances[cell] = sum / a.Length;
        }
        return distances;
    }

    /// <summary>Adds a model's mse, rmse, mae and r2 to every cell's measures, each under the model's name.</summary>
    /// <param name="name">"student", "student_valid".</param>
    internal static void Add(OrderedDictionary<string, double?>[] measures, string name, Targets predictions, Targets truth)
    {
        for (var cell = 0; cell < measures.Length; cell++)
        {
            var (squared, absolute, explained) = Regression(predictions.Cell(cell), truth.Cell(cell));
            measures[cell][$"{name}_mse"] = squared;
            measures[cell][$"{name}_rmse"] = Math.Sqrt(squared);
            measures[cell][$"{name}_mae"] = absolute;
            measures[cell][$"{name}_r2"] = explained;
        }
    }

    /// <summary>MSE, MAE and R² = 1 − squared errors / squared deviations from the labels' mean, null where the labels do not vary.</summary>
    /// <exception cref="ArgumentException">There is no sample.</exception>
    public static (double MeanSquared, double MeanAbsolute, double? Explained) Regression(ReadOnlySpan<double> predictions, ReadOnlySpan<double> labels)
    {
        if (labels.IsEmpty) throw new ArgumentException("There is no error on no samples.", nameof(labels));
        double squares = 0, absolutes = 0, deviations = 0, mean = 0;
        foreach (var label in labels) mean += label;
        mean /= labels.Length;
        for (var sample = 0; sample < labels.Length; sample++)
        {
            squares += Square(predictions[sample] - labels[sample]);
            absolutes += Math.Abs(predictions[sample] - labels[sample]);
            deviations += Square(labels[sample] - mean);
        }
        return (squares / labels.Length, absolutes / labels.Length, deviations > 0 ? 1 - squares / deviations : null);
    }

    private static double Square(double value) => value * value;
}
