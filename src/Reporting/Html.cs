using System.Net;

namespace W2S.Reporting;

/// <summary>Pieces of HTML; all text that comes from data is escaped here.</summary>
internal static class Html
{
    /// <summary>Text as it stands: names, paths, addresses, code.</summary>
    internal static string Escape(string text) => WebUtility.HtmlEncode(text);

    /// <summary>Text to be read, whose numbers have real minus signs.</summary>
    internal static string Text(string text) => Escape(NumberText.Typeset(text));

    /// <summary>A table that scrolls by itself where the screen is narrower; the first <paramref name="texts"/> columns are text, the rest numbers.</summary>
    /// <param name="texts">Null: the columns up to the first that holds nothing but numbers, and at least one.</param>
    internal static string Table(TextTable table, int? texts = null)
    {
        texts ??= Math.Max(1, Enumerable.Range(0, table.Headers.Count).TakeWhile(column => !table.IsOfNumbers(column)).Count());
        var html = new StringBuilder("<div class=\"wide\"><table>\n<thead><tr>");
        for (var column = 0; column < table.Headers.Count; column++) html.Append($"<th scope=\"col\"{Class(column)}>{Text(table.Headers[column])}</th>");
        html.Append("</tr></thead>\n<tbody>\n");
        foreach (var row in table.Rows)
        {
            html.Append("<tr>");
            for (var column = 0; column < row.Count; column++) html.Append($"<td{Class(column)}>{Text(row[column])}</td>");
            html.Append("</tr>\n");
        }
        return html.Append("</tbody></table></div>\n").ToString();

        string Class(int column) => column < texts ? "" : " class=\"number\"";
    }

    /// <summary>Something to unfold.</summary>
    internal static string Folded(string summary, string content) => $"<details><summary>{Text(summary)}</summary>\n{content}</details>\n";

    internal static string Code(string text) => $"<pre><code>{Escape(text)}</code></pre>\n";

    internal static string List(IEnumerable<string> items, string attributes = "") =>
        $"<ul{attributes}>\n{string.Concat(items.Select(item => $"<li>{Text(item)}</li>\n"))}</ul>\n";

    /// <summary>What must not be overlooked, as sentences; nothing where there is none.</summary>
    internal static string Alarms(IEnumerable<string> sentences) => sentences.ToList() is { Count: > 0 } alarms ? List(alarms, " class=\"alarm\"") : "";

    /// <summary>A plot in its own box, as wide as reads well, with its caption below.</summary>
    internal static string Plot(string svg, string caption = "") =>
        $"<figure class=\"plot\">\n{svg}{(caption == "" ? "" : $"<figcaption>{Text(caption)}</figcaption>\n")}</figure>\n";

    /// <summary>A drawing in its own box, with the name that a link can jump to it by.</summary>
    internal static string Figure(string svg, string attributes = "") => $"<figure{attributes}>\n{svg}</figure>\n";
}
