using System.Xml.Linq;

namespace W2S.Reporting.Plots;

/// <summary>Reads a drawing back as XML; that it parses at all is half of every test.</summary>
internal sealed class DrawnSvg(string text)
{
    private readonly XDocument _document = XDocument.Parse(text);

    internal IReadOnlyList<XElement> All(string element) => [.. _document.Descendants().Where(node => node.Name.LocalName == element)];

    internal IReadOnlyList<(double X, double Y)> Circles => [.. All("circle").Select(circle => (Number(circle, "cx"), Number(circle, "cy")))];

    internal IReadOnlyList<string> Texts => [.. All("text").Select(text => text.Value)];

    internal string Title => _document.Root!.Elements().First(node => node.Name.LocalName == "title").Value;

    internal string Description => _document.Root!.Elements().First(node => node.Name.LocalName == "desc").Value;

    internal static double Number(XElement element, string attribute) => double.Parse(element.Attribute(attribute)!.Value);

    /// <summary>Turns coordinates back into values, from the labels and places of the first and last tick of both axes.</summary>
    internal (double X, double Y) Value((double X, double Y) place)
    {
        var groups = All("g");
        return (Along(groups.First(group => group.Attribute("text-anchor")?.Value == "middle"), "x", place.X),
            Along(groups.First(group => group.Attribute("text-anchor")?.Value == "end"), "y", place.Y + 4));
    }

    private static double Along(XElement labels, string coordinate, double place)
    {
        var ticks = labels.Elements().Select(tick => (Place: Number(tick, coordinate), Value: double.Parse(tick.Value.Replace('−', '-')))).ToArray();
        var (first, last) = (ticks[0], ticks[^1]);
        return first.Value + (place - first.Place) * (last.Value - first.Value) / (last.Place - first.Place);
    }
}
