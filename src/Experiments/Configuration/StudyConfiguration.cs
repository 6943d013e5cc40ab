using W2S.Data;

namespace W2S.Experiments;

/// <summary>Turns what the user asked for into validated studies: defaults, then preset, then panel, then command line.</summary>
public static class StudyConfiguration
{
    /// <summary>Every panel with every seed, panels first: all seeds of a panel stand together.</summary>
    /// <param name="overrides">The command line's settings; they win.</param>
    /// <param name="seeds">The seeds; empty: the one that the settings say.</param>
    /// <exception cref="UserErrorException">Something is wrong; the message lists all of it.</exception>
    public static IReadOnlyList<StudyOptions> Resolve(
        IReadOnlyList<Panel> panels, string preset, IReadOnlyList<ConfigurationLayer> overrides, IReadOnlyList<long> seeds)
    {
        var problems = new ConfigurationProblems();
        var presetLayer = Presets.Find(preset);
        var studies = panels
            .Select(panel => ConfigurationBinder.Bind<StudyOptions>([presetLayer, .. panel.Layers, .. overrides], StudyRules.Check, problems))
            .ToList();
        foreach (var twins in studies.Zip(panels).GroupBy(study => study.First.Name).Where(group => group.Count() > 1))
            problems.Add(string.Join(" and ", twins.Select(twin => twin.Second.Name)), $"both panels are called {twins.Key}, and would share a folder; give one another name.");
        problems.ThrowIfAny();
        return [.. studies.SelectMany(study => seeds.Count == 0 ? [study] : seeds.Select(seed => study with { Seed = seed }))];
    }
}
