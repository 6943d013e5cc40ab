using System.Text.RegularExpressions;

namespace W2S.Reporting.Tables;

/// <summary>
/// A table as LaTeX's tabular with the rules of the package booktabs; every character that means something to TeX is escaped.
/// </summary>
internal static partial class LatexTable
{
    /// <param name="texts">How many of the first columns are text; the others are set to the right.</param>
    /// <param name="notes">Comments above the table, for its caption.</param>
    internal static string Write(TextTable table, int texts, IEnumerable<string> notes)
    {
        var latex = new StringBuilder("% \\usepackage{booktabs}\n");
        foreach (var note in notes) latex.Append($"% {note}\n");
        var alignment = new string('l', texts) + new string('r', table.Headers.Count - texts);
        latex.Append($"\\begin{{tabular}}{{{alignment}}}\n\\toprule\n{Line(table.Headers)}\\midrule\n");
        foreach (var row in table.Rows) latex.Append(Line(row));
        return latex.Append("\\bottomrule\n\\end{tabular}\n").ToString();
    }

    private static string Line(IEnumerable<string> cells) => $"{string.Join(" & ", cells.Select(Cell))} \\\\\n";

    /// <summary>Escaped text, with numbers' signs, powers of ten and ± in mathematics.</summary>
    internal static string Cell(string text)
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
