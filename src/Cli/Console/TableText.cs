using System.Text;

namespace W2S.Cli;

/// <summary>
/// Tables as plain text: words to the left, numbers to the right; a table too wide is set closer, then cut into blocks of columns.
/// </summary>
internal static class TableText
{
    /// <summary>Columns of what no terminal limits.</summary>
    internal const int PageWidth = 80;

    /// <summary>The columns of the terminal that stdout is; those of a page in a file or pipe.</summary>
    public static int OutputWidth => Console.IsOutputRedirected ? PageWidth : Math.Max(40, Console.WindowWidth - 1);

    /// <summary>The same of lists, which are unlimited in a file or pipe: programs want all of an item in its line.</summary>
    public static int ListWidth => Console.IsOutputRedirected ? int.MaxValue : OutputWidth;

    /// <summary>A line for each item, or where that is wider than the terminal some lines.</summary>
    /// <param name="lines">Of a row.</param>
    public static string List(TextTable table, Func<IReadOnlyList<string>, string> lines)
    {
        var text = Write(table, int.MaxValue);
        return text.Split('\n').Max(line => line.Length) <= ListWidth ? text : string.Concat(table.Rows.Select(lines));
    }

    /// <param name="width">Columns to stay within.</param>
    /// <param name="labels">How many of the first columns are repeated in every block; null: those that tell rows apart.</param>
    public static string Write(TextTable table, int width, int? labels = null)
    {
        var widths = Enumerable.Range(0, table.Headers.Count)
            .Select(column => table.Rows.Select(row => row[column].Length).Append(table.Headers[column].Length).Max()).ToArray();
        var gaps = widths.Length - 1;
        var needsCloser = widths.Sum() + 2 * gaps > width && widths.Sum() + gaps <= width;
        var gap = needsCloser ? " " : "  ";
        var text = new StringBuilder();
        var repeated = Math.Min(labels ?? Labels(table, widths, width), widths.Length);
        for (var first = repeated; first == repeated || first < widths.Length;)
        {
            List<int> columns = [.. Enumerable.Range(0, repeated)];
            var used = widths[..repeated].Sum() + gap.Length * (repeated - 1);
            while (first < widths.Length && (columns.Count == repeated || used + gap.Length + widths[first] <= width))
            {
                used += gap.Length + widths[first];
                columns.Add(first++);
            }
            if (text.Length > 0) text.Append('\n');
            AppendBlock(text, table, columns, widths, gap);
            if (widths.Length <= repeated) break;
        }
        return text.ToString();
    }

    /// <summary>The fewest first columns of which no two rows have the same, if they leave half of the width to the others.</summary>
    private static int Labels(TextTable table, int[] widths, int width)
    {
        for (var count = 1; count < widths.Length && widths[..count].Sum() + 2 * count <= width / 2; count++)
            if (table.Rows.DistinctBy(row => string.Join('\t', row.Take(count))).Count() == table.Rows.Count) return count;
        return 1;
    }

    /// <summary>A sentence broken between words after at most 80 columns.</summary>
    /// <param name="indent">Before all lines but the first.</param>
    public static string Wrapped(string text, string indent = "")
    {
        var lines = new List<string> { "" };
        foreach (var word in text.Split(' '))
        {
            if (lines[^1].Length > 0 && lines[^1].Length + 1 + word.Length > PageWidth) lines.Add(indent);
            lines[^1] += lines[^1].Length > 0 && lines[^1] != indent ? $" {word}" : word;
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
            var line = string.Join(gap, columns.Select(column =>
                table.IsOfNumbers(column) ? cells[column].PadLeft(widths[column]) : cells[column].PadRight(widths[column])));
            text.Append(line.TrimEnd()).Append('\n');
        }
    }
}
