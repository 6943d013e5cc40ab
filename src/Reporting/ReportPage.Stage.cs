namespace W2S.Reporting;

// Of a single stage, and of a representation.
internal static partial class ReportPage
{
    /// <summary>report.html of a single stage: what it used, what it measured, and how to make it again.</summary>
    /// <param name="loss">The plot of the training loss; null where nothing was trained.</param>
    /// <param name="configuration">The folder's config.yaml.</param>
    internal static string OfStage(Result run, string? loss, string configuration, ReportContext context)
    {
        var (panel, heading) = (run.Panel, Heading(run));
        var made = $"{StageTables.Protocol(run)} Work: {NumberText.Duration(panel.Seconds)}; what earlier runs had finished was used again "
            + $"and is not counted.{Html.Finished(context)}";
        var representations = new TextTable(StageTables.HealthHeaders, [.. panel.Representations.Select(StageTables.Health)]);
        return Html.Page($"{heading}, seed {panel.Seed}", $"""
            <h1>{Html.Text(heading)}</h1>
            <p>{Html.Text(made)}</p>
            {Html.Alarms(panel.Alarms().Select(alarm => $"{char.ToUpperInvariant(alarm[0])}{alarm[1..]}"))}<h2>What was measured</h2>
            {(panel.Options.IsGaussian ? MeasuredTasks(run) : MeasuredSplits(run))}<h2>What was used</h2>
            {Html.Table(Parts(run), 2)}{(loss == null ? "" : Html.Plot(loss))}<h3>Representations on the evaluation sample</h3>
            {Html.Table(representations, 3)}{Html.Folded("Resolved configuration", Html.Code(configuration))}
            """, context, Html.RunFiles(hasPlots: loss != null || run.MeasuresGain));
    }

    private static string MeasuredTasks(Result run)
    {
        var panel = run.Panel;
        var tasks = Html.Folded(Counted.AllOf(panel.Cells.Count, "task"), Html.Table(StageTables.Cells(panel), 0));
        var measured = $"{StudyText.Errors(panel.Options)} on fresh samples, means over the tasks.{Explanation(run)}";
        return $"""
            {Html.Table(StageTables.Means(run), 0)}<p class="muted">{measured}</p>
            {Html.Intervals([panel])}{Classes([panel])}{(run.MeasuresGain ? Html.Plot(Figure(run)) : "")}{tasks}
            """;
    }

    private static string MeasuredSplits(Result run)
    {
        var gains = !run.MeasuresGain ? "" : $"{Html.Table(StageTables.Gains(run))}<p class=\"muted\">{StageTables.Gained(run.Panel)}."
            + $"{Explanation(run)}</p>\n{Html.Plot(Figure(run))}";
        return $"""
            {gains}<h3>Errors of {Model(run.Stage)}</h3>
            {Html.Table(StageTables.Errors(run), 2)}<p class="muted">{Html.Text(StageTables.Units(run))}</p>
            {Html.Intervals([run.Panel])}

            """;
    }

    /// <summary>Named after what it compared rather than after a panel of the paper.</summary>
    internal static ScatterFigure Figure(Result run)
    {
        var panel = run.Panel;
        var figure = panel.Options.IsGaussian ? PanelFigures.Of(panel) : PanelFigures.OfTable([panel]);
        return figure with { Title = $"Weak {Description("weak")}, strong {Description("strong")}, seed {panel.Seed}" };

        string Description(string role) => panel.Representations.FirstOrDefault(representation => representation.Role == role) is { } found
            ? panel.Options.IsGaussian ? found.Description : found.Name
            : "unknown";
    }

    private static string Heading(Result run)
    {
        var on = run.Panel.Options.IsGaussian ? "" : $" on {run.Panel.DataTitle}";
        return run.Stage switch
        {
            Stages.Weak => $"Weak model{on}: heads on the weak representation, taught the truth",
            Stages.Student => $"Student{on}: heads on the strong representation, taught by the weak model",
            Stages.Strong => $"Ceiling{on}: heads on the strong representation, taught the truth",
            _ => $"Evaluation of a student{on}",
        };
    }

    private static string Model(string stage) =>
        stage switch { Stages.Weak => "the weak model", Stages.Strong => "the ceiling", _ => "the student" };

    private static string Explanation(Result run) => !run.MeasuresGain ? "" :
        " Gain is weak error − student error, misfit the distance of the student from the weak model; slope and corr say how gain follows "
            + "misfit (arXiv 2405.15116 expects 1)."
        + (StageTables.HasGap(run.Panel)
            ? " PGR, the performance gap recovered, is gain / (weak error − ceiling), median over the tasks that have such a gap."
            : "");

    private static TextTable Parts(Result run) => new(
        ["part", "how", "steps", "last loss", "folder"],
        [.. run.Parts!.Select(IReadOnlyList<string> (part) =>
        [
            part.Name, part.How, part.Steps == 0 ? NumberText.Nothing : Count(part.Steps), NumberText.Measure(part.Loss),
            part.Folder == null ? NumberText.Nothing : Path.GetRelativePath(run.Folder, part.Folder),
        ])]);

    /// <summary>report.html of a representation.</summary>
    /// <param name="loss">The plot of the training loss.</param>
    /// <param name="configuration">The folder's config.yaml.</param>
    internal static string OfRepresentation(MlpStore.Summary summary, string loss, string configuration, ReportContext context)
    {
        var cells = new TextTable(
            ["parameters", "steps", "epochs", "last loss"],
            [[Count(summary.Parameters), Count(summary.Steps), NumberText.Exact(summary.Epochs), NumberText.Measure(summary.Loss)]]);
        const string collapse = "Whether it has collapsed shows where heads are fitted on it: in the reports of the stages.";
        var made = $"Trained so that frozen, known heads on it predict the pretraining tasks; seed {summary.Seed}. "
            + $"Engine: {summary.Engine}.{Html.Finished(context)}";
        return Html.Page($"Representation {summary.Description}, seed {summary.Seed}", $"""
            <h1>Representation, {Html.Text(summary.Description)}</h1>
            <p>{Html.Text(made)}</p>
            {Html.Table(cells, 0)}{Html.Plot(loss)}<p class="muted">{collapse}</p>
            {Html.Folded("Resolved configuration", Html.Code(configuration))}
            """, context, [.. Html.RunFiles().Where(file => file.Name != "rows.csv")]);
    }

    private static string Count(long number) => number.ToString("N0", CultureInfo.InvariantCulture);
}
