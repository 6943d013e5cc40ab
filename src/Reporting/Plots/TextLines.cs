namespace W2S.Reporting.Plots;

/// <summary>Breaks text into lines; SVG does not do it.</summary>
internal static class TextLines
{
    private const int MostLines = 3;

    /// <summary>Lines of so many characters, broken between words; what does not fit in three ends in "…". No line of no text.</summary>
    internal static IReadOnlyList<string> Wrap(string text, int length)
    {
        var lines = new List<string>();
        while (text.Length > length && lines.Count < MostLines - 1)
        {
            var space = text.LastIndexOf(' ', length);
            var end = space > 0 ? space : length;
            lines.Add(text[..end]);
            text = text[end..].TrimStart();
        }
        if (text.Length > 0) lines.Add(text.Length <= length ? text : text[..(length - 1)].TrimEnd() + "…");
        return lines;
    }

    /// <summary>About how wide a text is; generous, for fonts differ.</summary>
    internal static double WidthOf(string text, double size) => 0.56 * size * text.Length;
}
