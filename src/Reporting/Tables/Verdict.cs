namespace W2S.Reporting.Tables;

/// <summary>What a study on a table comes to, in sentences: who gained how much, whether gain is misfit, which teacher the heuristic would
/// take.</summary>
internal static class Verdict
{
    // What is left of the labels' variance, or of the other error, where nothing is: a model as good as that has seen the labels.
    private const double Perfect = 1e-9;

    // A misfit of less than this share of the weak error is that of a student which can repeat its teacher.
    private const double Repeats = 1e-3;

    /// <param name="panels">Of one data set and seed, each with another weak representation.</param>
    public static IReadOnlyList<string> Of(IReadOnlyList<PanelResult> panels) =>
        [.. panels.Select(Gain), Basis(panels[0]), .. panels.Count > 1 ? [Choice(panels)] : Array.Empty<string>(),
            .. panels.SelectMany(Warnings).Distinct()];

    /// <summary>The table, fit for 80 columns with one space between.</summary>
    public static TextTable Table(IReadOnlyList<PanelResult> panels) => new(
        ["teacher", "weak", "student", "ceiling", "misfit", "gain", "gain/misfit", "PGR"],
        [.. panels.Select(IReadOnlyList<string> (panel) =>
        [
            Short(panel.Weak), .. WeakModelTables.MeansOf(panel), NumberText.Ratio(panel.Statistics().GainOverMisfit),
            NumberText.Percent(WeakModelTables.GapRecovered(panel)),
        ])]);

    /// <summary>How often models of classes are right and how well they know it; null where labels are numbers.</summary>
    public static TextTable? Classes(IReadOnlyList<PanelResult> panels)
    {
        var part = panels[0].Options.Evaluation.Part.ToString().ToLowerInvariant();
        if (panels[0].Cells.All(cell => cell.Measure($"weak_{part}_accuracy") == null)) return null;
        return new TextTable(
            ["teacher", "right: weak", "student", "ceiling", "ECE: weak", "student", "ceiling", "agreement"],
            [.. panels.Select(IReadOnlyList<string> (panel) =>
            [
                Short(panel.Weak), .. Stages.All.Select(stage => Ratio(panel, $"{stage}_{part}_accuracy")),
                .. Stages.All.Select(stage => Ratio(panel, $"{stage}_{part}_ece")), Ratio(panel, "agreement"),
            ])]);

        static string Ratio(PanelResult panel, string measure) => NumberText.Ratio(panel.Cells.Average(cell => cell.Measure(measure)));
    }

    private static string Gain(PanelResult panel)
    {
        var (gain, misfit, weak, student) = (Mean(panel, cell => cell.Gain), Mean(panel, cell => cell.Misfit),
            Mean(panel, cell => cell.WeakError), Mean(panel, cell => cell.StudentError));
        if (gain is not { } gained || misfit is not { } distance || !double.IsFinite(gained + distance))
            return $"{panel.Weak}: the errors are not finite, so that nothing can be said of the student.";
        var interval = IntervalOf(panel);
        var measured = SummaryTable.Bracketed(NumberText.Measure(gained), interval, NumberText.Measure);
        var certain = interval == null || interval.Low > 0 || interval.High < 0;
        var recovered = WeakModelTables.GapRecovered(panel);
        var gap = recovered != null && gained > 0 ? $", {NumberText.Percent(recovered)} of the way to its ceiling" : "";
        var change = $"{NumberText.Measure(weak)} → {NumberText.Measure(student)}";
        var verb = !certain ? "may or may not have gained on" : gained > 0 ? "gains on" : gained < 0 ? "loses against" : "is as good as";
        var ratio = gained / distance;
        if (distance <= Repeats * weak)
            return $"Taught by {panel.Weak}, {panel.Strong} repeats its teacher: error {change}, misfit {NumberText.Measure(distance)}. "
                + "Its features can say whatever the weak ones can, so that there is hardly anything to gain.";
        var law = ratio is >= 0.8 and <= 1.25 ? "Gain ≈ misfit, as the theory has it where the strong features can say the truth"
            : ratio > 1.25 ? "It gains more than its misfit"
            : ratio > 0 ? "It gains less than its misfit: not all that it changed was for the better"
            : "Its misfit is no gain: it unlearned what its teacher knew";
        return $"Taught by {panel.Weak}, {panel.Strong} {verb} its teacher: error {change}, gain {measured}{gap}. {law} "
            + $"(gain / misfit {NumberText.Ratio(ratio)}).";
    }

    /// <summary>What intervals are of, for they mean different things.</summary>
    private static string Basis(PanelResult panel)
    {
        var rows = panel.Examples.TryGetValue("evaluation", out var count) ? count : 0;
        var cells = panel.Cells.Count;
        var what = panel.Options.Folds > 0 ? "folds" : "splits";
        return cells == 1
            ? $"Intervals: 95 %, by bootstrap over the {rows.ToString("N0", CultureInfo.InvariantCulture)} evaluation rows of the one "
                + "split; of these models, not of others."
            : $"Intervals: 95 %, by bootstrap over the {cells} {what}{(panel.Options.Folds > 0 ? "" : ", which share rows")}; "
                + "with so few they are rough.";
    }

    private static string Choice(IReadOnlyList<PanelResult> panels)
    {
        var choice = WeakModelChoice.Of(panels);
        var student = choice.PickWasBest
            ? $"and its student is the best of {choice.Rows.Count}"
            : $"whose student is number {choice.PickRank} of {choice.Rows.Count}; the best is that of {choice.Best.Weak}";
        return $"The heuristic (least weak error − misfit) would take {choice.Pick.Weak} for a teacher, {student}.";
    }

    private static IEnumerable<string> Warnings(PanelResult panel)
    {
        var (weak, strong) = (Mean(panel, cell => cell.WeakError), Mean(panel, cell => cell.StrongError));
        var scale = Math.Max(Math.Abs(weak ?? 0), Math.Abs(Mean(panel, cell => cell.StudentError) ?? 0));
        if (IsPerfect(panel, Stages.Strong, strong, scale)) yield return Leak("ceiling", panel.Strong);
        if (IsPerfect(panel, Stages.Weak, weak, strong ?? 0)) yield return Leak("weak model", panel.Weak);
        if (strong >= weak && strong > 0)
            yield return $"Careful: on true labels {panel.Strong} ({NumberText.Measure(strong)}) is no better than {panel.Weak} "
                + $"({NumberText.Measure(weak)}); it is hardly the stronger one here.";

        static string Leak(string model, string features) =>
            $"Careful: the {model} on {features} makes no errors. Do these features contain the label?";
    }

    private static bool IsPerfect(PanelResult panel, string stage, double? error, double scale)
    {
        var part = panel.Options.Evaluation.Part.ToString().ToLowerInvariant();
        var explained = panel.Cells.Average(cell => cell.Measure($"{stage}_{part}_r2"));
        return explained != null ? 1 - explained <= Perfect : error is { } some && some <= Perfect * scale;
    }

    /// <summary>The middle 95 % of the mean gain.</summary>
    internal static Interval? IntervalOf(PanelResult panel)
    {
        if (panel.Cells is [var only]) return only.Intervals?.Gain;
        var gains = panel.Cells.Select(cell => cell.Gain ?? double.NaN).ToArray();
        return Interval.OfMean(gains, panel.Seed);
    }

    private static double? Mean(PanelResult panel, Func<CellResult, double?> measure) => panel.Cells.Average(measure);

    /// <summary>A name that leaves room for the numbers.</summary>
    private static string Short(string name) => name.Length <= 18 ? name : $"{name[..8]}…{name[^9..]}";
}
