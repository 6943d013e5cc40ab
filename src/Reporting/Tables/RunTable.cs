namespace W2S.Reporting.Tables;

/// <summary>
/// A finished run as the table of a paper. Gaussian tasks: a row for each panel, with errors, misfit, gain, slope and
/// correlation; over several seeds their mean ± standard deviation, or the median with quartiles, without seeds whose
/// representation collapsed. Tables: a row for each weak model, sorted by weak error − misfit, mean ± standard deviation over
/// splits (Tables 1 to 3 of 2405.15116).
/// </summary>
internal static class RunTable
{
    private static readonly IReadOnlyList<(string Header, Func<PanelStatistics, double?> Of, bool IsRatio)> Measures =
    [
        .. SummaryTable.Means.Select(mean => (mean.Name, mean.OfPanel, false)),
        ("slope", panel => panel.SlopeThroughOrigin, true), ("correlation", panel => panel.Correlation, true),
    ];

    /// <param name="isMedian">Of several seeds: medians with quartiles instead of means with standard deviations.</param>
    /// <returns>Text that ends in a line break. Notes stand with it, but not in CSV.</returns>
    public static string Write(Result result, Format format, bool isMedian)
    {
        var columns = Columns(result.Panels, isMedian);
        if (format == Format.Csv) return Csv(columns);
        var table = new TextTable(
            [.. columns.Select(column => column.Header)],
            [.. Enumerable.Range(0, columns[0].Cells.Count).Select(IReadOnlyList<string> (row) =>
                [.. columns.Select(column => column.Cells[row].Text)])]);
        return format == Format.Latex
            ? table.ToLatex(columns.TakeWhile(column => column.IsText).Count(), Notes(result, isMedian))
            : $"{table.ToMarkdown()}\n{string.Join('\n', Notes(result, isMedian))}\n";
    }

    /// <summary>What the numbers are, and what was left out.</summary>
    public static IReadOnlyList<string> Notes(Result result, bool isMedian)
    {
        var (first, seeds) = (result.Panels[0], SummaryTable.HasSeveralSeeds(result.Panels));
        var of = $"{StudyText.Errors(first.Options)} ({string.Join("; ", result.Panels.Select(StudyText.Measure).Distinct())})";
        if (!first.Options.IsGaussian)
            return [$"{of}, mean ± standard deviation over {Counted.Of(first.Cells.Count, "split")}, sorted by weak error − misfit."];
        var each = $"means over {Counted.Of(first.Cells.Count, "task")}; slope: least squares of gain on misfit through the origin";
        if (seeds)
            return
            [
                $"{of}: {each}; over seeds, {(isMedian ? "median [quartiles]" : "mean ± standard deviation")}.",
                .. SummaryTable.LeftOut(result.Panels),
            ];
        var resamples = Interval.Resamples.ToString("N0", CultureInfo.InvariantCulture);
        return [$"{of}: {each}, in brackets the middle 95 % of {resamples} bootstrap resamples of the tasks."];
    }

    private static List<Column> Columns(IReadOnlyList<PanelResult> panels, bool isMedian)
    {
        var columns = panels[0].Options.IsGaussian ? OfTasks(panels, isMedian) : OfTables(panels);
        // What no row has gets no column.
        columns.RemoveAll(column => column.Cells.All(cell => cell.Text == NumberText.Nothing));
        return columns;
    }

    private static List<Column> OfTasks(IReadOnlyList<PanelResult> panels, bool isMedian)
    {
        var rows = panels.GroupBy(panel => panel.Name).Select(IReadOnlyList<PanelResult> (seeds) => [.. seeds]).ToList();
        var several = SummaryTable.HasSeveralSeeds(panels);
        var columns = new List<Column> { Text("panel", rows.Select(seeds => PanelFindings.ShortName(seeds[0].Name))) };
        if (several)
        {
            columns.Add(Count("seeds", rows.Select(seeds => seeds.Count - seeds.Count(panel => panel.HasCollapsed()))));
            if (panels.Any(panel => panel.HasCollapsed()))
                columns.Add(Count("collapsed", rows.Select(seeds => seeds.Count(panel => panel.HasCollapsed()))));
        }
        foreach (var (header, of, isRatio) in Measures)
        {
            Func<double?, string> text = isRatio ? NumberText.Ratio : NumberText.Measure;
            columns.Add(new Column(header, [.. rows.Select(seeds => several
                ? OverSeeds(PanelFindings.Healthy(seeds).Select(panel => of(panel.Statistics())), text, isMedian)
                : OfTask(seeds[0].Statistics(), of, header, text))]));
        }
        return columns;
    }

    private static Cell OfTask(
        PanelStatistics statistics, Func<PanelStatistics, double?> of, string header, Func<double?, string> text) =>
        header == "slope" && statistics.SlopeThroughOriginInterval is { } interval
            ? new Cell(SummaryTable.Slope(statistics), [("", of(statistics)), ("_low", interval.Low), ("_high", interval.High)])
            : new Cell(text(of(statistics)), [("", of(statistics))]);

    private static Cell OverSeeds(IEnumerable<double?> values, Func<double?, string> text, bool isMedian)
    {
        if (Spread.Of(values) is not { } spread) return new Cell(NumberText.Nothing, [("", null)]);
        return !isMedian ? WithDeviation(spread, value => text(value)) : new Cell(
            SummaryTable.Quartiles(spread, text),
            [("", spread.Median), ("_lower_quartile", spread.LowerQuartile), ("_upper_quartile", spread.UpperQuartile)]);
    }

    private static List<Column> OfTables(IReadOnlyList<PanelResult> panels)
    {
        var rows = panels.GroupBy(panel => (panel.Name, panel.Data, panel.Seed))
            .SelectMany(set => set.OrderBy(panel => panel.Cells.Average(cell => cell.WeakMinusMisfit))).ToList();
        var columns = new List<Column>();
        if (panels.DistinctBy(panel => panel.Name).Count() > 1)
            columns.Add(Text("panel", rows.Select(panel => PanelFindings.ShortName(panel.Name))));
        if (panels.DistinctBy(panel => panel.Data).Count() > 1) columns.Add(Text("data", rows.Select(panel => panel.DataTitle)));
        if (SummaryTable.HasSeveralSeeds(panels)) columns.Add(Text("seed", rows.Select(panel => $"{panel.Seed}")));
        columns.Add(Text("weak model", rows.Select(panel => panel.Weak)));
        Add("weak error − misfit", cell => cell.WeakMinusMisfit, "weak_minus_misfit");
        Add("student error", cell => cell.StudentError);
        Add("weak error", cell => cell.WeakError);
        Add("ceiling", cell => cell.StrongError);
        Add("misfit", cell => cell.Misfit);
        Add("gain", cell => cell.Gain);
        return columns;

        void Add(string header, Func<CellResult, double?> of, string? key = null) => columns.Add(new Column(header, [.. rows.Select(panel =>
            Spread.Of(panel.Cells.Select(of)) is { } spread
                ? WithDeviation(spread, value => value.ToString("F4", CultureInfo.InvariantCulture))
                : new Cell(NumberText.Nothing, [("", null)]))], key));
    }

    private static Cell WithDeviation(Spread spread, Func<double, string> text) =>
        new(SummaryTable.Deviating(spread, text), [("", spread.Mean), ("_sd", spread.StandardDeviation)]);

    private static string Csv(IReadOnlyList<Column> columns) => CsvTable.Write(
    [
        [.. columns.SelectMany(column => column.Keys)],
        .. Enumerable.Range(0, columns[0].Cells.Count).Select(row => (string[])[.. columns.SelectMany(column => column.Exact(row))]),
    ]);

    private static Column Text(string header, IEnumerable<string> cells) =>
        new(header, [.. cells.Select(cell => new Cell(cell, []))]);

    private static Column Count(string header, IEnumerable<int> counts) =>
        new(header, [.. counts.Select(count => new Cell($"{count}", [("", count)]))]);

    /// <param name="Numbers">What the text says, by what is added to the column's key; none: it is text.</param>
    private sealed record Cell(string Text, IReadOnlyList<(string Suffix, double? Value)> Numbers);

    /// <param name="Key">In CSV; null: the header, words joined.</param>
    private sealed record Column(string Header, IReadOnlyList<Cell> Cells, string? Key = null)
    {
        private readonly string _key = Key ?? Header.Replace(' ', '_');
        private readonly IReadOnlyList<string> _suffixes =
            [.. Cells.SelectMany(cell => cell.Numbers).Select(number => number.Suffix).Distinct()];

        public bool IsText => _suffixes.Count == 0;

        /// <summary>Of CSV's columns.</summary>
        public IEnumerable<string> Keys => IsText ? [_key] : _suffixes.Select(suffix => _key + suffix);

        /// <summary>What a row has in those, every digit.</summary>
        public IEnumerable<string> Exact(int row) => IsText
            ? [Cells[row].Text]
            : _suffixes.Select(suffix => NumberText.Exact(Cells[row].Numbers.FirstOrDefault(number => number.Suffix == suffix).Value));
    }

    /// <summary>What a table of a run is written as.</summary>
    public enum Format
    {
        /// <summary>A GitHub table.</summary>
        Markdown,

        /// <summary>A tabular environment with the rules of booktabs.</summary>
        Latex,

        /// <summary>Every digit, a column for each number.</summary>
        Csv,
    }
}
