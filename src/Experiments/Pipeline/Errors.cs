namespace W2S.Experiments;

/// <summary>How far predictions are from true labels, or one model's from another's.</summary>
public static class Errors
{
    /// <summary>A measure of one row: an objective's error or misfit.</summary>
    public delegate double RowMeasure(ReadOnlySpan<double> first, ReadOnlySpan<double> second);

    /// <summary>
    /// The mean of a measure over the sample, one for each cell, summed in float64; for squared errors the distance of 2405.15116, d(f, g)
    /// = E (f(x) − g(x))².
    /// </summary>
    public static double[] Of(RowMeasure measure, Targets first, Targets second) =>
        [.. Enumerable.Range(0, first.Cells).Select(cell => OfRows(measure, first, second, cell).Average())];

    /// <summary>A measure of each row of one cell.</summary>
    internal static double[] OfRows(RowMeasure measure, Targets first, Targets second, int cell)
    {
        ReadOnlySpan<double> a = first.Cell(cell), b = second.Cell(cell);
        var rows = new double[first.Samples];
        for (var row = 0; row < rows.Length; row++)
            rows[row] = measure(a.Slice(row * first.Outputs, first.Outputs), b.Slice(row * first.Outputs, first.Outputs));
        return rows;
    }

    /// <summary>
    /// Adds a model's measures to every cell's, each under the model's name: mse, rmse, mae and r2, or for classes accuracy,
    /// cross_entropy, brier, ece and auroc.
    /// </summary>
    /// <param name="name">"student", "student_valid".</param>
    internal static void Add(OrderedDictionary<string, double?>[] measures, string name, Targets predictions, Targets truth)
    {
        var squared = Of(new Squared().Error, predictions, truth);
        for (var cell = 0; cell < measures.Length; cell++)
        {
            var own = measures[cell];
            if (truth.Outputs > 1)
            {
                var classes = ClassMetrics.Of(predictions.Cell(cell), truth.Cell(cell), truth.Outputs);
                own[$"{name}_accuracy"] = classes.Accuracy;
                own[$"{name}_cross_entropy"] = classes.CrossEntropy;
                own[$"{name}_brier"] = classes.Brier;
                own[$"{name}_ece"] = classes.Calibration.ExpectedError;
                own[$"{name}_auroc"] = classes.Auroc;
                continue;
            }
            var metrics = RegressionMetrics.Of(predictions.Cell(cell), truth.Cell(cell));
            own[$"{name}_mse"] = squared[cell];
            own[$"{name}_rmse"] = metrics.RootMeanSquaredError;
            own[$"{name}_mae"] = metrics.MeanAbsoluteError;
            own[$"{name}_r2"] = metrics.Explained;
        }
    }

    /// <summary>Adds how often a student of classes answers as its teacher does.</summary>
    internal static void AddAgreement(OrderedDictionary<string, double?>[] measures, Targets student, Targets teacher)
    {
        if (student.Outputs == 1) return;
        for (var cell = 0; cell < measures.Length; cell++)
            measures[cell]["agreement"] = ClassMetrics.Agreement(student.Cell(cell), teacher.Cell(cell), student.Outputs);
    }
}
