using W2S.Data;

namespace W2S.Experiments;

/// <summary>A finished panel's result in its own folder, so that a continued study does not measure it again.</summary>
internal static class FinishedPanel
{
    private const string FileName = "summary.json";

    /// <summary>The stored result of exactly these options; null where there is none.</summary>
    public static PanelResult? Read(string folder, StudyOptions options)
    {
        var path = Path.Combine(folder, FileName);
        if (!File.Exists(path)) return null;
        var stored = StudyFiles.ReadSummary(path).Single();
        return stored.Options with { Threads = options.Threads } == options ? stored : null;
    }

    public static void Write(string folder, PanelResult result)
    {
        Directory.CreateDirectory(folder);
        AtomicFile.WriteAllText(Path.Combine(folder, "config.yaml"), ConfigurationWriter.Write(result.Options));
        StudyFiles.WriteSummary(Path.Combine(folder, FileName), [result]);
    }
}
