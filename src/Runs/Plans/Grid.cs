using YamlDotNet.RepresentationModel;

namespace W2S.Runs.Plans;

/// <summary>
/// Turns the file's grid into points. A group is the product of its entries: of `path: [a, b]` (a list), `path: 0..99`
/// or `path: 0..100 by 10` (a range, both ends in), `path: a` (one value), `zip:` a group whose entries advance together,
/// and `product:` a group within a zip. A list of groups is one after the other: [{…}, {…}]; for two zips side by side,
/// write zip as a list of groups.
/// </summary>
/// <param name="record">Whose settings the grid varies.</param>
internal sealed partial class Grid(ConfigurationLayer layer, Type record)
{
    private const int Most = 1_000_000;
    private const string Zip = "zip", Product = "product";
    private readonly IReadOnlyList<string> _paths = [.. Setting.Paths(record)];

    /// <exception cref="UserErrorException">The grid is malformed or empty; the message has the place.</exception>
    public IReadOnlyList<Point> Expand(YamlNode node)
    {
        var points = Group(node, isZip: false);
        if (points.Count == 0)
            throw Wrong(node, "the grid is empty: give every setting at least one value, or remove grid for a single run.");
        foreach (var point in points)
        {
            if (point.Values.GroupBy(value => value.Path).FirstOrDefault(twice => twice.Count() > 1) is { } twins)
                throw Wrong(
                    node, $"{twins.Key} is varied twice ({string.Join(" and ", twins.Select(value => value.Place))}); once is enough.");
        }
        return points;
    }

    private IReadOnlyList<Point> Group(YamlNode node, bool isZip) => node switch
    {
        YamlMappingNode group => isZip ? Zipped(group) : Multiplied(node, group.Children.Select(Entry)),
        YamlSequenceNode list when list.Children.All(child => child is YamlMappingNode) =>
            [.. list.Children.SelectMany(child => Group(child, isZip))],
        YamlScalarNode { Value: "" or null } => [],
        _ => throw Wrong(node, "a grid is a group of settings with their values, as in { weak.depth: [1, 2], seed: 0..9 }."),
    };

    private IReadOnlyList<Point> Entry(KeyValuePair<YamlNode, YamlNode> entry)
    {
        var key = (entry.Key as YamlScalarNode)?.Value ?? "";
        return key switch
        {
            // A list under zip is several zips, multiplied.
            Zip when entry.Value is YamlSequenceNode several =>
                Multiplied(entry.Value, several.Children.Select(child => Group(child, isZip: true))),
            Zip => Group(entry.Value, isZip: true),
            Product => Group(entry.Value, isZip: false),
            _ => Axis(entry.Key, key, entry.Value),
        };
    }

    private IReadOnlyList<Point> Zipped(YamlMappingNode group)
    {
        var entries = group.Children.Select(entry => (Key: entry.Key.ToString(), Points: Entry(entry))).ToList();
        if (entries.Count == 0) return [];
        if (entries.Any(entry => entry.Points.Count != entries[0].Points.Count))
            throw Wrong(group, "the entries of a zip advance together and must be of one length; here "
                + $"{string.Join(", ", entries.Select(entry => $"{entry.Key} has {entry.Points.Count}"))}.");
        return
        [
            .. Enumerable.Range(0, entries[0].Points.Count)
                .Select(index => entries.Select(entry => entry.Points[index]).Aggregate((one, other) => one.And(other))),
        ];
    }

    private IReadOnlyList<Point> Multiplied(YamlNode node, IEnumerable<IReadOnlyList<Point>> factors)
    {
        IReadOnlyList<Point> points = [Point.Empty];
        var any = false;
        foreach (var factor in factors)
        {
            any = true;
            if ((long)points.Count * factor.Count > Most) throw Wrong(node, $"these are more than {Most:N0} runs; vary less.");
            points = [.. points.SelectMany(point => factor.Select(point.And))];
        }
        return any ? points : [];
    }

    private IReadOnlyList<Point> Axis(YamlNode keyNode, string path, YamlNode values)
    {
        if (!_paths.Contains(path))
        {
            var elsewhere = _paths.Where(known => known.EndsWith("." + path, StringComparison.Ordinal)).ToList();
            var remedy = elsewhere.Count > 0 ? $"did you mean {string.Join(" or ", elsewhere)}?"
                : NearestName.Find(path, [.. _paths, Zip, Product]) is { } nearest ? $"did you mean {nearest}?"
                : "name a setting by its path, such as weak.depth or heads.optimiser.epochs.";
            throw Wrong(keyNode, $"there is no setting {path}; {remedy}");
        }
        return values switch
        {
            YamlScalarNode { Value: "" or null } => throw Wrong(values, $"{path} has no values: the grid would be empty."),
            YamlScalarNode scalar => [.. Range(path, scalar).Select(value => One(path, value, values))],
            YamlSequenceNode { Children.Count: 0 } => throw Wrong(values, $"{path} has no values: the grid would be empty."),
            YamlSequenceNode list => [.. list.Children.SelectMany(child => child is YamlScalarNode scalar
                ? Range(path, scalar).Select(value => One(path, value, child))
                : throw Wrong(child, $"{path}: a value is one number, name or range, not a group or list."))],
            _ => throw Wrong(values, $"{path}: give a list such as [1, 2], a range such as 0..9, or one value."),
        };
    }

    private Point One(string path, string value, YamlNode node) => new([(path, value, layer.Place(node))]);

    /// <summary>"0..9" as its numbers; anything else as itself.</summary>
    private IEnumerable<string> Range(string path, YamlScalarNode scalar)
    {
        var text = scalar.Value ?? "";
        var dots = text.IndexOf("..", StringComparison.Ordinal);
        // A path may have dots too: what the setting is decides what its values are.
        if (dots < 0 || !IsNumber(path)) return [text];
        var by = text.IndexOf(" by ", dots, StringComparison.Ordinal);
        var end = by < 0 ? text[(dots + 2)..] : text[(dots + 2)..by];
        long step = 1;
        if (!long.TryParse(text[..dots], out var first) || !long.TryParse(end, out var last)
            || (by >= 0 && (!long.TryParse(text[(by + 4)..], out step) || step < 1)))
            throw Wrong(scalar, $"{path}: \"{text}\" is no range; write whole numbers as in 0..9 or 0..100 by 10.");
        if (last < first)
            throw Wrong(scalar, $"{path}: the range {text} is empty, because it ends before it starts; write {last}..{first}.");
        if (((Int128)last - first) / step >= Most) throw Wrong(scalar, $"{path}: the range {text} has more than {Most:N0} values.");
        return Enumerable.Range(0, (int)((last - first) / step) + 1)
            .Select(index => (first + index * step).ToString(CultureInfo.InvariantCulture));
    }

    private bool IsNumber(string path) =>
        Setting.At(record, path)?.ValueType is { } type && (type == typeof(int) || type == typeof(long) || type == typeof(double));

    private UserErrorException Wrong(YamlNode node, string problem) => new($"{layer.Place(node)}: {problem}");

    /// <summary>One point of a grid: what it sets, in the grid's order.</summary>
    /// <param name="Values">Each value of a setting, and where the file has it.</param>
    internal sealed record Point(IReadOnlyList<(string Path, string Value, string Place)> Values)
    {
        /// <summary>Of a sweep without a grid: it sets nothing.</summary>
        public static readonly Point Empty = new([]);

        /// <summary>A layer for each value, which names its place in messages.</summary>
        public IEnumerable<ConfigurationLayer> Layers => Values.Select(value =>
            ConfigurationLayer.FromOption($"{value.Place} ({value.Path}: {value.Value})", value.Path, value.Value));

        /// <summary>"weak.depth = 2, seed = 7".</summary>
        public override string ToString() =>
            Values.Count == 0 ? "no variation" : string.Join(", ", Values.Select(value => $"{value.Path} = {value.Value}"));

        internal Point And(Point other) => new([.. Values, .. other.Values]);
    }
}
