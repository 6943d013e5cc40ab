using System.CommandLine;

namespace W2S.Cli;

/// <summary>A command as one types it again.</summary>
internal static class CommandText
{
    public static string Of(ParseResult parsed) => $"{HelpPage.Program} {string.Join(' ', parsed.Tokens.Select(token => Quoted(token.Value)))}";

    private static string Quoted(string word) =>
        word.Length > 0 && word.All(c => char.IsAsciiLetterOrDigit(c) || "-_./=:,+%".Contains(c)) ? word : $"'{word.Replace("'", "'\\''")}'";
}
