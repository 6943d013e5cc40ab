using System.Text.RegularExpressions;

namespace W2S.Reporting.Tables;

/// <summary>A table whose cells are already text, for every place that shows tables: console, Markdown and HTML.</summary>
internal sealed partial record TextTable(IReadOnlyList<string> Headers, IReadOnlyList<IReadOnlyList<string>> Rows)
{
    /// <summary>Whether every cell of a column begins as a number does, or says that there is none.</summary>
    public bool IsOfNumbers(int column)
    {
        var cells = Rows.Select(row => row[column]).Where(cell => cell is not ("" or NumberText.Nothing)).ToList();
        return cells.Count > 0 && cells.All(cell => char.IsAsciiDigit(cell.TrimStart('-', '−', '+').FirstOrDefault()));
    }

    /// <summary>A GitHub table, its columns padded so that the source is readable too.</summary>
    public string ToMarkdown()
    {
        var lines = Rows.Prepend(Headers).Select(row => row.Select(cell => cell.Replace("|", "\\|")).ToArray()).ToArray();
        var widths = Enumerable.Range(0, Headers.Count).Select(column => Math.Max(3, lines.Max(line => line[column].Length))).ToArray();
        var markdown = new StringBuilder();
        AppendLine(lines[0]);
        AppendLine([.. widths.Select(width => new string('-', width))]);
        foreach (var line in lines.Skip(1)) AppendLine(line);
        return markdown.ToString();

        void AppendLine(string[] cells) =>
            markdown.Append("| ").AppendJoin(" | ", cells.Select((cell, column) => cell.PadRight(widths[column]))).Append(" |\n");
    }

    /// <summary>
    /// LaTeX's tabular with the rules of the package booktabs; every character that means something to TeX is escaped.
    /// </summary>
    /// <param name="texts">How many of the first columns are text; the others are set to the right.</param>
    /// <param name="notes">Comments above the table, for its caption.</param>
    public string ToLatex(int texts, IEnumerable<string> notes)
    {
        var latex = new StringBuilder("% \\usepackage{booktabs}\n");
        foreach (var note in notes) latex.Append($"% {note}\n");
        var alignment = new string('l', texts) + new string('r', Headers.Count - texts);
        latex.Append($"\\begin{{tabular}}{{{alignment}}}\n\\toprule\n{LatexLine(Headers)}\\midrule\n");
        foreach (var row in Rows) latex.Append(LatexLine(row));
        return latex.Append("\\bottomrule\n\\end{tabular}\n").ToString();
    }

    private static string LatexLine(IEnumerable<string> cells) => $"{string.Join(" & ", cells.Select(LatexCell))} \\\\\n";

    /// <summary>Escaped text, with numbers' signs, powers of ten and ± in mathematics.</summary>
    internal static string LatexCell(string text)
    {
        var escaped = string.Concat(text.Select(Escaped));
        escaped = Power().Replace(escaped, "$$$1\\times10^{$2}$$");
        return Minus().Replace(escaped, "$$-$$");
    }

    private static string Escaped(char character) => character switch
    {
        '&' or '%' or '$' or '#' or '_' or '{' or '}' => $"\\{character}",
        '\\' => "\\textbackslash{}",
        '~' => "\\textasciitilde{}",
        '^' => "\\textasciicircum{}",
        '<' => "$<$",
        '>' => "$>$",
        '±' => "$\\pm$",
        '−' => "$-$",
        '→' => "$\\to$",
        '²' => "\\textsuperscript{2}",
        '–' => "--",
        '\n' or '\r' or '\t' => " ",
        _ => $"{character}",
    };

    [GeneratedRegex(@"(?<![\w.])(-?\d+(?:\.\d+)?)e(-?\d+)\b")]
    private static partial Regex Power();

    [GeneratedRegex(@"(?<![\w.${}-])-(?=\d)")]
    private static partial Regex Minus();
}
