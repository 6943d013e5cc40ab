namespace W2S.Reporting;

/// <summary>What a report says beside the results.</summary>
/// <param name="Command">The command that makes this study again.</param>
/// <param name="Finished">When it was made; null leaves the date out.</param>
public sealed record ReportContext(string Command, DateTimeOffset? Finished = null)
{
    private const string CommandFile = "command.txt";

    /// <summary>The command that made the run in a folder, where the folder keeps it, or else another one.</summary>
    internal static ReportContext OfRun(string folder, string command) =>
        new(Path.Combine(folder, CommandFile) is var path && File.Exists(path) ? File.ReadAllText(path).TrimEnd() : command);

    /// <summary>Leaves the command in command.txt beside the results, so that the report can be made again with it.</summary>
    internal void KeepCommand(string folder) => AtomicFile.WriteAllText(Path.Combine(folder, CommandFile), Command + "\n");
}

/// <summary>What every report has around its contents: the document, the style, and how to make it again.</summary>
internal static class HtmlPage
{
    /// <param name="title">Of the browser's tab; text.</param>
    /// <param name="body">HTML.</param>
    /// <param name="files">Beside the page, with what each is; those that there are in every run go without saying elsewhere.</param>
    internal static string Write(
        string title, string body, ReportContext context, params IReadOnlyList<(string Name, string Content)> files) => $"""
        <!DOCTYPE html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <title>{Html.Escape(title)}</title>
        <style>
        {Css}
        </style>
        </head>
        <body>
        {body}{Files(files)}<section>
        <h2>Make it again</h2>
        {Html.Code(context.Command)}<p class="muted">The numbers depend on the settings and seeds alone, times aside; every digit of them is in the files beside this page.</p>
        </section>
        </body>
        </html>

        """;

    /// <summary>" Finished 2026-01-02 03:04 UTC+00:00.", or empty.</summary>
    internal static string Finished(ReportContext context) =>
        context.Finished is { } finished ? $" Finished {finished.ToString("yyyy-MM-dd HH:mm 'UTC'zzz", CultureInfo.InvariantCulture)}." : "";

    /// <summary>How sure the means are, and what that is of; nothing where nothing has an interval.</summary>
    internal static string Intervals(IReadOnlyList<PanelResult> panels) =>
        IntervalTable.Of(panels, errors: true) is { } table
            ? $"{Html.Table(table)}<p class=\"muted\">{Html.Text(IntervalTable.InWords(panels))}</p>\n"
            : "";

    private static string Files(IReadOnlyList<(string Name, string Content)> files) => files.Count == 0 ? "" : $"""
        <section>
        <h2>Files</h2>
        <ul>
        {string.Concat(files.Select(Link))}</ul>
        </section>

        """;

    private static string Link((string Name, string Content) file) =>
        $"<li><a href=\"{Html.Escape(file.Name)}\">{Html.Escape(file.Name)}</a>: {Html.Escape(file.Content)}</li>\n";

    /// <summary>What a run of a study or a stage leaves beside its report.</summary>
    internal static IReadOnlyList<(string Name, string Content)> RunFiles(bool hasPlots = true) =>
    [
        ("rows.csv", "every task or split, every digit"),
        ("summary.json", "settings, statistics, representations and rows, for programs"),
        ("config.yaml", "the resolved settings"),
        ("metrics.jsonl", "the losses of training"),
        .. hasPlots ? [("plots/", "the figures as SVG; ./run.sh plot makes PDF and PNG for a paper, ./run.sh table its tables")]
            : Array.Empty<(string, string)>(),
    ];

    /// <summary>One column that suits a phone, light and dark, and paper.</summary>
    private const string Css = """
        :root { color-scheme: light dark; --ink: #222; --muted: #5c5c5c; --paper: #fff; --line: #d9d9d9; --shade: #f5f5f5; --accent: #0062a3; --alarm: #b34700; }
        @media (prefers-color-scheme: dark) {
          :root { --ink: #e6e6e6; --muted: #a8a8a8; --paper: #17191c; --line: #3a3d42; --shade: #22252a; --accent: #6db9ec; --alarm: #ff9d5c; }
        }
        * { box-sizing: border-box; }
        body { margin: 0 auto; padding: 1.5rem 1rem 4rem; max-width: 72rem; background: var(--paper); color: var(--ink);
          font: 16px/1.55 system-ui, -apple-system, "Segoe UI", "Helvetica Neue", Arial, sans-serif; }
        h1 { font-size: 1.7rem; line-height: 1.25; margin: 0 0 .5rem; }
        h2 { font-size: 1.3rem; margin: 2.5rem 0 .75rem; padding-top: .75rem; border-top: 1px solid var(--line); }
        h3 { font-size: 1rem; margin: 1.25rem 0 .5rem; }
        p, ul { max-width: 46rem; }
        a { color: var(--accent); }
        .muted { color: var(--muted); }
        .alarm { border-left: 4px solid var(--alarm); padding: .5rem 1rem; background: var(--shade); list-style: none; margin: 1rem 0; }
        .wide { overflow-x: auto; margin: .75rem 0; background:
          linear-gradient(to right, var(--paper) 30%, transparent) left / 2.5rem 100% no-repeat local,
          linear-gradient(to left, var(--paper) 30%, transparent) right / 2.5rem 100% no-repeat local,
          linear-gradient(to right, var(--line), transparent) left / .75rem 100% no-repeat scroll,
          linear-gradient(to left, var(--line), transparent) right / .75rem 100% no-repeat scroll; }
        table { border-collapse: collapse; font-size: .8125rem; font-variant-numeric: tabular-nums; white-space: nowrap; }
        th, td { padding: .3rem .5rem; text-align: left; border-bottom: 1px solid var(--line); }
        th { font-weight: 600; border-bottom: 2px solid var(--line); }
        td.number, th.number { text-align: right; }
        tbody tr:hover { background: var(--shade); }
        .grid { display: grid; gap: .75rem; grid-template-columns: repeat(auto-fit, minmax(min(19rem, 100%), 1fr)); }
        figure { margin: .75rem 0; }
        .grid figure { margin: 0; }
        .grid svg { width: 100%; }
        figure.plot svg { width: min(100%, 30rem); }
        figcaption { max-width: 30rem; font-size: .8125rem; line-height: 1.4; color: var(--muted); padding: .35rem .25rem 0; }
        .pair { display: grid; gap: .75rem; grid-template-columns: repeat(auto-fit, minmax(min(22rem, 100%), 1fr)); align-items: start; }
        .pair figure.plot { margin: 0; }
        figure.strip { overflow-x: auto; }
        figure.strip svg { min-width: 42rem; }
        svg { display: block; max-width: 100%; height: auto; }
        details { margin: .75rem 0; }
        summary { cursor: pointer; color: var(--accent); }
        pre { overflow-x: auto; background: var(--shade); padding: .75rem 1rem; border-radius: .4rem; font-size: .8125rem; line-height: 1.45; }
        @media print {
          body { max-width: none; font-size: 11pt; padding: 0; }
          figure, tr { break-inside: avoid; }
          .wide { overflow: visible; }
          table { font-size: 8pt; }
        }
        """;
}
