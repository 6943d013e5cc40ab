namespace W2S.Papers;

/// <summary>Rows, summed up over tasks and seeds.</summary>
internal static class Over
{
    /// <summary>Of the numbers that are finite; NaN where there is none.</summary>
    public static double Median(IEnumerable<double> values) => Spread.Of(values)?.Median ?? double.NaN;

    public static double Mean(IEnumerable<double> values) => Spread.Of(values)?.Mean ?? double.NaN;

    public static double Median(IEnumerable<Row> rows, string column) => Median(rows.Select(row => row[column]));

    public static double Mean(IEnumerable<Row> rows, string column) => Mean(rows.Select(row => row[column]));

    /// <summary>
    /// The mean over seeds of each seed's mean over tasks, with Student's interval over seeds; null where nothing is defined.
    /// </summary>
    public static Spread? Seeds(IEnumerable<Row> rows, string column) => Seeds(rows, row => row[column]);

    public static Spread? Seeds(IEnumerable<Row> rows, Func<Row, double> value) =>
        Spread.Of(rows.GroupBy(row => row.Text("seed")).Select(seed => Finite(Mean(seed.Select(value)))));

    /// <summary>"0.132 ± 0.002", for tables.</summary>
    public static string Text(IEnumerable<Row> rows, string column) => Seeds(rows, column) switch
    {
        null => NumberText.Nothing,
        { HalfWidth: { } half } interval => $"{NumberText.Ratio(interval.Mean)} ± {NumberText.Ratio(half)}",
        var one => NumberText.Ratio(one.Mean),
    };

    /// <summary>A column against another one's values, with the interval over seeds.</summary>
    public static ErrorCurves.Curve Curve(string name, IEnumerable<Row> rows, string x, string y, (double, string)? mark = null) =>
        new(name, [.. rows.GroupBy(row => row[x]).OrderBy(place => place.Key).Select(place =>
        {
            var interval = Seeds(place, y);
            var (mean, half) = (interval?.Mean ?? double.NaN, interval?.HalfWidth ?? double.NaN);
            return (place.Key, mean, mean - half, mean + half);
        })], mark);

    private static double? Finite(double value) => double.IsFinite(value) ? value : null;
}
