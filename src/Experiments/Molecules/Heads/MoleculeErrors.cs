namespace W2S.Experiments;

/// <summary>How far predictions are from labels on some molecules, in the labels' own unit.</summary>
/// <param name="MeanSquared">MSE.</param>
/// <param name="MeanAbsolute">MAE.</param>
/// <param name="Explained">R²: 1 − squared errors / squared deviations from the labels' mean on these molecules; null where the labels do not vary.</param>
public sealed record MoleculeErrors(double MeanSquared, double MeanAbsolute, double? Explained)
{
    /// <summary>RMSE.</summary>
    public double RootMeanSquared => Math.Sqrt(MeanSquared);

    /// <param name="predictions">One for each molecule of the table.</param>
    /// <param name="labels">One for each molecule of the table.</param>
    /// <param name="rows">The molecules that count, by position; at least one.</param>
    public static MoleculeErrors Of(IReadOnlyList<double> predictions, IReadOnlyList<double> labels, IReadOnlyList<int> rows)
    {
        if (rows.Count == 0) throw new ArgumentException("There is no error on no molecules.", nameof(rows));
        var mean = rows.Average(row => labels[row]);
        var squares = rows.Sum(row => Square(predictions[row] - labels[row]));
        var deviations = rows.Sum(row => Square(labels[row] - mean));
        return new MoleculeErrors(squares / rows.Count, rows.Average(row => Math.Abs(predictions[row] - labels[row])), deviations > 0 ? 1 - squares / deviations : null);
    }

    private static double Square(double value) => value * value;
}
