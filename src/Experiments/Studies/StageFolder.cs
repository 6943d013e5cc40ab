using System.Text.Json;
using W2S.Data;

namespace W2S.Experiments;

/// <summary>What the run folders of single stages have in common, on synthetic tasks and on molecules: how a finished one is found in them, and paths in it.</summary>
internal static class StageFolder
{
    /// <summary>Reads the folder's summary.json.</summary>
    /// <param name="format">The kind of run that it must be.</param>
    /// <param name="wanted">The commands that leave such a folder: "train-weak or train-w2s".</param>
    /// <param name="stages">The stages that will do; none: any.</param>
    /// <exception cref="UserErrorException">The folder holds no finished run of these stages.</exception>
    public static T Read<T>(string folder, string format, string wanted, string[] stages, Func<JsonElement, T> read, Func<T, string> stageOf)
    {
        var path = Path.Combine(folder, StudyOutputs.Summary);
        if (!File.Exists(path))
            throw new UserErrorException($"{folder} holds no finished run: there is no {path}. Give the folder that {wanted} names when it ends.");
        if (SummaryFile.KindOf(path) is var kind && kind != format)
            throw new UserErrorException($"{folder} holds {SummaryFile.InWords(kind)}. Give the folder of a run of {wanted}.");
        var run = SummaryFile.Read(path, format, read);
        if (stages.Length > 0 && !stages.Contains(stageOf(run)))
            throw new UserErrorException($"{folder} holds a run of the stage {stageOf(run)}. Give the folder of a run of {wanted}.");
        return run;
    }

    /// <summary>The command that runs a stage.</summary>
    public static string CommandOf(string stage) => $"train-{(stage == "student" ? "w2s" : stage)}";

    /// <summary>A path that is stored relative to a run's folder, as seen from the working directory; absolute where the folder is named so.</summary>
    public static string FromWorkingDirectory(string folder, string stored)
    {
        var full = Path.GetFullPath(Path.Combine(folder, stored));
        return Path.IsPathRooted(folder) ? full : Path.GetRelativePath(".", full);
    }

    /// <summary>The parts with other paths of their folders.</summary>
    public static IReadOnlyList<StagePart> WithFolders(this IReadOnlyList<StagePart> parts, Func<string, string> change) =>
        [.. parts.Select(part => part.Folder == null ? part : part with { Folder = change(part.Folder) })];
}
