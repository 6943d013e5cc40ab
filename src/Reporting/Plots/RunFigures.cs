namespace W2S.Reporting.Plots;

/// <summary>The panels of finished runs as figures of a paper.</summary>
internal static class RunFigures
{
    /// <summary>Where a run keeps its figures, in its own folder.</summary>
    internal const string Folder = "plots";

    /// <param name="panels">Names of panels, "2b" or "fig2b", in the order in which they are wanted; empty: all.</param>
    /// <param name="seed">Of runs with several seeds; null: each run's first.</param>
    /// <param name="overlay">Whether a panel that several runs have is one figure, with a colour for each run.</param>
    /// <exception cref="UserErrorException">A run measures no gain, or has no such panel or seed.</exception>
    public static IReadOnlyList<(string Name, ScatterFigure Figure)> Of(
        IReadOnlyList<Result> runs, IReadOnlyList<string> panels, long? seed, bool overlay)
    {
        var all = runs.SelectMany(run => Figures(run, seed)
            .Select(figure => (Run: RunName(run, runs), figure.Name, figure.Figure))).ToList();
        var wanted = panels.Count == 0 ? all : [.. panels.SelectMany(panel => Wanted(panel, all))];
        if (!overlay)
            return [.. wanted.Select(one =>
                (one.Name, wanted.Count(other => other.Name == one.Name) == 1 ? one.Figure : Of(one.Run, one.Figure)))];
        return [.. wanted.GroupBy(one => one.Name).Select(group => (group.Key, group.Count() == 1
            ? group.First().Figure
            : Overlay([.. group.Select(one => (one.Run, one.Figure))])))];
    }

    /// <summary>The file's bytes.</summary>
    /// <param name="title">The heading; null: each panel's own; empty: none of one panel, and of several each its own.</param>
    public static byte[] Write(
        IReadOnlyList<(string Name, ScatterFigure Figure)> figures, string? title, PrintedFigure.Sheet sheet, PrintedFigure.Format format)
    {
        IReadOnlyList<ScatterFigure> drawn = figures.Count == 1 && title != null
            ? [figures[0].Figure with { Title = title, Subtitle = title == "" ? "" : figures[0].Figure.Subtitle }]
            : [.. figures.Select(figure => figure.Figure)];
        var heading = figures.Count > 1 ? title ?? "" : "";
        var spoken = title is { Length: > 0 } ? title : string.Join(", ", figures.Select(figure => figure.Figure.Title));
        return PrintedFigure.Write(ScatterPlot.DrawSheet(spoken, heading, drawn, sheet), format, sheet);
    }

    /// <summary>How dots, slopes and intervals were made, each way once.</summary>
    public static string Caption(IReadOnlyList<(string Name, ScatterFigure Figure)> figures) =>
        $"Gain against misfit. {string.Join(' ', figures.Select(figure => figure.Figure.Caption).Distinct())}";

    /// <summary>Beside the plots of the first run.</summary>
    public static string DefaultPath(Result run, IReadOnlyList<(string Name, ScatterFigure Figure)> figures, PrintedFigure.Format format)
    {
        var name = figures.Count == 1 ? figures[0].Name : "panels";
        return Path.Combine(run.Folder, Folder, $"{name}.{format.ToString().ToLowerInvariant()}");
    }

    private static IReadOnlyList<(string Name, ScatterFigure Figure)> Figures(Result run, long? seed)
    {
        if (!run.MeasuresGain)
            throw new UserErrorException(
                $"{run.Folder} measures no gain: it is a run of the stage {run.Stage}. Give the run of its student.");
        var panels = run.Panels;
        if (seed is { } one && (panels = [.. panels.Where(panel => panel.Seed == one)]).Count == 0)
            throw new UserErrorException(
                $"{run.Folder} has no seed {one}; it has {string.Join(", ", run.Panels.Select(panel => panel.Seed).Distinct())}.");
        return PanelFigures.All(panels);
    }

    private static IEnumerable<(string Run, string Name, ScatterFigure Figure)> Wanted(
        string panel, IReadOnlyList<(string Run, string Name, ScatterFigure Figure)> all)
    {
        var found = all.Where(one => one.Name == panel || PanelFindings.ShortName(one.Name) == panel).ToList();
        if (found.Count > 0) return found;
        var known = all.Select(one => PanelFindings.ShortName(one.Name)).Distinct().ToList();
        var nearest = NearestName.Find(panel, known);
        throw new UserErrorException($"--panels {panel}: there is no such panel in these runs. "
            + (nearest == null ? "" : $"Did you mean {nearest}? ") + $"They have {string.Join(", ", known)}.");
    }

    /// <summary>The folder's name, or where two runs have the same one, its path.</summary>
    private static string RunName(Result run, IReadOnlyList<Result> runs)
    {
        var name = Last(run);
        return runs.Count(other => Last(other) == name) == 1 ? name : run.Folder;

        static string Last(Result one) => Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(one.Folder)));
    }

    private static ScatterFigure Of(string run, ScatterFigure figure) => figure with { Subtitle = $"{run}: {figure.Subtitle}" };

    /// <summary>A series for each run; where a run has several already, one for each of those.</summary>
    private static ScatterFigure Overlay(IReadOnlyList<(string Run, ScatterFigure Figure)> runs) => runs[0].Figure with
    {
        Title = runs.All(run => run.Figure.Title == runs[0].Figure.Title) ? runs[0].Figure.Title : runs[0].Figure.Title.Split(" · ")[0],
        Subtitle = "",
        Series = [.. runs.SelectMany(run => run.Figure.Series.Select(series =>
            series with { Name = run.Figure.Series.Count == 1 ? Named(run) : $"{run.Run}, {series.Name}" }))],
        Slope = null,
        SlopeInterval = null,
        Mirror = runs.Any(run => run.Figure.Mirror),
        Measure = runs.All(run => run.Figure.Measure == runs[0].Figure.Measure) ? runs[0].Figure.Measure : "",
    };

    private static string Named((string Run, ScatterFigure Figure) run) =>
        run.Figure.Slope is { } slope ? $"{run.Run}, slope {NumberText.Ratio(slope)}" : run.Run;
}
