namespace W2S.Experiments;

/// <summary>Which settings of one configuration are not those of another of the same kind.</summary>
internal static class SettingDifferences
{
    /// <summary>What cannot change a result.</summary>
    private static readonly HashSet<string> NotCompared = ["name", "title", "expectation", "threads"];

    /// <summary>Lines such as "heads.solver: exact (paper: adamw)".</summary>
    /// <param name="others">What the other configuration is called there.</param>
    public static IEnumerable<string> Between(object here, object there, string others) => Between(here, there, others, "");

    private static IEnumerable<string> Between(object here, object there, string others, string prefix)
    {
        foreach (var setting in Setting.Of(here.GetType()).Where(setting => prefix != "" || !NotCompared.Contains(setting.Key)))
        {
            var (own, other) = (setting.Get(here), setting.Get(there));
            // Lists are compared by what they hold.
            if (Equals(own, other) || (!setting.IsGroup && ConfigurationWriter.Text(own) == ConfigurationWriter.Text(other))) continue;
            if (setting.IsGroup)
            {
                foreach (var line in Between(own!, other!, others, $"{prefix}{setting.Key}.")) yield return line;
            }
            else
            {
                yield return $"{prefix}{setting.Key}: {ConfigurationWriter.Text(own)} ({others}: {ConfigurationWriter.Text(other)})";
            }
        }
    }
}
