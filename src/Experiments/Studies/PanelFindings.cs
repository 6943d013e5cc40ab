using System.Runtime.CompilerServices;

namespace W2S.Experiments;

/// <summary>What follows from a panel's results; files, tables, plots and the report all ask for it.</summary>
internal static class PanelFindings
{
    private static readonly ConditionalWeakTable<PanelResult, PanelStatistics> Known = [];

    /// <summary>The panel's statistics, with intervals for its own seed; bootstrapped once, however many ask.</summary>
    internal static PanelStatistics Statistics(this PanelResult panel) =>
        Known.GetValue(panel, key => PanelStatistics.Of(key.Cells, key.Seed));

    /// <summary>
    /// The intervals of means over seeds whose representations did not collapse, for a panel that differs in nothing else; null of
    /// fewer than five, and where data or weak representations differ.
    /// </summary>
    internal static MeanIntervals? OverSeeds(IReadOnlyList<PanelResult> seeds)
    {
        seeds = Healthy(seeds);
        if (seeds.Count < MeanIntervals.Fewest || seeds.DistinctBy(panel => panel.Seed).Count() < seeds.Count) return null;
        var means = MeanIntervals.Measures.Of(
            [.. seeds.Select(Statistics)], one => one.WeakError, one => one.StudentError, one => one.StrongError, one => one.Misfit);
        return MeanIntervals.Of(MeanIntervals.Seeds, means, seeds[0].Seed);
    }

    /// <summary>
    /// Without the panels one of whose representations collapsed: such a student says nothing of the claim, and one of them rules a mean.
    /// </summary>
    internal static IReadOnlyList<PanelResult> Healthy(IEnumerable<PanelResult> panels) =>
        [.. panels.Where(panel => !panel.HasCollapsed())];

    internal static bool HasCollapsed(this PanelResult panel) => panel.Representations.Any(representation => representation.Collapsed);

    /// <summary>"strong representation collapsed", or empty.</summary>
    internal static string CollapseNote(this PanelResult panel)
    {
        var roles = panel.Representations
            .Where(representation => representation.Collapsed).Select(representation => representation.Role).ToArray();
        return roles.Length == 0 ? "" : $"{string.Join(" and ", roles)} representation collapsed";
    }

    /// <summary>
    /// Where dots are expected on y = x and the mean gain is a loss: what the two representations explain, for that is
    /// usually why. Null elsewhere.
    /// </summary>
    internal static string? TurnedRoundNote(this PanelResult panel)
    {
        if (!panel.Options.Expectation.Contains("y = x", StringComparison.Ordinal) || panel.Statistics().Gain is not <= 0) return null;
        var explained = panel.Representations
            .Select(representation => $"the {representation.Role} representation explains {NumberText.Percent(representation.Explained)}");
        return $"the panel has turned round, the student loses: {string.Join(" and ", explained)} of the true labels.";
    }

    /// <summary>As the paper numbers it: fig2b → 2b.</summary>
    internal static string ShortName(string panel) =>
        panel.StartsWith("fig", StringComparison.Ordinal) && panel.Length > 3 ? panel[3..] : panel;

    /// <summary>One sentence for each representation that has collapsed.</summary>
    internal static IEnumerable<string> Alarms(this PanelResult panel) =>
        from representation in panel.Representations
        where representation.Collapsed
        let explains = representation.Explained is { } share ? $", explains {NumberText.Percent(share)} of the true labels" : ""
        select $"the {representation.Role} representation has collapsed ({AliveUnits(representation)} units alive, "
            + $"effective rank {NumberText.Measure(representation.EffectiveRank)}{explains}).";

    /// <summary>"14 of 16".</summary>
    internal static string AliveUnits(PanelResult.Representation representation) =>
        representation.AliveUnits is { } alive ? $"{alive} of {representation.Width}" : $"{representation.Width}";
}
