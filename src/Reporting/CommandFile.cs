using W2S.Data;

namespace W2S.Reporting;

/// <summary>command.txt: the command that made a run, kept beside its results, so that the report can be made again with it.</summary>
internal static class CommandFile
{
    private const string FileName = "command.txt";

    public static void Write(string folder, string command) => AtomicFile.WriteAllText(Path.Combine(folder, FileName), command + "\n");

    /// <summary>The command that was kept in a run's folder; null where none was.</summary>
    public static string? Read(string folder) => Path.Combine(folder, FileName) is var path && File.Exists(path) ? File.ReadAllText(path).TrimEnd() : null;
}
