namespace W2S.Experiments;

/// <summary>Which settings of a panel are not those of the paper's panel of that name.</summary>
internal static class PaperDifferences
{
    /// <summary>What names a panel or says where and how fast it ran: not part of what the paper sets.</summary>
    private static readonly HashSet<string> NotOfThePaper = ["name", "title", "expectation", "seed", "engine", "device", "threads"];

    /// <summary>Lines such as "heads.solver: exact (paper: adamw)"; null where the paper has no panel of that name.</summary>
    internal static IReadOnlyList<string>? Of(StudyOptions options)
    {
        if (!Panels.Names.Contains(options.Name)) return null;
        var paper = StudyConfiguration.Resolve(Panels.Find([options.Name]), "paper", [], [])[0];
        return [.. Between(options, paper, "")];
    }

    private static IEnumerable<string> Between(object run, object paper, string prefix)
    {
        foreach (var setting in Setting.Of(run.GetType()).Where(setting => prefix != "" || !NotOfThePaper.Contains(setting.Key)))
        {
            var (here, there) = (setting.Get(run), setting.Get(paper));
            if (Equals(here, there)) continue;
            if (setting.IsGroup)
            {
                foreach (var line in Between(here!, there!, $"{prefix}{setting.Key}.")) yield return line;
            }
            else
            {
                yield return $"{prefix}{setting.Key}: {ConfigurationWriter.Text(here)} (paper: {ConfigurationWriter.Text(there)})";
            }
        }
    }
}
