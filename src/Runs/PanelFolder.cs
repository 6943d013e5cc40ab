using W2S.Data;
using W2S.Experiments;

namespace W2S.Runs;

/// <summary>
/// A finished panel in its own folder: its settings, its result, so that a continued study does not measure it again, and
/// the fitted heads of its stages.
/// </summary>
internal static class PanelFolder
{
    /// <summary>The stored result of exactly these settings; null where there is none.</summary>
    public static PanelResult? Read(string folder, Study study)
    {
        if (!ResultFile.IsIn(folder)) return null;
        var stored = ResultFile.Read(folder).Panel;
        return Fingerprint.Of(stored.Options with { Threads = 0 }) == Fingerprint.Of(study with { Threads = 0 }) ? stored : null;
    }

    public static PanelResult Write(string folder, PanelResult panel, StudyOutcome outcome)
    {
        Directory.CreateDirectory(folder);
        AtomicFile.WriteAllText(Path.Combine(folder, RunFolder.ConfigurationFile), ConfigurationWriter.Write(panel.Options));
        HeadFile.Write(folder, outcome.Fits);
        PredictionsFile.Write(folder, panel, outcome.Predictions);
        ResultFile.Write(folder, new Result(Result.StudyStage, [panel]));
        return panel;
    }
}
