using System.Net;

namespace W2S.Reporting;

/// <summary>Pieces of HTML, and the page around them; all text that comes from data is escaped here.</summary>
internal static class Html
{
    /// <summary>Text as it stands: names, paths, addresses, code.</summary>
    internal static string Escape(string text) => WebUtility.HtmlEncode(text);

    /// <summary>Text to be read, whose numbers have real minus signs.</summary>
    internal static string Text(string text) => Escape(NumberText.Typeset(text));

    /// <summary>
    /// A table that scrolls by itself where the screen is narrower; the first <paramref name="texts"/> columns are text, the rest numbers.
    /// </summary>
    /// <param name="texts">Null: the columns up to the first that holds nothing but numbers, and at least one.</param>
    internal static string Table(TextTable table, int? texts = null)
    {
        texts ??= Math.Max(1, Enumerable.Range(0, table.Headers.Count).TakeWhile(column => !table.IsOfNumbers(column)).Count());
        return $"""
            <div class="wide"><table>
            <thead><tr>{Line(table.Headers, "th", " scope=\"col\"")}</tr></thead>
            <tbody>
            {string.Concat(table.Rows.Select(row => $"<tr>{Line(row, "td", "")}</tr>\n"))}</tbody></table></div>

            """;

        string Line(IReadOnlyList<string> cells, string tag, string scope) => string.Concat(cells.Select((cell, column) =>
            $"<{tag}{scope}{(column < texts ? "" : " class=\"number\"")}>{Text(cell)}</{tag}>"));
    }

    /// <summary>Something to unfold.</summary>
    internal static string Folded(string summary, string content) => $"<details><summary>{Text(summary)}</summary>\n{content}</details>\n";

    internal static string Code(string text) => $"<pre><code>{Escape(text)}</code></pre>\n";

    internal static string List(IEnumerable<string> items, string attributes = "") =>
        $"<ul{attributes}>\n{string.Concat(items.Select(item => $"<li>{Text(item)}</li>\n"))}</ul>\n";

    /// <summary>What must not be overlooked, as sentences; nothing where there is none.</summary>
    internal static string Alarms(IEnumerable<string> sentences) =>
        sentences.ToList() is { Count: > 0 } alarms ? List(alarms, " class=\"alarm\"") : "";

    /// <summary>A plot in its own box, as wide as reads well, with its caption below.</summary>
    internal static string Plot(string svg, string caption = "") =>
        $"<figure class=\"plot\">\n{svg}{(caption == "" ? "" : $"<figcaption>{Text(caption)}</figcaption>\n")}</figure>\n";

    internal static string Plot(ScatterFigure figure) => Plot(ScatterPlot.Draw(figure), figure.Caption);

    /// <summary>A drawing in its own box, with the name that a link can jump to it by.</summary>
    internal static string Figure(string svg, string attributes = "") => $"<figure{attributes}>\n{svg}</figure>\n";

    /// <summary>What every report has around its contents: the document, the style, and how to make it again.</summary>
    /// <param name="title">Of the browser's tab; text.</param>
    /// <param name="body">HTML.</param>
    /// <param name="files">Beside the page, with what each is; those that there are in every run go without saying elsewhere.</param>
    internal static string Page(
        string title, string body, ReportContext context, params IReadOnlyList<(string Name, string Content)> files) => $"""
        <!DOCTYPE html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <title>{Escape(title)}</title>
        <style>
        {Css}
        </style>
        </head>
        <body>
        {body}{Files(files)}<section>
        <h2>Make it again</h2>
        {Code(context.Command)}<p class="muted">{OfNumbers}</p>
        </section>
        </body>
        </html>

        """;

    private const string OfNumbers = "The numbers depend on the settings and seeds alone, times aside; every digit of them is in the files "
        + "beside this page.";

    /// <summary>" Finished 2026-01-02 03:04 UTC+00:00.", or empty.</summary>
    internal static string Finished(ReportContext context) =>
        context.Finished is { } finished
            ? $" Finished {finished.ToString("yyyy-MM-dd HH:mm 'UTC'zzz", CultureInfo.InvariantCulture)}."
            : "";

    /// <summary>How sure the means are, and what that is of; nothing where nothing has an interval.</summary>
    internal static string Intervals(IReadOnlyList<PanelResult> panels) =>
        IntervalTable.Of(panels, errors: true) is { } table
            ? $"{Table(table)}<p class=\"muted\">{Text(IntervalTable.InWords(panels))}</p>\n"
            : "";

    private static string Files(IReadOnlyList<(string Name, string Content)> files) => files.Count == 0 ? "" : $"""
        <section>
        <h2>Files</h2>
        <ul>
        {string.Concat(files.Select(Link))}</ul>
        </section>

        """;

    private static string Link((string Name, string Content) file) =>
        $"<li><a href=\"{Escape(file.Name)}\">{Escape(file.Name)}</a>: {Escape(file.Content)}</li>\n";

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

    private const string
        Light = "--ink: #222; --muted: #5c5c5c; --paper: #fff; --line: #d9d9d9; --shade: #f5f5f5; --accent: #0062a3; --alarm: #b34700;",
        Dark =
            "--ink: #e6e6e6; --muted: #a8a8a8; --paper: #17191c; --line: #3a3d42; --shade: #22252a; --accent: #6db9ec; --alarm: #ff9d5c;",
        SmallText = "font-size: .8125rem;";

    /// <summary>One column that suits a phone, light and dark, and paper.</summary>
    private const string Css = $$"""
        :root { color-scheme: light dark; {{Light}} }
        @media (prefers-color-scheme: dark) {
          :root { {{Dark}} }
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
        pre { overflow-x: auto; background: var(--shade); padding: .75rem 1rem; border-radius: .4rem; {{SmallText}} line-height: 1.45; }
        @media print {
          body { max-width: none; font-size: 11pt; padding: 0; }
          figure, tr { break-inside: avoid; }
          .wide { overflow: visible; }
          table { font-size: 8pt; }
        }
        """;
}
