using System.Security;

namespace W2S.Reporting.Plots;

/// <summary>
/// Writes SVG elements as text. Numbers have at most two decimals, so that equal data give equal bytes and files stay
/// small; text and attributes are escaped here and nowhere else.
/// </summary>
internal sealed class Svg
{
    private const string Fonts = "Helvetica,Arial,Arimo,'Liberation Sans',sans-serif";
    private readonly StringBuilder _text = new();
    private readonly Stack<string> _open = new();

    /// <summary>
    /// A whole drawing on a white card, which stays readable where the page is dark. Readers for the blind speak
    /// <paramref name="title"/> and <paramref name="description"/>.
    /// </summary>
    /// <param name="sheet">How it is printed; null: it is for a screen.</param>
    internal static string Document(
        double width, double height, string title, string description, Action<Svg> draw, PrintedFigure.Sheet? sheet = null)
    {
        var svg = new Svg();
        string Size(double units) => sheet == null ? Number(units) : $"{Number(units * sheet.Millimetres / width)}mm";
        svg.Open("svg", ("xmlns", "http://www.w3.org/2000/svg"), ("viewBox", $"0 0 {Number(width)} {Number(height)}"),
            ("width", Size(width)), ("height", Size(height)), ("role", "img"), ("font-family", Fonts), ("font-size", 12),
            ("fill", Palette.Ink));
        svg.Leaf("title", title);
        svg.Leaf("desc", description);
        if (sheet is not { IsFramed: false })
            svg.Element("rect", ("x", 0.5), ("y", 0.5), ("width", width - 1), ("height", height - 1), ("rx", 8),
                ("fill", Palette.Card), ("stroke", Palette.Border));
        draw(svg);
        svg.Close();
        return svg._text.ToString();
    }

    internal void Open(string name, params ReadOnlySpan<(string Name, object Value)> attributes)
    {
        Start(name, attributes);
        _text.Append(">\n");
        _open.Push(name);
    }

    internal void Close() => _text.Append("</").Append(_open.Pop()).Append(">\n");

    internal void Element(string name, params ReadOnlySpan<(string Name, object Value)> attributes)
    {
        Start(name, attributes);
        _text.Append("/>\n");
    }

    /// <summary>An element that holds text.</summary>
    internal void Leaf(string name, string content, params ReadOnlySpan<(string Name, object Value)> attributes)
    {
        Start(name, attributes);
        _text.Append('>').Append(Escape(NumberText.Typeset(content))).Append("</").Append(name).Append(">\n");
    }

    internal void Line(double x1, double y1, double x2, double y2, params ReadOnlySpan<(string Name, object Value)> attributes) =>
        Element("line", [("x1", x1), ("y1", y1), ("x2", x2), ("y2", y2), .. attributes]);

    internal void Text(double x, double y, string content, params ReadOnlySpan<(string Name, object Value)> attributes) =>
        Leaf("text", content, [("x", x), ("y", y), .. attributes]);

    /// <summary>
    /// The mark of a series at (x, y), of its own shape, so that colour is never the only difference; a name is shown when it is pointed
    /// at.
    /// </summary>
    internal void Mark(int series, double x, double y, string name)
    {
        if (series % 4 == 0) Dot(x, y, 3.2, name);
        else Add("path", name, ("d", $"M{Number(x)} {Number(y)}{Outline(series % 4)}"));
    }

    internal void Dot(double x, double y, double radius, string name) =>
        Add("circle", name, ("cx", x), ("cy", y), ("r", radius));

    /// <summary>A cross, for what has collapsed.</summary>
    internal void Cross(double x, double y, string name) =>
        Add("path", name, ("d", $"M{Number(x - 3.5)} {Number(y - 3.5)}l7 7m0 -7l-7 7"), ("fill", "none"), ("stroke", Palette.Alarm),
            ("stroke-width", 1.8));

    /// <summary>Square, triangle and diamond of about the circle's area, around the current point.</summary>
    private static string Outline(int shape) => shape switch
    {
        1 => "m-2.9-2.9h5.8v5.8h-5.8z",
        2 => "m0-4.2l3.9 6.8h-7.8z",
        _ => "m0-4.2l4.2 4.2l-4.2 4.2l-4.2-4.2z",
    };

    private void Add(string element, string name, params ReadOnlySpan<(string Name, object Value)> attributes)
    {
        if (name.Length == 0)
        {
            Element(element, attributes);
            return;
        }
        Open(element, attributes);
        Leaf("title", name);
        Close();
    }

    /// <summary>Lines of so many characters, broken between words; what does not fit in three ends in "…". No line of no text.</summary>
    internal static IReadOnlyList<string> Wrap(string text, int length)
    {
        const int mostLines = 3;
        var lines = new List<string>();
        while (text.Length > length && lines.Count < mostLines - 1)
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

    /// <summary>A coordinate: at most two decimals, never "-0".</summary>
    internal static string Number(double value) => (Math.Round(value, 2) + 0.0).ToString("0.##", CultureInfo.InvariantCulture);

    private void Start(string name, ReadOnlySpan<(string Name, object Value)> attributes)
    {
        _text.Append('<').Append(name);
        foreach (var (attribute, value) in attributes)
        {
            var text = value switch { double number => Number(number), int number => Number(number), _ => Escape((string)value) };
            _text.Append(' ').Append(attribute).Append("=\"").Append(text).Append('"');
        }
    }

    /// <summary>Escapes the five special characters, and drops control characters, which XML cannot hold at all.</summary>
    private static string Escape(string text) =>
        SecurityElement.Escape(string.Concat(text.Where(character => character is '\t' or '\n' || !char.IsControl(character))));
}
