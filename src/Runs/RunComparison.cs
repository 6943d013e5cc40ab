namespace W2S.Runs;

/// <summary>Finished runs side by side: which settings differ, and what each measured.</summary>
internal sealed class RunComparison
{
    private readonly IReadOnlyList<(string Name, Result Result)> _runs;

    private RunComparison(IReadOnlyList<(string, Result)> runs) => _runs = runs;

    /// <param name="folders">Two or more.</param>
    /// <exception cref="UserErrorException">A folder holds no finished run of a study or a stage.</exception>
    public static RunComparison Of(IReadOnlyList<string> folders)
    {
        if (folders.Distinct().Count() < 2) throw new UserErrorException("A comparison needs two runs or more: give their folders.");
        return new RunComparison(
            [.. folders.Distinct().Zip(ShortNames([.. folders.Distinct()])).Select(run => (run.Second, ResultFile.Read(run.First)))]);
    }

    /// <summary>What they found.</summary>
    public IReadOnlyList<Result> Results => [.. _runs.Select(run => run.Result)];

    /// <summary>A row for each setting that is not the same everywhere, a column for each run; without rows where none differs.</summary>
    public TextTable Settings()
    {
        // Panels of one run share their settings but for what makes them panels: the first stands for them, and names differ anyhow.
        var studies = _runs.Select(run => run.Result.Panels[0].Options).ToList();
        var rows = from path in Setting.Paths(typeof(Study))
                   let values = studies.Select(study => Text(Setting.ValueAt(study, path))).ToList()
                   where values.Distinct().Count() > 1 && path is not ("title" or "expectation" or "threads")
                   select (IReadOnlyList<string>)[path, .. values];
        return new TextTable(["setting", .. _runs.Select(run => run.Name)], [.. rows]);
    }

    /// <summary>A row for each run and panel: medians over seeds, of means over cells.</summary>
    public TextTable Measures()
    {
        (string Name, Func<PanelStatistics, double?> Of)[] measures =
        [
            ("weak error", panel => panel.WeakError), (
                "student error", panel => panel.StudentError), ("ceiling", panel => panel.StrongError),
            ("misfit", panel => panel.Misfit), ("gain", panel => panel.Gain), (
                "gain / misfit", panel => panel.GainOverMisfit), ("slope", panel => panel.SlopeThroughOrigin),
        ];
        var rows = from run in _runs
                   from seeds in run.Result.Panels
                       .GroupBy(panel => panel.Options.IsGaussian ? panel.Name : $"{panel.Name} {panel.Data} {panel.Weak}".TrimEnd())
                   let statistics = seeds.Select(panel => panel.Statistics()).ToList()
                   select (IReadOnlyList<string>)
                   [
                       run.Name, seeds.Key, $"{seeds.Count()}", $"{seeds.Count(panel => panel.HasCollapsed())}",
                       .. measures.Select(measure => NumberText.Measure(Spread.Of(statistics.Select(measure.Of))?.Median)),
                   ];
        return new TextTable(["run", "panel", "seeds", "collapsed", .. measures.Select(measure => measure.Name)], [.. rows]);
    }

    /// <summary>The first digits of a SHA-256 are enough to see which is which.</summary>
    private static string Text(object? value)
    {
        const int digest = 64, shown = 12;
        return ConfigurationWriter.Text(value is IEnumerable<string> texts ? texts.Select(text => text.Length == digest && text.All(char.IsAsciiHexDigit) ? text[..shown] : text) : value);
    }

    /// <summary>The folders' own names where these are all different, else the whole paths.</summary>
    private static IReadOnlyList<string> ShortNames(IReadOnlyList<string> folders)
    {
        List<string> names = [.. folders.Select(folder => Path.GetFileName(Path.TrimEndingDirectorySeparator(folder)))];
        return names.Distinct().Count() == names.Count ? names : folders;
    }
}
