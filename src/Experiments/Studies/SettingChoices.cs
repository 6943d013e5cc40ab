namespace W2S.Experiments;

/// <summary>The settings of a study by their paths, and the values that some of them have, for whoever is typing.</summary>
internal static class SettingChoices
{
    /// <summary>Every path with its description: "heads.optimiser.epochs".</summary>
    public static IEnumerable<(string Path, string Description)> All =>
        Setting.Paths(typeof(Study)).Select(path => (path, Setting.At(typeof(Study), path)!.Description ?? ""));

    /// <summary>What a setting can be, where that is a choice; empty where it is a number, a file, or no setting.</summary>
    public static IReadOnlyList<string> Of(string path)
    {
        if (Setting.At(typeof(Study), path) is not { IsGroup: false } setting) return [];
        if (setting.ValueType.IsEnum) return [.. SettingValue.Names(setting.ValueType)];
        if (setting.ValueType == typeof(bool)) return ["true", "false"];
        return path.Split('.') switch
        {
            ["data"] => Datasets.Names,
            ["device"] => ["cpu", "cuda"],
            ["objective", "name"] => ObjectiveKinds.Names,
            [.., "tokenizer"] => MoleculeTokenizers.Names,
            _ => [],
        };
    }
}
