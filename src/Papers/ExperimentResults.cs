using System.Text.Json;

namespace W2S.Papers;

/// <summary>
/// Experiments that were run together, and what they leave in their folder: for each NAME/rows.csv (and its other tables) and
/// NAME/plots/, and for all report.html, command.txt and last summary.json, whose presence says that the run is finished.
/// </summary>
/// <param name="Folder">Of the run.</param>
internal sealed record ExperimentResults(string Folder, IReadOnlyList<Experiment.Result> Experiments)
{
    /// <summary>Between the settings of one experiment and the next in a run's config.yaml, which are documents of YAML.</summary>
    internal const string Separator = "---\n";

    private const int Version = 1;

    public void Write(ReportContext context)
    {
        foreach (var result in Experiments)
            foreach (var table in result.Rows.GroupBy(row => row.Table))
                AtomicFile.WriteAllText(Path.Combine(Folder, result.Name, $"{table.Key}.csv"), Csv([.. table]));
        Show(context);
        context.KeepCommand(Folder);
        AtomicFile.WriteAllText(Path.Combine(Folder, SummaryFile.FileName), Summary());
    }

    /// <summary>Remakes figures and page of a finished run from its rows; nothing is measured.</summary>
    /// <exception cref="UserErrorException">The folder's files were cut short or edited, or a table is absent.</exception>
    public static ExperimentResults Remake(string folder, ReportContext context)
    {
        var results = Read(folder);
        results.Show(context);
        return results;
    }

    /// <summary>What a finished run found, from summary.json, config.yaml and the tables.</summary>
    private static ExperimentResults Read(string folder)
    {
        var path = Path.Combine(folder, SummaryFile.FileName);
        var summaries = SummaryFile.Read(path, SummaryFile.ExperimentsFormat, Version,
            root => root.Deserialize<StoredResults>(Indented)!.Experiments);
        var settings = RunFolder.ReadConfiguration(folder).Split(Separator);
        if (settings.Length != summaries.Count)
            throw new UserErrorException($"{folder} has settings of {settings.Length} experiments in {RunFolder.ConfigurationFile} and "
                + $"results of {summaries.Count} in {SummaryFile.FileName}: one of them was edited. Run the command again that made it.");
        return new ExperimentResults(folder,
        [
            .. summaries.Zip(settings, (stored, own) => new Experiment.Result(
                stored.Name, Limits.Find(stored.Experiment, path), own, stored.Studies, stored.Seeds,
                Rows(Path.Combine(folder, stored.Name)))),
        ]);
    }

    private static IReadOnlyList<Row> Rows(string folder)
    {
        var tables = Directory.Exists(folder) ? Directory.GetFiles(folder, "*.csv").Order(StringComparer.Ordinal).ToArray() : [];
        if (!tables.Contains(Path.Combine(folder, $"{Row.Main}.csv")))
            throw new UserErrorException($"There is no {Path.Combine(folder, $"{Row.Main}.csv")}, which has what was measured: run the "
                + "command again that made it; what its points have is not measured again.");
        return [.. tables.SelectMany(Table)];

        static IEnumerable<Row> Table(string file)
        {
            var columns = CsvTable.Header(file);
            return CsvTable.Read(file, columns).Rows.Select(cells => columns.Zip(cells)
                .Aggregate(new Row(Path.GetFileNameWithoutExtension(file)), (row, cell) => row.With(cell.First, cell.Second)));
        }
    }

    private void Show(ReportContext context)
    {
        foreach (var result in Experiments)
        {
            var plots = Directory.CreateDirectory(Path.Combine(Folder, result.Name, StudyOutputs.Plots)).FullName;
            foreach (var exhibit in result.Finding.Exhibits)
                foreach (var (index, figure) in exhibit.Figures.Index())
                    AtomicFile.WriteAllText(Path.Combine(plots, exhibit.Figures.Count == 1 ? $"{exhibit.Name}.svg"
                        : $"{exhibit.Name}-{index + 1}.svg"), figure);
        }
        AtomicFile.WriteAllText(Path.Combine(Folder, StudyOutputs.Report), Page(context));
    }

    private const string Ours =
        "The statements of that paper could not be had word for word: every setting here is our own choice";

    /// <summary>One page: what each experiment found, and what shows it.</summary>
    internal string Page(ReportContext context) => Html.Page(
        $"Weak-to-strong generalisation: {string.Join(", ", Experiments.Select(result => result.Name))}", $"""
        <h1>What weak-to-strong generalisation can and cannot do</h1>
        <p>Experiments after arXiv 2502.01458 and its relatives. {Ours},
        and no number is a paper's.{Html.Text(Html.Finished(context))} Intervals are Student's 95 % over seeds.</p>
        {Html.List(Experiments.Select(result => $"{result.Name}: {result.Sentences}"))}
        {string.Concat(Experiments.Select(Section))}
        """, context,
        [
            .. Experiments.SelectMany(result => Tables(result).Select(table => (
                $"{result.Name}/{table}.csv", table == Row.Main ? "what was measured, a row for each point" : "more of it"))),
            (SummaryFile.FileName, "what is said of each experiment, for programs"), (RunFolder.ConfigurationFile, "the settings"),
        ]);

    /// <summary>Names of its tables, the main one first.</summary>
    private static IEnumerable<string> Tables(Experiment.Result result) =>
        result.Rows.Select(row => row.Table).Distinct().OrderBy(table => table != Row.Main).ThenBy(table => table, StringComparer.Ordinal);

    private static string Section(Experiment.Result result) => $"""
        <section id="{Html.Escape(result.Name)}">
        <h2>{Html.Text($"{result.Name} · {result.Experiment.Title}")}</h2>
        <p>{Html.Text(result.Sentences)}</p>
        <p class="muted">The claim. {Html.Text(result.Experiment.Claim)} {Html.Text(Size(result))}</p>
        {string.Concat(result.Finding.Exhibits.Select(Drawn))}{Settings(result)}</section>

        """;

    private static string Settings(Experiment.Result result) =>
        Html.Folded("Settings of the first study", Html.Code(result.Settings));

    private static string Drawn(Experiment.Exhibit exhibit)
    {
        var figures = string.Concat(exhibit.Figures.Select(figure => Html.Figure(figure)));
        return $"<p>{Html.Text(exhibit.Caption)}</p>\n"
            + (exhibit.Figures.Count > 1 ? $"<div class=\"grid\">\n{figures}</div>\n" : figures)
            + (exhibit.Table is { } table ? Html.Table(table) : "");
    }

    private static string Size(Experiment.Result result) =>
        $"{Counted.Of(result.Studies, "study", "studies")}, {Counted.Of(result.Seeds, "seed")}, "
            + $"{Counted.Of(result.Rows.Count(row => row.Table == Row.Main), "row")}.";

    private static string Csv(IReadOnlyList<Row> rows)
    {
        List<string> columns = [.. rows.SelectMany(row => row.Cells.Keys).Distinct()];
        return CsvTable.Write(
            [[.. columns], .. rows.Select(row => (string[])[.. columns.Select(column => row.Cells.GetValueOrDefault(column, ""))])]);
    }

    private string Summary() => JsonSerializer.Serialize(
        new StoredResults(SummaryFile.ExperimentsFormat, Version, [.. Experiments.Select(result => new StoredResult(
            result.Name, result.Experiment.Name, result.Experiment.Title, result.Experiment.Claim, result.Sentences, result.Studies,
            result.Seeds, result.Rows.Count))]), Indented) + "\n";

    private static readonly JsonSerializerOptions Indented = new()
    {
        WriteIndented = true, NewLine = "\n", Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower, RespectRequiredConstructorParameters = true,
    };

    private sealed record StoredResults(string Format, int Version, IReadOnlyList<StoredResult> Experiments);

    /// <param name="Name">Of the file and the folder.</param>
    /// <param name="Experiment">Which of <see cref="Limits.All"/> measured it.</param>
    private sealed record StoredResult(
        string Name, string Experiment, string Title, string Claim, string Found, int Studies, int Seeds, int Rows);
}
