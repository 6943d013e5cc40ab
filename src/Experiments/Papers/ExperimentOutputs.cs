using System.Globalization;
using System.Text.Json;
using CsvHelper;
using W2S.Data;

namespace W2S.Experiments.Papers;

/// <summary>Experiments that were run together.</summary>
/// <param name="Folder">Of the run.</param>
public sealed record ExperimentResults(string Folder, IReadOnlyList<ExperimentResult> Experiments);

/// <summary>
/// What experiments leave in their folder: for each NAME/rows.csv (and its other tables) and NAME/plots/, and for all report.html,
/// command.txt and last summary.json, whose presence says that the run is finished.
/// </summary>
internal static class ExperimentOutputs
{
    private const int Version = 1;

    public static void Write(ExperimentResults results, ReportContext context)
    {
        foreach (var result in results.Experiments)
        {
            var folder = Path.Combine(results.Folder, result.Name);
            foreach (var table in result.Rows.GroupBy(row => row.Table)) AtomicFile.WriteAllText(Path.Combine(folder, $"{table.Key}.csv"),
                Csv([.. table]));
            var plots = Directory.CreateDirectory(Path.Combine(folder, StudyOutputs.Plots)).FullName;
            foreach (var exhibit in result.Finding.Exhibits)
                foreach (var (index, figure) in exhibit.Figures.Index())
                    AtomicFile.WriteAllText(Path.Combine(plots, exhibit.Figures.Count == 1 ? $"{exhibit.Name}.svg"
                        : $"{exhibit.Name}-{index + 1}.svg"), figure);
        }
        AtomicFile.WriteAllText(Path.Combine(results.Folder, StudyOutputs.Report), Page(results, context));
        CommandFile.Write(results.Folder, context.Command);
        AtomicFile.WriteAllText(Path.Combine(results.Folder, SummaryFile.FileName), Summary(results));
    }

    /// <summary>One page: what each experiment found, and what shows it.</summary>
    public static string Page(ExperimentResults results, ReportContext context) => HtmlPage.Write(
        $"Weak-to-strong generalisation: {string.Join(", ", results.Experiments.Select(result => result.Name))}", $"""
        <h1>What weak-to-strong generalisation can and cannot do</h1>
        <p>Experiments after arXiv 2502.01458 and its relatives. The statements of that paper could not be had word for word: every setting here is our own choice,
        and no number is a paper's.{Html.Escape(HtmlPage.Finished(context))} Intervals are Student's 95 % over seeds.</p>
        {Html.List(results.Experiments.Select(result => $"{result.Name}: {result.Sentences}"))}
        {string.Concat(results.Experiments.Select(Section))}
        """, context);

    private static string Section(ExperimentResult result) => $"""
        <section id="{Html.Escape(result.Name)}">
        <h2>{Html.Escape($"{result.Name} · {result.Experiment.Title}")}</h2>
        <p>{Html.Escape(result.Sentences)}</p>
        <p class="muted">The claim. {Html.Escape(result.Experiment.Claim)} {Html.Escape(Size(result))}</p>
        {string.Concat(result.Finding.Exhibits.Select(Show))}{Html.Folded("Settings of the first study", Html.Code(ConfigurationWriter.Write(result.Studies[0])))}</section>

        """;

    private static string Show(Exhibit exhibit)
    {
        var figures = string.Concat(exhibit.Figures.Select(figure => Html.Figure(figure)));
        return $"<p>{Html.Escape(exhibit.Caption)}</p>\n"
            + (exhibit.Figures.Count > 1 ? $"<div class=\"grid\">\n{figures}</div>\n" : figures)
            + (exhibit.Table is { } table ? Html.Table(table) : "");
    }

    private static string Size(ExperimentResult result) =>
        $"{result.Studies.Count} studies, {result.Studies.Select(study => study.Seed).Distinct().Count()} seeds, {result.Rows.Count(row => row.Table == Row.Main)} rows.";

    private static string Csv(IReadOnlyList<Row> rows)
    {
        List<string> columns = [.. rows.SelectMany(row => row.Cells.Keys).Distinct()];
        using var text = new StringWriter(CultureInfo.InvariantCulture);
        using (var csv = CsvWriter.Create(text, new CsvWriterOptions { NewLine = "\n" }, leaveOpen: true))
        {
            csv.WriteRecord([.. columns]);
            foreach (var row in rows) csv.WriteRecord([.. columns.Select(column => row.Cells.GetValueOrDefault(column, ""))]);
        }
        return text.ToString();
    }

    private static string Summary(ExperimentResults results) => JsonSerializer.Serialize(
        new
        {
            format = SummaryFile.ExperimentsFormat,
            version = Version,
            experiments = results.Experiments.Select(result => new
            {
                name = result.Name,
                title = result.Experiment.Title,
                claim = result.Experiment.Claim,
                found = result.Sentences,
                studies = result.Studies.Count,
                seeds = result.Studies.Select(study => study.Seed).Distinct().Count(),
                rows = result.Rows.Count,
            }),
        }, Indented) + "\n";

    private static readonly JsonSerializerOptions Indented = new()
    {
        WriteIndented = true, NewLine = "\n", Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };
}
