namespace W2S.Experiments;

/// <summary>Turns results into figures.</summary>
public static class PanelFigures
{
    /// <summary>A panel's plot: its tasks, the slope through the origin with its interval, and y = −x where gains are losses.</summary>
    public static ScatterFigure Of(PanelResult panel)
    {
        var statistics = panel.Statistics();
        var interval = statistics.SlopeThroughOriginInterval;
        var collapse = panel.CollapseNote();
        return new ScatterFigure
        {
            Title = $"{PanelFindings.ShortName(panel.Name)} · {panel.Options.Title}",
            Subtitle = $"n = {panel.Tasks.Count}, "
                + (collapse == "" ? $"slope {NumberText.Ratio(statistics.SlopeThroughOrigin)}, correlation {NumberText.Ratio(statistics.Correlation)}" : collapse),
            Series = [new ScatterSeries("tasks", [.. panel.Tasks.Select(task => new ScatterDot(task.Misfit, task.Gain, $"task {task.Task}"))])],
            Slope = statistics.SlopeThroughOrigin,
            SlopeInterval = interval == null ? null : (interval.Low, interval.High),
            Mirror = statistics.Gain < 0,
        };
    }

    /// <summary>A row for each panel of a study of several seeds, in the order in which they ran.</summary>
    public static IReadOnlyList<SpreadRow> SpreadRows(IReadOnlyList<PanelResult> panels) =>
        [.. panels.GroupBy(panel => panel.Name).Select(seeds => new SpreadRow(seeds.Key, [.. seeds.Select(ToDot)]))];

    private static SpreadDot ToDot(PanelResult panel) => new(panel.Seed, panel.Statistics().GainOverMisfit ?? double.NaN, panel.HasCollapsed());
}
