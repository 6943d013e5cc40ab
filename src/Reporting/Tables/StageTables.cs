namespace W2S.Reporting.Tables;

/// <summary>
/// A single stage's results as tables that fit 80 columns, and the sentences that say what the numbers are of. A measure that no cell has
/// gets no column.
/// </summary>
internal static class StageTables
{
    /// <summary>One row a cell.</summary>
    internal static TextTable Cells(PanelResult panel)
    {
        var known = Known(panel);
        return new TextTable(
            [panel.Options.IsGaussian ? "task" : "split", .. known.Select(measure => measure.Name), .. Gap(panel, "PGR")],
            [.. panel.Cells.Select(IReadOnlyList<string> (cell) =>
            [
                $"{cell.Cell}", .. known.Select(measure => NumberText.Measure(measure.Of(cell))),
                .. Gap(panel, NumberText.Percent(cell.GapRecovered)),
            ])]);
    }

    /// <summary>The means over a run's Gaussian tasks in one row; for a student also what they say of gain against misfit.</summary>
    public static TextTable Means(Result run)
    {
        var (panel, statistics) = (run.Panel, run.Panel.Statistics());
        List<(string Header, string Cell)> columns =
        [
            ("tasks", Count(panel.Cells.Count)),
            .. Known(panel).Select(measure => (measure.Name, NumberText.Measure(panel.Cells.Average(measure.Of)))),
        ];
        if (run.MeasuresGain)
            columns.AddRange(
                [("slope", NumberText.Ratio(statistics.SlopeThroughOrigin)), ("corr", NumberText.Ratio(statistics.Correlation))]);
        if (HasGap(panel)) columns.Add(("PGR", NumberText.Percent(statistics.MedianGapRecovered)));
        return new TextTable([.. columns.Select(column => column.Header)], [[.. columns.Select(column => column.Cell)]]);
    }

    /// <summary>On a table, the stage's own model on both parts that it may be measured on: one row for each split and part.</summary>
    public static TextTable Errors(Result run)
    {
        var (panel, model) = (run.Panel, run.Stage is Stages.Weak or Stages.Strong ? run.Stage : Stages.Student);
        var columns = ModelTable.Columns(panel);
        var parts = new[] { "valid", "test" }
            .Where(part => panel.Cells.All(cell => cell.Measure(ModelTable.Key(model, part, columns[0].Measure)) != null)).ToList();
        var rows = new List<IReadOnlyList<string>>();
        foreach (var cell in panel.Cells)
            foreach (var part in parts)
            {
                var numbers = Numbers(cell, part).Zip(columns, (number, column) => column.Text(number));
                rows.Add([$"{cell.Cell}", part, $"{panel.Examples[part]}", .. numbers]);
            }
        foreach (var (name, over) in Footers(panel.Cells.Count))
            foreach (var part in parts) rows.Add([name, part, "", .. Columns(panel.Cells.Select(cell => Numbers(cell, part)), over)]);
        return new TextTable(["split", "part", "rows", .. columns.Select(column => column.Header)], rows);

        double?[] Numbers(CellResult cell, string part) =>
            [.. columns.Select(column => cell.Measure(ModelTable.Key(model, part, column.Measure)))];
    }

    /// <summary>
    /// Gain against misfit on a table, one row for each split; with the ceiling where it was measured. The last PGR is that of the means.
    /// </summary>
    public static TextTable Gains(Result run)
    {
        var (panel, table, known) = (run.Panel, Cells(run.Panel), Known(run.Panel));
        var rows = Footers(panel.Cells.Count).Select(IReadOnlyList<string> (line) =>
        [
            line.Name, .. Columns(panel.Cells.Select(cell => known.Select(measure => measure.Of(cell)).ToArray()), line.Sum),
            .. Gap(panel, line.Name == "mean" ? NumberText.Percent(WeakModelTables.GapRecovered(panel)) : NumberText.Nothing),
        ]);
        return table with { Rows = [.. table.Rows, .. rows] };
    }

    /// <summary>"Mean squared errors on the test parts".</summary>
    public static string Gained(PanelResult panel) =>
        $"{StudyText.Errors(panel.Options)} on the {panel.Options.Evaluation.Part.ToString().ToLowerInvariant()} parts";

    /// <summary>Who was taught what, on which examples, and how.</summary>
    public static string Protocol(Result run)
    {
        var (panel, options) = (run.Panel, run.Panel.Options);
        if (options.IsGaussian) return $"{Counted.Of(panel.Cells.Count, "task")}; seed {panel.Seed}. Engine: {panel.Engine}.";
        var (weak, student) = (SplitTable.InWords(options.Protocol, weak: true), SplitTable.InWords(options.Protocol, weak: false));
        var taught = run.Stage switch
        {
            Stages.Weak => $"weak heads fitted on the true labels of {weak}",
            Stages.Strong => $"ceiling: strong heads fitted on the true labels of {student}",
            _ => $"weak heads fitted on the true labels of {weak}, the student's on weak labels of {student}",
        };
        var on = StudyText.AreStored(options) ? "" : $" on {StudyText.Features(options)} features";
        var blocks = options.Heads.TrainsBlocks ? $"; trained with them: {StudyText.Blocks(options.Heads)}" : "";
        return $"{panel.DataTitle}: {taught}; heads by {StudyText.Solver(options)}{on}{blocks}.";
    }

    /// <summary>The units of what the tables show.</summary>
    public static string Units(Result run)
    {
        if (run.Panel.Options.IsGaussian) return "Means over the tasks, on fresh samples.";
        var unit = run.Panel.Unit.StartsWith("of ", StringComparison.Ordinal) ? run.Panel.Unit : $"in {run.Panel.Unit}";
        return $"Labels {unit}, as they are in the file. {Divided(run.Panel)}";
    }

    private static string Divided(PanelResult panel) => panel.Options switch
    {
        { Folds: > 0 } => "The splits are folds: each is tested once, and the next one is valid.",
        { RandomSplits.Count: 0, Table.Splits: not "" and var file } => $"The splits are those of {Path.GetFileName(file)}.",
        { RandomSplits.Count: 0 } when WeakModelTables.Paper.IsOfPaper(panel.Data) => "The splits are ChemBench's, named by their seeds.",
        _ => "The splits are random, named by their seeds.",
    };

    internal static bool HasGap(PanelResult panel) => panel.Cells.Any(cell => cell is { StudentError: not null, StrongError: not null });

    private static string[] Gap(PanelResult panel, string cell) => HasGap(panel) ? [cell] : [];

    private static List<(string Name, Func<CellResult, double?> Of)> Known(PanelResult panel) =>
    [
        .. from measure in SummaryTable.Means
           where panel.Cells.Any(cell => measure.OfCell(cell) != null)
           select (measure.Name, measure.OfCell),
    ];

    private static string Count(long number) => number.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary>The lines below the cells; of one cell there is nothing to sum up.</summary>
    private static IEnumerable<(string Name, Func<IReadOnlyList<double>, double> Sum)> Footers(int cells) =>
        cells < 2 ? [] : [("mean", values => values.Average()), ("std", values => Spread.Of(values)?.StandardDeviation ?? double.NaN)];

    private static IEnumerable<string> Columns(IEnumerable<double?[]> rows, Func<IReadOnlyList<double>, double> over)
    {
        var all = rows.ToList();
        return Enumerable.Range(0, all[0].Length).Select(
            column => NumberText.Measure(all.All(row => row[column] != null) ? over([.. all.Select(row => row[column]!.Value)]) : null));
    }

    internal static readonly IReadOnlyList<string> HealthHeaders =
        ["role", "health", "what it is", "steps", "last loss", "alive units", "effective rank", "explained"];

    /// <summary>Whether a representation has collapsed, and by what one sees it.</summary>
    internal static IReadOnlyList<string> Health(PanelResult.Representation representation) =>
    [
        representation.Role,
        representation.Collapsed ? "COLLAPSED" : representation.AliveUnits == null ? NumberText.Nothing : "healthy",
        representation.Description, Count(representation.Steps),
        NumberText.Measure(representation.Loss), PanelFindings.AliveUnits(representation),
        NumberText.Measure(representation.EffectiveRank), NumberText.Percent(representation.Explained),
    ];
}
