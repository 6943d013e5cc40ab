using W2S.Data;

namespace W2S.Experiments;

/// <summary>Named layers below a panel's own settings: where the paper and its authors' notebook differ (configs/presets).</summary>
public static class Presets
{
    public const string Default = "paper";

    public static IReadOnlyList<string> Names { get; } = ["paper", "notebook"];

    /// <exception cref="UserErrorException">There is no such preset.</exception>
    public static ConfigurationLayer Find(string name)
    {
        if (!Names.Contains(name))
        {
            var nearest = NearestName.Find(name, Names);
            throw new UserErrorException($"There is no preset {name}; " + (nearest == null ? $"the presets are {string.Join(", ", Names)}." : $"did you mean {nearest}?"));
        }
        return ConfigurationLayer.FromText(EmbeddedConfigurations.Text($"presets/{name}.yaml")!, $"configs/presets/{name}.yaml");
    }
}
