using W2S.Experiments;
using YamlDotNet.RepresentationModel;

namespace W2S.Runs.Plans;

/// <summary>One point of a grid: what it sets, in the grid's order.</summary>
public sealed class GridPoint
{
    /// <summary>Of a sweep without a grid: it sets nothing.</summary>
    public static readonly GridPoint Empty = new([]);

    internal GridPoint(IReadOnlyList<Setting> values) => Values = values;

    internal IReadOnlyList<Setting> Values { get; }

    /// <summary>A layer for each value, which names its place in messages.</summary>
    internal IEnumerable<ConfigurationLayer> Layers => Values.Select(value =>
        ConfigurationLayer.FromOption($"{value.Place} ({value.Path}: {value.Value.Value})", value.Path, value.Value.Value ?? ""));

    /// <summary>"weak.depth = 2, seed = 7".</summary>
    public override string ToString() => Values.Count == 0 ? "no variation" : string.Join(", ", Values.Select(value => $"{value.Path} = {value.Value.Value}"));

    internal GridPoint And(GridPoint other) => new([.. Values, .. other.Values]);

    /// <summary>One value of one setting, and where the file has it.</summary>
    internal sealed record Setting(string Path, YamlScalarNode Value, string Place);
}
