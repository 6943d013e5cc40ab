namespace W2S.Reporting.Plots;

/// <summary>Breaks text into lines; SVG does not do it.</summary>
internal static class TextLines
{
    /// <summary>At most two lines of so many characters, broken between words; what does not fit ends in "…".</summary>
    internal static IReadOnlyList<string> Wrap(string text, int length)
    {
        if (text.Length <= length) return [text];
        var space = text.LastIndexOf(' ', length);
        var first = space > 0 ? space : length;
        var rest = text[first..].TrimStart();
        return [text[..first], rest.Length <= length ? rest : rest[..(length - 1)].TrimEnd() + "…"];
    }
}
