namespace W2S.Experiments.Metrics;

/// <summary>
/// Performance gap recovered over cells, (student − weak) / (ceiling − weak) (Burns et al. 2023). A cell whose ceiling is not
/// better than its weak model, or that lacks a number, has no gap to recover: it is counted and left out.
/// </summary>
/// <param name="Mean">Null where no cell has a gap.</param>
/// <param name="Median">As their notebook's tables have it.</param>
/// <param name="Undefined">Cells without a gap.</param>
internal sealed record GapRecovered(double? Mean, double? Median, int Defined, int Undefined)
{
    /// <summary>One cell's; null where it is undefined.</summary>
    /// <param name="weak">Score of the weak model; greater is better: an accuracy, or an error with its sign changed.</param>
    public static double? Of(double weak, double student, double ceiling) =>
        ceiling > weak && double.IsFinite((student - weak) / (ceiling - weak)) ? (student - weak) / (ceiling - weak) : null;

    /// <param name="cells">Scores; greater is better.</param>
    public static GapRecovered Of(IEnumerable<(double Weak, double Student, double Ceiling)> cells)
    {
        double?[] all = [.. cells.Select(cell => Of(cell.Weak, cell.Student, cell.Ceiling))];
        double[] defined = [.. all.OfType<double>().Order()];
        return defined.Length == 0
            ? new GapRecovered(null, null, 0, all.Length)
            : new GapRecovered(defined.Average(), Spread.Quantile(defined, 0.5), defined.Length, all.Length - defined.Length);
    }
}
