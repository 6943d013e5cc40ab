using System.CommandLine.Parsing;

namespace W2S.Cli;

// What is wrong with a command line, in words that help.
internal static partial class CommandLine
{
    /// <summary>The first mistake, or null where there is none.</summary>
    internal static string? Mistake(ParseResult parsed)
    {
        var command = parsed.CommandResult.Command;
        var page = $"See {DocumentedCommand.Program} {(command is RootCommand ? "" : NameOf(command) + " ")}--help.";
        if (command.Subcommands.Count > 0 && parsed.UnmatchedTokens is [var stranger, ..] && !stranger.StartsWith('-'))
            return NoCommand(command, stranger) + page;
        // A command that takes names would take an unknown option for one of them.
        var strange = parsed.Tokens
            .FirstOrDefault(token => token.Type == TokenType.Argument && token.Value.StartsWith("--", StringComparison.Ordinal))?.Value;
        if (strange != null) return $"There is no option {strange}. {Suggestion(strange, OptionsOf(command))}{page}";
        if (Empty(parsed) is { } empty)
            return $"{empty} is given an empty text, as an unset variable of the shell gives it. Give it a value, or leave it out. {page}";
        if (parsed.UnmatchedTokens is [var unmatched, ..]) return $"{NameOf(command)} does not take {unmatched}. {page}";
        return parsed.Errors is [var error, ..] ? $"{Sentence(error, command)} {page}" : null;
    }

    /// <summary>What is wrong with a command line that asks for help: it names a command that is not there.</summary>
    private static string? MistakeOfHelp(ParseResult parsed) =>
        parsed.CommandResult.Command is { Subcommands.Count: > 0 } && parsed.UnmatchedTokens.Count > 0 ? Mistake(parsed) : null;

    private static string NoCommand(Command command, string stranger)
    {
        List<string> names = [.. command.Subcommands.Select(sub => sub.Name)];
        var suggestion = Suggestion(stranger, names);
        return $"There is no command {stranger}. {(suggestion == "" ? $"There are {string.Join(", ", names)}. " : suggestion)}";
    }

    /// <summary>The option or argument that was given nothing but blanks; null where there is none.</summary>
    private static string? Empty(ParseResult parsed) =>
        parsed.CommandResult.Children.FirstOrDefault(child => child.Tokens.Any(token => string.IsNullOrWhiteSpace(token.Value))) switch
    {
        OptionResult option => option.Option.Name,
        ArgumentResult argument => argument.Argument.HelpName ?? argument.Argument.Name,
        _ => null,
    };

    private static string Sentence(ParseError error, Command command) => error.SymbolResult switch
    {
        OptionResult { Tokens.Count: 0 } option => $"{option.Option.Name} needs a value: {option.Option.Name} {option.Option.HelpName}.",
        OptionResult { Tokens: [var token] } option when Kind(option.Option.ValueType) is { } kind =>
            $"{option.Option.Name} {token.Value}: it must be {kind}. {Suggestion(token.Value, Values(option.Option.ValueType))}".TrimEnd(),
        OptionResult { Tokens.Count: > 1 } option => $"{option.Option.Name} is given {option.Tokens.Count} times; give it once.",
        ArgumentResult argument => $"{NameOf(command)} needs {argument.Argument.HelpName}: {argument.Argument.Description}",
        CommandResult { Command: RootCommand } => "Which command?",
        CommandResult { Command.Subcommands.Count: > 0 } =>
            $"{NameOf(command)} needs one of {string.Join(", ", command.Subcommands.Select(sub => sub.Name))}.",
        CommandResult { Command.Arguments: [var needed, ..] } => $"{NameOf(command)} needs {needed.HelpName}: {needed.Description}",
        _ => error.Message,
    };

    /// <summary>What a value of an option that could not be read must be; null where that may be anything.</summary>
    private static string? Kind(Type type) =>
        Values(type) is { Count: > 0 } values ? $"one of {string.Join(", ", values)}" : type == typeof(int) ? "a whole number" : null;

    private static IReadOnlyList<string> Values(Type type) =>
        (Nullable.GetUnderlyingType(type) ?? type) is { IsEnum: true } values
            ? [.. Enum.GetNames(values).Select(name => name.ToLowerInvariant())]
            : [];

    private static string Suggestion(string word, IEnumerable<string> names) =>
        NearestName.Find(word, names) is { } nearest ? $"Did you mean {nearest}? " : "";

    private static IEnumerable<string> OptionsOf(Command command) => command.Options.Select(option => option.Name)
        .Concat([DocumentedCommand.Verbose.Name, DocumentedCommand.Quiet.Name, "--help"]);

    private static string NameOf(Command command) =>
        command.Parents.OfType<Command>().FirstOrDefault() is { } parent and not RootCommand
            ? $"{parent.Name} {command.Name}"
            : command.Name;
}
