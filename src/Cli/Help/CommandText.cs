using System.CommandLine;
using W2S.Data;

namespace W2S.Cli;

/// <summary>The command that made a study, as one types it again; kept beside its results for the report.</summary>
internal static class CommandText
{
    private const string FileName = "command.txt";

    public static void Write(string folder, string command) => AtomicFile.WriteAllText(Path.Combine(folder, FileName), command + "\n");

    /// <summary>The command that was kept in a study's folder; null where none was.</summary>
    public static string? Read(string folder) => Path.Combine(folder, FileName) is var path && File.Exists(path) ? File.ReadAllText(path).TrimEnd() : null;

    public static string Of(ParseResult parsed) => $"{HelpPage.Program} {string.Join(' ', parsed.Tokens.Select(token => Quoted(token.Value)))}";

    private static string Quoted(string word) =>
        word.Length > 0 && word.All(c => char.IsAsciiLetterOrDigit(c) || "-_./=:,+%".Contains(c)) ? word : $"'{word.Replace("'", "'\\''")}'";
}
