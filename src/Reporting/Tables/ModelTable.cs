namespace W2S.Reporting.Tables;

/// <summary>
/// How good each model is by the field's measures, means over cells: MSE, RMSE, MAE and R², or for classes accuracy,
/// cross-entropy, Brier score, calibration error and AUROC, with the student's agreement and gap recovered.
/// </summary>
internal static class ModelTable
{
    /// <summary>What the last two columns of classes mean.</summary>
    public const string OfClasses =
        "Agreement: how often the student answers as its teacher. PGR: the share of the gap in accuracy from weak model to ceiling "
        + "that the student recovers, median; in brackets, where there is no gap.";

    private static readonly (string Stage, string Name)[] Models =
        [(Stages.Weak, "weak"), (Stages.Student, "student"), (Stages.Strong, "ceiling")];

    private static readonly (string Measure, string Header, Func<double?, string> Text)[] Numbers =
    [
        ("mse", "MSE", NumberText.Measure), ("rmse", "RMSE", NumberText.Measure), ("mae", "MAE", NumberText.Measure),
        ("r2", "R²", NumberText.Ratio),
    ];

    private static readonly (string Measure, string Header, Func<double?, string> Text)[] Classes =
    [
        ("accuracy", "accuracy", NumberText.Ratio), ("cross_entropy", "cross-entropy", NumberText.Measure),
        ("brier", "Brier", NumberText.Measure), ("ece", "ECE", NumberText.Ratio), ("auroc", "AUROC", NumberText.Ratio),
    ];

    /// <summary>One row for each model of every panel (and seed) of Gaussian tasks with classes; null where there is none.</summary>
    public static TextTable? OfTasks(IReadOnlyList<PanelResult> panels)
    {
        var ofClasses = panels.Where(HasClasses).ToList();
        string[] Seed(string cell) => SummaryTable.HasSeveralSeeds(panels) ? [cell] : [];
        return ofClasses.Count == 0 ? null : new TextTable(
            ["panel", .. Seed("seed"), "model", .. Headers(ofClasses[0])],
            [
                .. from panel in ofClasses
                from model in Models
                where Measured(panel, model.Stage, "")
                select (string[])[panel.Name, .. Seed($"{panel.Seed}"), model.Name, .. Cells(panel, model.Stage, "")],
            ]);
    }

    /// <summary>One row for each model on the valid and the test part of a table.</summary>
    /// <param name="panels">Of one data set and seed, each with another weak representation.</param>
    public static TextTable OfParts(IReadOnlyList<PanelResult> panels) => new(
        ["weak model", "model", "part", .. Headers(panels[0])],
        [
            .. from panel in panels
            from model in Models
            from part in new[] { "valid", "test" }
            select (string[])[panel.Weak, model.Name, part, .. Cells(panel, model.Stage, part)],
        ]);

    internal static bool HasClasses(PanelResult panel) => panel.Options.Targets > 1;

    /// <summary>"accuracy, cross-entropy, Brier, ECE and AUROC".</summary>
    internal static string InWords(PanelResult panel) =>
        string.Join(", ", Columns(panel)[..^1].Select(column => column.Header)) + $" and {Columns(panel)[^1].Header}";

    /// <summary>The measures that panels like this one have of a model, and how each is written.</summary>
    internal static (string Measure, string Header, Func<double?, string> Text)[] Columns(PanelResult panel) =>
        HasClasses(panel) ? Classes : Numbers;

    /// <summary>As in "student_accuracy", "weak_valid_mse".</summary>
    internal static string Key(string stage, string part, string measure) =>
        part == "" ? $"{stage}_{measure}" : $"{stage}_{part}_{measure}";

    private static bool Measured(PanelResult panel, string stage, string part) =>
        panel.Cells.Any(cell => cell.Measure(Key(stage, part, Columns(panel)[0].Measure)) != null);

    private static IEnumerable<string> Headers(PanelResult panel) =>
        Columns(panel).Select(column => column.Header).Concat(HasClasses(panel) ? ["agreement", "PGR"] : []);

    private static IEnumerable<string> Cells(PanelResult panel, string stage, string part)
    {
        foreach (var column in Columns(panel))
            yield return column.Text(panel.Cells.Average(cell => cell.Measure(Key(stage, part, column.Measure))));
        if (!HasClasses(panel)) yield break;
        // The two are of the student; agreement is counted on the evaluation examples.
        var evaluated = part == "" || part == panel.Options.Evaluation.Part.ToString().ToLowerInvariant();
        yield return stage == Stages.Student && evaluated
            ? NumberText.Ratio(panel.Cells.Average(cell => cell.Measure("agreement")))
            : NumberText.Nothing;
        yield return stage == Stages.Student ? Recovered(panel, part) : NumberText.Nothing;
    }

    private static string Recovered(PanelResult panel, string part)
    {
        var gaps = GapRecovered.Of(panel.Cells.Select(cell =>
            (Accuracy(cell, Stages.Weak), Accuracy(cell, Stages.Student), Accuracy(cell, Stages.Strong))));
        return gaps.Defined == 0 ? NumberText.Nothing : $"{NumberText.Percent(gaps.Median)} ({gaps.Undefined})";

        double Accuracy(CellResult cell, string stage) => cell.Measure(Key(stage, part, "accuracy")) ?? double.NaN;
    }
}
