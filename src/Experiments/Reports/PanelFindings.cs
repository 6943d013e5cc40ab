using System.Runtime.CompilerServices;

namespace W2S.Experiments;

/// <summary>What follows from a panel's results; files, tables, plots and the report all ask for it.</summary>
internal static class PanelFindings
{
    private static readonly ConditionalWeakTable<PanelResult, PanelStatistics> Known = [];

    /// <summary>The panel's statistics, with intervals for its own seed; bootstrapped once, however many ask.</summary>
    internal static PanelStatistics Statistics(this PanelResult panel) => Known.GetValue(panel, key => PanelStatistics.Of(key.Tasks, key.Seed));

    internal static bool HasCollapsed(this PanelResult panel) => panel.Representations.Any(representation => representation.Collapsed);

    /// <summary>"strong representation collapsed", or empty.</summary>
    internal static string CollapseNote(this PanelResult panel)
    {
        var roles = panel.Representations.Where(representation => representation.Collapsed).Select(representation => representation.Role).ToArray();
        return roles.Length == 0 ? "" : $"{string.Join(" and ", roles)} representation collapsed";
    }

    /// <summary>As the paper numbers it: fig2b → 2b.</summary>
    internal static string ShortName(string panel) => panel.StartsWith("fig", StringComparison.Ordinal) && panel.Length > 3 ? panel[3..] : panel;
}
