namespace W2S.Reporting.Tables;

/// <summary>A table whose cells are already text, for every place that shows tables: console, Markdown and HTML.</summary>
internal sealed record TextTable(IReadOnlyList<string> Headers, IReadOnlyList<IReadOnlyList<string>> Rows)
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
}
