namespace W2S.Runs.Launchers;

/// <summary>Lines of a plan as text: "12-15,20".</summary>
internal static class LineList
{
    // More than any plan has, and a list of them takes no memory to speak of.
    private const int MostLines = 1_000_000;

    /// <param name="lines">Ascending.</param>
    public static string Write(IReadOnlyList<int> lines)
    {
        var parts = new List<string>();
        for (var first = 0; first < lines.Count;)
        {
            var last = first;
            while (last + 1 < lines.Count && lines[last + 1] == lines[last] + 1) last++;
            parts.Add(last == first ? $"{lines[first]}" : $"{lines[first]}-{lines[last]}");
            first = last + 1;
        }
        return string.Join(',', parts);
    }

    /// <summary>The lines, ascending, each once.</summary>
    /// <param name="source">Who said so, for messages: "--lines".</param>
    /// <exception cref="UserErrorException">The text is no list of lines.</exception>
    public static IReadOnlyList<int> Parse(string text, string source)
    {
        var lines = new SortedSet<int>();
        foreach (var part in text.Split(','))
        {
            var ends = part.Split('-');
            if (ends.Length > 2 || !TryLine(ends[0], out var first) || !TryLine(ends[^1], out var last) || last < first
                || last - first >= MostLines - lines.Count)
                throw new UserErrorException(
                    $"{source} {text}: \"{part.Trim()}\" is no line of a plan; write line numbers from 1 up, as in 12-15,20.");
            lines.UnionWith(Enumerable.Range(first, last - first + 1)); // a counter would run over at the greatest int
        }
        return [.. lines];
    }

    private static bool TryLine(string text, out int line) =>
        int.TryParse(text.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out line) && line > 0;
}
