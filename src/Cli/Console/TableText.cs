using System.Text;
using W2S.Experiments;
using W2S.Reporting.Tables;

namespace W2S.Cli;

/// <summary>Tables as plain text: words to the left, numbers to the right; a table too wide is set closer, then cut into blocks of columns.</summary>
internal static class TableText
{
    /// <summary>The columns of the terminal that stdout is; unlimited in a file or pipe, where programs read.</summary>
    public static int OutputWidth => Console.IsOutputRedirected ? int.MaxValue : Math.Max(40, Console.WindowWidth - 1);

    /// <param name="width">Columns to stay within.</param>
    /// <param name="labels">How many of the first columns tell rows apart: they are repeated in every block.</param>
    public static string Write(TextTable table, int width, int labels = 1)
    {
        var widths = Enumerable.Range(0, table.Headers.Count)
            .Select(column => table.Rows.Select(row => row[column].Length).Append(table.Headers[column].Length).Max()).ToArray();
        var gaps = widths.Length - 1;
        var needsCloser = widths.Sum() + 2 * gaps > width && widths.Sum() + gaps <= width;
        var gap = needsCloser ? " " : "  ";
        var text = new StringBuilder();
        labels = Math.Min(labels, widths.Length);
        for (var first = labels; first == labels || first < widths.Length;)
        {
            List<int> columns = [.. Enumerable.Range(0, labels)];
            var used = widths[..labels].Sum() + gap.Length * (labels - 1);
            while (first < widths.Length && (columns.Count == labels || used + gap.Length + widths[first] <= width))
            {
                used += gap.Length + widths[first];
                columns.Add(first++);
            }
            if (text.Length > 0) text.Append('\n');
            AppendBlock(text, table, columns, widths, gap);
            if (widths.Length <= labels) break;
        }
        return text.ToString();
    }

    /// <summary>A sentence broken between words after at most 80 columns.</summary>
    public static string Wrapped(string text)
    {
        const int width = 80;
        var lines = new List<string> { "" };
        foreach (var word in text.Split(' '))
        {
            if (lines[^1].Length > 0 && lines[^1].Length + 1 + word.Length > width) lines.Add("");
            lines[^1] += lines[^1].Length > 0 ? $" {word}" : word;
        }
        return string.Join('\n', lines);
    }

    private static void AppendBlock(StringBuilder text, TextTable table, List<int> columns, int[] widths, string gap)
    {
        AppendLine(table.Headers);
        text.AppendJoin(gap, columns.Select(column => new string('─', widths[column]))).Append('\n');
        foreach (var row in table.Rows) AppendLine(row);

        void AppendLine(IReadOnlyList<string> cells)
        {
            var line = string.Join(gap, columns.Select(column => IsNumeric(table, column) ? cells[column].PadLeft(widths[column]) : cells[column].PadRight(widths[column])));
            text.Append(line.TrimEnd()).Append('\n');
        }
    }

    private static bool IsNumeric(TextTable table, int column) =>
        table.Rows.All(row => row[column] is "" or NumberText.Nothing || char.IsAsciiDigit(row[column].TrimStart('-', '−', '+')[..1].FirstOrDefault('x')))
        && table.Rows.Any(row => row[column] is not ("" or NumberText.Nothing));
}
