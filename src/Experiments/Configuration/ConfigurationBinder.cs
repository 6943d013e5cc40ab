using YamlDotNet.RepresentationModel;

namespace W2S.Experiments;

/// <summary>
/// Strict YAML to options records: unknown keys, wrong types, values out of range and settings that contradict each
/// other are all reported together, each with its place and a remedy.
/// </summary>
public static class ConfigurationBinder
{
    /// <summary>The record's defaults, overlaid with the layers in their order.</summary>
    /// <param name="rules">What must hold between settings.</param>
    /// <exception cref="W2S.Data.UserErrorException">Something is wrong; the message lists all of it.</exception>
    public static T Bind<T>(
        IEnumerable<ConfigurationLayer> layers, Func<T, IEnumerable<Conflict>>? rules = null) where T : class, new()
    {
        var problems = new Problems();
        var bound = Bind(layers, rules, problems);
        problems.ThrowIfAny();
        return bound;
    }

    /// <summary>As above, but collects the problems, for a caller that binds several records.</summary>
    public static T Bind<T>(
        IEnumerable<ConfigurationLayer> layers, Func<T, IEnumerable<Conflict>>? rules,
        Problems problems) where T : class, new()
    {
        var binding = new Binding(typeof(T), problems);
        var record = new T();
        foreach (var layer in layers) binding.Apply(layer, layer.Root, record, "");
        foreach (var conflict in rules?.Invoke(record) ?? []) binding.Report(conflict, record);
        return record;
    }

    /// <summary>Everything that is wrong with a configuration, so that the user hears of all of it at once.</summary>
    public sealed class Problems
    {
        private readonly List<string> _problems = [];

        /// <summary>How many there are so far.</summary>
        public int Count => _problems.Count;

        /// <summary>Adds a problem; the same one from several panels counts once.</summary>
        /// <param name="place">Where the user wrote it.</param>
        public void Add(string place, string problem)
        {
            var line = $"{place}: {problem}";
            if (!_problems.Contains(line)) _problems.Add(line);
        }

        /// <summary>Takes over what another list has.</summary>
        internal void AddAll(Problems others) => _problems.AddRange(others._problems.Except(_problems));

        /// <exception cref="UserErrorException">There are problems; the message lists them all.</exception>
        public void ThrowIfAny()
        {
            if (_problems.Count == 0) return;
            throw new UserErrorException(_problems.Count == 1
                ? _problems[0]
                : $"The configuration has {_problems.Count} problems:\n{string.Join('\n', _problems.Select(problem => "  " + problem))}");
        }
    }

    private sealed class Binding(Type root, Problems problems)
    {
        private readonly Dictionary<string, string> _places = [];
        private readonly HashSet<string> _broken = [];

        public void Apply(ConfigurationLayer layer, YamlMappingNode mapping, object record, string prefix)
        {
            var settings = Setting.Of(record.GetType());
            foreach (var (keyNode, node) in mapping.Children)
            {
                var key = (keyNode as YamlScalarNode)?.Value ?? keyNode.ToString();
                var setting = settings.FirstOrDefault(setting => setting.Key == key);
                var path = prefix + key;
                if (setting == null)
                    problems.Add(layer.Place(keyNode), UnknownKey(prefix, key, settings));
                else if (!setting.IsGroup)
                    Assign(layer, node, record, setting, path);
                else if (node is YamlMappingNode group)
                    Apply(layer, group, setting.Get(record)!, path + ".");
                else if (node is not YamlScalarNode { Value: "" or null or "~" or "null" })
                    problems.Add(layer.Place(node), $"{path} is a group of settings and cannot be given a value; set one of "
                        + $"{string.Join(", ", Setting.Paths(setting.Type, path + "."))}.");
            }
        }

        /// <summary>Says what the settings of a conflict are and where that was said, unless one of them is known to be wrong.</summary>
        public void Report(Conflict conflict, object record)
        {
            if (conflict.Paths.Any(_broken.Contains)) return;
            var place = conflict.Paths.Select(_places.GetValueOrDefault).FirstOrDefault(place => place != null) ?? "defaults";
            var values = conflict.Paths.Select(path => $"{path} = {ConfigurationWriter.Text(Setting.ValueAt(record, path))} "
                + $"({_places.GetValueOrDefault(path, "default")})");
            problems.Add(place, $"{conflict.Message} Here {string.Join(", ", values)}.");
        }

        private void Assign(ConfigurationLayer layer, YamlNode node, object record, Setting setting, string path)
        {
            var problem = Read(node, setting.Type, out var value);
            if (problem == null && !setting.MayBeEmpty && IsEmpty(value)
                && !IsEmpty(setting.Get(Activator.CreateInstance(record.GetType())!)))
                problem = "is an empty text, as an unset variable gives it; give it a value, or leave it out";
            if (problem == null && setting.RangeProblem(value) is { } outside)
                problem = $"{outside}, not {ConfigurationWriter.Text(value)}";
            _places[path] = layer.Place(node);
            if (problem == null)
            {
                setting.Set(record, value);
                return;
            }
            _broken.Add(path);
            problems.Add(layer.Place(node), $"{path} {problem}{(problem.EndsWith('?') ? "" : ".")}");
        }

        /// <summary>Whether it is a text of nothing but blanks, or a list that has one.</summary>
        private static bool IsEmpty(object? value) =>
            value is string text
                ? string.IsNullOrWhiteSpace(text)
                : value is IEnumerable<string> texts && texts.Any(string.IsNullOrWhiteSpace);

        private static string? Read(YamlNode node, Type type, out object? value)
        {
            if (Setting.ElementOf(type) is { } element) return ReadList(node, element, out value);
            if (node is YamlScalarNode scalar) return Setting.Read(type, scalar, out value);
            value = null;
            var several = node is YamlSequenceNode { Children.Count: > 1 } ? $"; {Setting.VariedBySweeps}" : "";
            return $"must be {Setting.Kind(type)}, not a {(node is YamlMappingNode ? "group of settings" : "list")}{several}";
        }

        private static string? ReadList(YamlNode node, Type element, out object? value)
        {
            value = null;
            // One value is a list of one, as in data: lipop.
            var sequence = node switch
            {
                YamlSequenceNode list => list,
                YamlScalarNode { Value: not ("" or null) } => new YamlSequenceNode(node),
                _ => null,
            };
            if (sequence == null) return $"must be a list such as [a, b], each {Setting.Kind(element)}";
            var values = Array.CreateInstance(element, sequence.Children.Count);
            for (var i = 0; i < values.Length; i++)
            {
                if (Read(sequence.Children[i], element, out var item) is { } problem) return $"entry {i + 1} {problem}";
                values.SetValue(item, i);
            }
            value = values;
            return null;
        }

        private string UnknownKey(string prefix, string key, IReadOnlyList<Setting> settings)
        {
            var nearest = NearestName.Find(key, settings.Select(setting => setting.Key));
            var elsewhere = Setting.Paths(root)
                .Where(path => path.EndsWith("." + key.Replace('-', '_'), StringComparison.Ordinal)).ToList();
            var remedy = elsewhere.Count > 0 ? $"did you mean {string.Join(" or ", elsewhere)}?"
                : nearest != null ? $"did you mean {prefix}{nearest}?"
                : $"the settings here are {string.Join(", ", settings.Select(setting => setting.Key))}.";
            return $"there is no setting {prefix}{key}; {remedy}";
        }
    }

    /// <summary>Two or more settings that do not go together; what each is set to, and where, is added to the message.</summary>
    /// <param name="Paths">The settings: "heads.optimiser.batch", "heads.samples".</param>
    /// <param name="Message">What is wrong and what to do.</param>
    public sealed record Conflict(IReadOnlyList<string> Paths, string Message);
}
