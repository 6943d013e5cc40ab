using W2S.Data;
using W2S.Models;

namespace W2S.Experiments;

/// <summary>
/// A finished panel in its own folder: its settings, its result, so that a continued study does not measure it again, and
/// the fitted heads of its stages.
/// </summary>
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

    public static void Write(string folder, PanelResult result, HeadStages stages)
    {
        Directory.CreateDirectory(folder);
        AtomicFile.WriteAllText(Path.Combine(folder, "config.yaml"), ConfigurationWriter.Write(result.Options));
        var heads = stages.Fitted.SelectMany(stage => stage.Value.ToTensors().Select(tensor => tensor with { Name = $"{stage.Key}.{tensor.Name}" }));
        using var file = new MemoryStream();
        Safetensors.Write(file, [.. heads]);
        AtomicFile.WriteAllBytes(Path.Combine(folder, "heads.safetensors"), file.GetBuffer().AsSpan(0, (int)file.Length));
        StudyFiles.WriteSummary(Path.Combine(folder, FileName), [result]);
        if (Directory.Exists(stages.Folder)) Directory.Delete(stages.Folder, recursive: true);
    }
}
