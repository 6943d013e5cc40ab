namespace W2S.Reporting.Tables;

/// <summary>
/// The tables of a study that compares weak representations on one table of data, every number formatted: console and report
/// show the same cells.
/// </summary>
internal static class WeakModelTables
{
    /// <summary>
    /// Which weak model the heuristic picks, in the manner of the paper's Tables 1 to 3, with the paper's own numbers where they are known.
    /// </summary>
    /// <param name="panels">Of one data set and seed, each with another weak representation.</param>
    public static TextTable Choice(IReadOnlyList<PanelResult> panels)
    {
        var paper = Paper.Of(panels[0].Data);
        string[] beside = paper == null ? [] : ["paper: weak − m", "paper: student"];
        var rows = WeakModelChoice.Of(panels).Rows.Select(row => (string[])
        [
            row.Weak, Cell(row.WeakMinusMisfit), Cell(row.StudentError), .. paper == null
                ? []
                : Beside(paper.FirstOrDefault(one => one.Hidden == row.Width)),
        ]);
        return new TextTable(["weak model", "weak − misfit", "student error", .. beside], [.. rows]);

        static string[] Beside(Paper.Row? row) => row == null
            ? [NumberText.Nothing, NumberText.Nothing] : [Cell(row.WeakMinusMisfit), Cell(row.StudentError)];
    }

    /// <summary>Every measure of every weak model, means over the splits.</summary>
    public static TextTable Means(IReadOnlyList<PanelResult> panels) => new(
        ["weak model", "weak error", "student", "ceiling", "misfit", "gain", "PGR"],
        [.. panels.Select(panel => (string[])[panel.Weak, .. MeansOf(panel), NumberText.Percent(GapRecovered(panel))])]);

    /// <summary>Every dot: a weak model on a split.</summary>
    public static TextTable Splits(IReadOnlyList<PanelResult> panels) => new(
        ["weak model", "split", "weak error", "student", "ceiling", "misfit", "gain", "weak − misfit", "PGR"],
        [.. panels.SelectMany(panel => panel.Cells.Select(cell => (string[])
        [
            panel.Weak, $"{cell.Cell}", .. SummaryTable.Means.Select(mean => NumberText.Measure(mean.OfCell(cell))),
            NumberText.Measure(cell.WeakMinusMisfit), NumberText.Percent(cell.GapRecovered),
        ]))]);

    /// <summary>Weak error, student error, ceiling, misfit and gain over the splits.</summary>
    internal static IEnumerable<string> MeansOf(PanelResult panel) =>
        SummaryTable.Means.Select(mean => NumberText.Measure(panel.Cells.Average(mean.OfCell)));

    /// <summary>What the heuristic came to, in sentences.</summary>
    public static IReadOnlyList<string> ChoiceInWords(IReadOnlyList<PanelResult> panels)
    {
        var choice = WeakModelChoice.Of(panels);
        var pick = choice.PickWasBest
            ? $"{choice.Pick.Weak}, the best"
            : $"{choice.Pick.Weak}, number {choice.PickRank} of {choice.Rows.Count} (the best is {choice.Best.Weak}, "
                + $"{NumberText.Measure(choice.Best.StudentError.Mean)})";
        string[] unknown = panels[0].Data is "esol" or "freesolv" ? ["The paper's numbers for this data set are not known here."] : [];
        return
        [
            $"The least weak − misfit picks {pick}.",
            $"Spearman correlation of weak − misfit and student error: {NumberText.Ratio(choice.Correlation)}.", .. unknown,
        ];
    }

    /// <summary>How gain follows misfit over the dots of a figure.</summary>
    public static IReadOnlyList<string> GainInWords(IReadOnlyList<PanelResult> panels)
    {
        var dots = new GainOnMisfit();
        var cells = panels.SelectMany(panel => panel.Cells).ToList();
        foreach (var cell in cells) dots.Add(cell.Gain ?? double.NaN, cell.Misfit ?? double.NaN);
        var expectation = panels[0].Options.Expectation;
        return
        [
            $"{Counted.Of(cells.Count, "dot")}: gain / misfit {NumberText.Ratio(dots.Ratio)}, correlation "
                + $"{NumberText.Ratio(dots.Correlation)}.",
            $"{Side([.. cells.Select(cell => cell.Misfit - cell.Gain)])}{(expectation == "" ? "" : $"; expected: {expectation}")}.",
        ];
    }

    /// <summary>"15 dots lie below y = x, by 0.5241 at most, and 9 above, by 0.4348 at most".</summary>
    private static string Side(IReadOnlyList<double?> below)
    {
        var (under, over) = (below.Where(distance => distance > 0).ToList(), below.Where(distance => distance < 0).ToList());
        string Those(IReadOnlyList<double?> dots, string side, double? most) =>
            dots.Count == 0 ? "" : $"{Counted.Of(dots.Count, "dot lies", "dots lie")} {side} y = x, by {NumberText.Measure(most)} at most";
        var parts = new[] { Those(under, "below", under.Max()), Those(over, "above", -over.Min()) }.Where(part => part != "").ToList();
        return parts.Count == 0 ? "No dot lies off y = x" : string.Join("; ", parts);
    }

    /// <summary>Of the means: a split with hardly a gap would drown the others in a mean of ratios.</summary>
    internal static double? GapRecovered(PanelResult panel) =>
        panel.Cells.Average(cell => cell.WeakError - cell.StrongError) is > 0 and var gap
            ? panel.Cells.Average(cell => cell.Gain) / gap
            : null;

    private static string Cell(Spread splits) => Cell((splits.Mean, splits.StandardDeviation));

    private static string Cell((double Mean, double? Deviation) value) =>
        SummaryTable.Deviating(value.Mean, value.Deviation, number => number.ToString("F4", CultureInfo.InvariantCulture));

    /// <summary>
    /// Table 1 of 2405.15116: Lipop, MolBERT as the strong model, mean ± standard deviation over ChemBench's three splits. The
    /// numbers of its Tables 2 (ESOL) and 3 (FreeSolv) are not known here.
    /// </summary>
    internal static class Paper
    {
        /// <summary>A row of the paper's table: a weak model by its hidden size.</summary>
        public sealed record Row(
            int Hidden, (double Mean, double? Deviation) WeakMinusMisfit, (double Mean, double? Deviation) StudentError);

        /// <summary>Whether the paper has this data set, in ChemBench's splits.</summary>
        public static bool IsOfPaper(string data) => data is "esol" or "freesolv" or "lipop";

        /// <summary>The rows for a data set, or null where the paper's numbers are not known.</summary>
        public static IReadOnlyList<Row>? Of(string data) => data == "lipop" ? Lipop : null;

        private static readonly IReadOnlyList<Row> Lipop =
        [
            new(96, (0.8969, 0.0327), (1.0713, 0.0489)),
            new(48, (0.9731, 0.0707), (1.1293, 0.0418)),
            new(24, (1.0331, 0.0449), (1.1204, 0.0261)),
            new(64, (1.0619, 0.0441), (1.1436, 0.0124)),
            new(32, (1.0624, 0.0527), (1.1302, 0.0220)),
            new(16, (1.1456, 0.0276), (1.1950, 0.0484)),
            new(12, (1.1499, 0.0177), (1.1869, 0.0297)),
            new(8, (1.1958, 0.0194), (1.2396, 0.0310)),
        ];
    }
}
