namespace W2S.Reporting;

/// <summary>What a report says beside the results.</summary>
/// <param name="Command">The command that makes this study again.</param>
/// <param name="Finished">When it was made; null leaves the date out.</param>
public sealed record ReportContext(string Command, DateTimeOffset? Finished = null)
{
    private const string CommandFile = "command.txt";

    /// <summary>The command that made the run in a folder, where the folder keeps it, or else another one.</summary>
    internal static ReportContext OfRun(string folder, string command) =>
        new(Path.Combine(folder, CommandFile) is var path && File.Exists(path) ? File.ReadAllText(path).TrimEnd() : command);

    /// <summary>Leaves the command in command.txt beside the results, so that the report can be made again with it.</summary>
    internal void KeepCommand(string folder) => AtomicFile.WriteAllText(Path.Combine(folder, CommandFile), Command + "\n");
}
