using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace W2S.Experiments;

/// <summary>
/// What a configuration may be at most, told from the parser's events before anything is built of them: a few hundred bytes
/// of nested brackets would overflow the stack, and a few lines of aliases of aliases fill the memory.
/// </summary>
internal static class YamlBounds
{
    private const int MostCharacters = 16_000_000, MostDepth = 100, MostNodes = 3_000_000;

    /// <summary>"3:7: …" where it is too much; null where it is not.</summary>
    /// <exception cref="YamlException">It is not YAML.</exception>
    public static string? Problem(string yaml)
    {
        if (yaml.Length > MostCharacters) return $" the file has {yaml.Length:N0} characters; a configuration has at most {MostCharacters:N0}.";
        var parser = new Parser(new StringReader(yaml));
        var anchored = new Dictionary<string, long>(StringComparer.Ordinal);
        var open = new Stack<(string? Anchor, long Before)>();
        var nodes = 0L; // with every alias counted as what it stands for
        while (parser.MoveNext())
        {
            switch (parser.Current)
            {
                case AnchorAlias alias:
                    var name = alias.Value.Value;
                    if (open.Any(group => group.Anchor == name)) return Place(alias, $"*{name} stands within what it stands for");
                    nodes += anchored.GetValueOrDefault(name, 1);
                    break;
                case Scalar scalar:
                    nodes++;
                    if (!scalar.Anchor.IsEmpty) anchored[scalar.Anchor.Value] = 1;
                    break;
                case MappingStart or SequenceStart:
                    open.Push((((NodeEvent)parser.Current).Anchor is { IsEmpty: false } anchor ? anchor.Value : null, nodes++));
                    if (open.Count > MostDepth) return Place(parser.Current, $"groups lie within groups more than {MostDepth} deep");
                    break;
                case MappingEnd or SequenceEnd:
                    var (closed, before) = open.Pop();
                    if (closed != null) anchored[closed] = nodes - before;
                    break;
            }
            if (nodes > MostNodes) return Place(parser.Current!, $"with its aliases written out the file has more than {MostNodes:N0} values");
        }
        return null;

        static string Place(ParsingEvent at, string problem) => $"{at.Start.Line}:{at.Start.Column}: {problem}; write it in another way.";
    }
}
