namespace W2S.Experiments;

/// <summary>Named layers below a panel's own settings: where the paper and its authors' notebook differ (configs/presets).</summary>
public static class Presets
{
    /// <summary>The preset that counts where none is named.</summary>
    public const string Default = "paper";

    private const string Tables = "tables";

    /// <summary>As the command line knows them.</summary>
    public static IReadOnlyList<string> Names { get; } = ["paper", "notebook"];

    /// <summary>The layer below a study on Gaussian tasks, or on tables, for which there is one.</summary>
    /// <exception cref="UserErrorException">There is no such preset.</exception>
    public static ConfigurationLayer Find(string name, bool isGaussian = true)
    {
        if (!Names.Contains(name))
        {
            var nearest = NearestName.Find(name, Names);
            throw new UserErrorException($"There is no preset {name}; " + (nearest == null ? $"the presets are {string.Join(", ", Names)}." : $"did you mean {nearest}?"));
        }
        if (!isGaussian && name != Default)
            throw new UserErrorException($"The preset {name} is about Gaussian tasks; leave it out for data in tables.");
        var file = isGaussian ? name : Tables;
        return ConfigurationLayer.Shipped($"presets/{file}.yaml");
    }
}
