using System.Text.Json;
using W2S.Data;

namespace W2S.Experiments;

/// <summary>
/// A study's results as files: tasks.csv for spreadsheets and summary.json for programs. Both hold every digit, so the
/// report can be made again from summary.json alone.
/// </summary>
public static class StudyFiles
{
    /// <summary>Writes tasks.csv: panel, seed, task, weak_error, student_error, strong_error, misfit, gain, gap_recovered.</summary>
    public static void WriteTasks(string path, IReadOnlyList<PanelResult> panels) => AtomicFile.WriteAllText(
        path, TasksCsv.Write(panels.SelectMany(panel => panel.Tasks.Select(task => (panel.Name, panel.Seed, StageTask.Of(task))))));

    /// <summary>
    /// Writes summary.json; its shape is described in docs and in <see cref="SummaryDocument"/>. Two runs of the same settings
    /// differ only under keys named "seconds".
    /// </summary>
    /// <exception cref="ArgumentException">A panel occurs twice for one seed, or there is none.</exception>
    public static void WriteSummary(string path, IReadOnlyList<PanelResult> panels) =>
        AtomicFile.WriteAllText(path, JsonSerializer.Serialize(ToDocument(panels), SummaryJson.Pretty.SummaryDocument) + "\n");

    /// <summary>Reads what <see cref="WriteSummary"/> wrote: seed by seed, panels in the order in which they ran.</summary>
    /// <exception cref="UserErrorException">The file is missing, cut short, of another program or of a newer version.</exception>
    public static IReadOnlyList<PanelResult> ReadSummary(string path) => SummaryReader.Read(path);

    private static SummaryDocument ToDocument(IReadOnlyList<PanelResult> panels)
    {
        if (panels.Count == 0) throw new ArgumentException("A summary needs at least one panel.", nameof(panels));
        var seeds = panels.GroupBy(panel => panel.Seed).Select(ToSeedPart).ToArray();
        return seeds.Length == 1
            ? new SummaryDocument { Seed = seeds[0].Seed, Panels = seeds[0].Panels }
            : new SummaryDocument { Seeds = seeds, Spread = ToSpread(panels) };
    }

    private static SeedPart ToSeedPart(IGrouping<long, PanelResult> panels)
    {
        var parts = new OrderedDictionary<string, PanelPart>();
        foreach (var panel in panels) parts.Add(panel.Name, ToPanelPart(panel));
        return new SeedPart(panels.Key, parts);
    }

    private static OrderedDictionary<string, SpreadPart> ToSpread(IReadOnlyList<PanelResult> panels)
    {
        var spread = new OrderedDictionary<string, SpreadPart>();
        foreach (var seeds in panels.GroupBy(panel => panel.Name))
        {
            var statistics = SeedStatistics.Of([.. seeds.Select(panel => panel.Statistics())]);
            var collapsed = seeds.Where(panel => panel.HasCollapsed()).Select(panel => panel.Seed);
            spread.Add(seeds.Key, new SpreadPart([.. collapsed], JsonSerializer.SerializeToElement(statistics, SummaryJson.Compact.SeedStatistics)));
        }
        return spread;
    }

    private static PanelPart ToPanelPart(PanelResult panel)
    {
        var options = JsonSerializer.SerializeToElement(panel.Options, SummaryJson.Compact.StudyOptions);
        var tasks = panel.Tasks.Select(task => new TaskPart(task.Task, task.WeakError, task.StudentError, task.StrongError, task.Misfit, task.Gain));
        var statistics = JsonSerializer.SerializeToElement(panel.Statistics(), SummaryJson.Compact.PanelStatistics);
        return new PanelPart(panel.Engine, panel.Seconds, options, panel.Representations, statistics, [.. tasks]);
    }
}
