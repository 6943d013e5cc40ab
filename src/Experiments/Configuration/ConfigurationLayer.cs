using YamlDotNet.Core;
using YamlDotNet.Core.Events;
using YamlDotNet.RepresentationModel;

namespace W2S.Experiments;

/// <summary>
/// Settings from one source: a preset, a panel's file, or one option of the command line. The binder lays layers over
/// the record's defaults, the later ones winning.
/// </summary>
public sealed class ConfigurationLayer
{
    private const int MostCharacters = 16_000_000, MostDepth = 100, MostNodes = 3_000_000;

    private readonly bool _hasLines;

    private ConfigurationLayer(string source, YamlMappingNode root, bool hasLines) => (Source, Root, _hasLines) = (source, root, hasLines);

    /// <summary>The file, or the option as the user wrote it: "--epochs 5".</summary>
    public string Source { get; }

    internal YamlMappingNode Root { get; }

    /// <summary>Whether it says what a setting is.</summary>
    internal bool Sets(params string[] path)
    {
        YamlNode? node = Root;
        foreach (var key in path) node = (node as YamlMappingNode)?.Children.FirstOrDefault(child => $"{child.Key}" == key).Value;
        return node != null;
    }

    /// <summary>Where a value stands: "study.yaml:3:12", or the option.</summary>
    internal string Place(YamlNode node) => _hasLines ? $"{Source}:{node.Start.Line}:{node.Start.Column}" : Source;

    /// <exception cref="UserErrorException">The file cannot be read, or is not YAML.</exception>
    public static ConfigurationLayer FromFile(string path)
    {
        try
        {
            return FromText(File.ReadAllText(path), path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new UserErrorException(
                $"The configuration file {path} cannot be read: {error.Message} Give the path of a readable YAML file.");
        }
    }

    /// <summary>A file of configs/, which travel inside the program.</summary>
    internal static ConfigurationLayer Shipped(string file) => FromText(ShippedText(file)!, $"configs/{file}");

    /// <summary>The text of configs/<paramref name="file"/>, or null where there is no such file.</summary>
    internal static string? ShippedText(string file)
    {
        using var stream = typeof(ConfigurationLayer).Assembly.GetManifestResourceStream($"configs/{file}");
        if (stream == null) return null;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }

    /// <summary>A file's text; one that holds nothing but comments sets nothing.</summary>
    /// <exception cref="UserErrorException">The text is not YAML, or not one mapping of settings.</exception>
    public static ConfigurationLayer FromText(string yaml, string source)
    {
        var stream = new YamlStream();
        try
        {
            if (TooMuch(yaml) is { } tooMuch) throw new UserErrorException($"{source}:{tooMuch}");
            stream.Load(new StringReader(yaml));
        }
        catch (YamlException error)
        {
            throw new UserErrorException(Explanation(error, yaml, source));
        }
        catch (Exception error) when (error is not (UserErrorException or OutOfMemoryException))
        {
            // The parser's own slips: whatever it throws, the text is at fault.
            throw new UserErrorException($"{source}: this is not valid YAML: {error.Message.TrimEnd('.')}.");
        }
        if (stream.Documents.Count > 1)
            throw new UserErrorException(
                $"{source}: the file holds {stream.Documents.Count} YAML documents; a configuration is one. "
                + "Remove the line ---, or make two files.");
        var root = stream.Documents.Count == 0 ? new YamlMappingNode() : stream.Documents[0].RootNode;
        return root switch
        {
            YamlMappingNode mapping => new ConfigurationLayer(source, mapping, hasLines: true),
            YamlScalarNode { Value: "" or null } => new ConfigurationLayer(source, [], hasLines: true),
            _ =>
                throw new UserErrorException(
                    $"{source}:{root.Start.Line}:{root.Start.Column}: a configuration is a list of \"key: value\" lines, and this is not."),
        };
    }

    /// <summary>One setting from the command line. The value is taken as it is written, except that [a, b] is a list.</summary>
    /// <param name="source">The option as the user wrote it, for messages.</param>
    /// <param name="path">The setting's dotted path: "heads.optimiser.epochs".</param>
    public static ConfigurationLayer FromOption(string source, string path, string value)
    {
        // The style Any says that nobody had the chance to quote: numbers and texts look the same here.
        YamlNode node = new YamlScalarNode(value) { Style = ScalarStyle.Any };
        if (value.StartsWith('['))
        {
            var read = FromText($"value: {value}", source).Root.Children;
            node = read.Count == 1 ? read[0].Value : throw new UserErrorException($"{source}: this is no list; write [a, b].");
        }
        foreach (var key in path.Split('.').Reverse()) node = new YamlMappingNode(new YamlScalarNode(key), node);
        return new ConfigurationLayer(source, (YamlMappingNode)node, hasLines: false);
    }

    /// <summary>A group of these settings as a layer of its own; its places stay those of the whole.</summary>
    internal ConfigurationLayer Part(YamlMappingNode group) => new(Source, group, _hasLines);

    /// <summary>What follows `--set`: "heads.optimiser.epochs=5".</summary>
    /// <exception cref="UserErrorException">There is no = in it.</exception>
    public static ConfigurationLayer FromAssignment(string assignment)
    {
        var equals = assignment.IndexOf('=');
        if (equals < 1)
            throw new UserErrorException(
                $"--set {assignment}: write a setting's path, = and its value, as in --set heads.optimiser.epochs=5.");
        return FromOption($"--set {assignment}", assignment[..equals].Trim(), assignment[(equals + 1)..].Trim());
    }

    /// <summary>The parser's own message, unless a tab is to blame: for those it names a wrong line and says nothing useful.</summary>
    private static string Explanation(YamlException error, string yaml, string source)
    {
        var tabbed = Array.FindIndex(yaml.Split('\n'), line => line.TakeWhile(char.IsWhiteSpace).Contains('\t'));
        return tabbed >= 0
            ? $"{source}:{tabbed + 1}:1: this is not valid YAML: the line is indented with a tab; indent with spaces."
            : $"{source}:{error.Start.Line}:{error.Start.Column}: this is not valid YAML: "
                + $"{(error.InnerException?.Message ?? error.Message).TrimEnd('.')}.";
    }

    /// <summary>
    /// What a file may be at most, told from the parser's events before anything is built of them: a few hundred bytes of nested brackets
    /// would overflow the stack, and a few lines of aliases of aliases fill the memory.
    /// </summary>
    /// <returns>"3:7: …" where it is too much; null where it is not.</returns>
    /// <exception cref="YamlException">It is not YAML.</exception>
    private static string? TooMuch(string yaml)
    {
        if (yaml.Length > MostCharacters)
            return $" the file has {yaml.Length:N0} characters; a configuration has at most {MostCharacters:N0}.";
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
            if (nodes > MostNodes)
                return Place(parser.Current!, $"with its aliases written out the file has more than {MostNodes:N0} values");
        }
        return null;

        static string Place(ParsingEvent at, string problem) => $"{at.Start.Line}:{at.Start.Column}: {problem}; write it in another way.";
    }
}
