using System.Text.Json;

namespace W2S.Cli;

/// <summary>A command whose help has more than a summary: a paragraph of details, its options in groups, examples.</summary>
internal partial class DocumentedCommand(string name, string summary, string details) : Command(name, summary)
{
    /// <summary>How people start the program from the root of the repository.</summary>
    public const string Program = "./run.sh";

    // How much the program says on stderr, understood by every command.
    public static readonly Option<bool> Verbose = new("--verbose")
    {
        Description = "Say more; after a failure, where in the program it was.",
        Recursive = true,
    };

    public static readonly Option<bool> Quiet = new("--quiet")
    {
        Description = "Say nothing but results, warnings and errors.",
        Recursive = true,
    };

    private static readonly JsonSerializerOptions SnakeCase = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower, WriteIndented = true,
    };

    private readonly List<OptionGroup> _groups = [];
    private readonly List<Example> _examples = [];

    public string Details { get; } = details;
    public IReadOnlyList<OptionGroup> Groups => _groups;
    public IReadOnlyList<Example> Examples => _examples;

    protected void AddGroup(string heading, IEnumerable<Option> options)
    {
        var group = new OptionGroup(heading, [.. options]);
        _groups.Add(group);
        foreach (var option in group.Options) Add(option);
    }

    protected void AddExample(string arguments, string effect) => _examples.Add(new Example(arguments, effect));

    /// <summary>Runs with progress and messages on stderr; what <paramref name="show"/> prints comes after these have ended.</summary>
    protected static void Run<T>(ParseResult parsed, Func<RunServices, T> work, Action<T> show)
    {
        T result;
        using (var host = Host.Create(parsed.GetValue(Quiet), parsed.GetValue(Verbose)))
            result = work(host.Services with { Formats = RunOptions.Formats(parsed) });
        show(result);
    }

    protected static Option<bool> JsonOption() => new("--json") { Description = "JSON, for programs." };

    protected static string ToJson(object value) => JsonSerializer.Serialize(value, SnakeCase);

    /// <summary>The command as one types it again.</summary>
    protected static string CommandOf(ParseResult parsed) =>
        $"{Program} {string.Join(' ', parsed.Tokens.Select(token => Quoted(token.Value)))}";

    private static string Quoted(string word) =>
        word.Length > 0 && word.All(c => char.IsAsciiLetterOrDigit(c) || "-_./=:,+%".Contains(c))
            ? word
            : $"'{word.Replace("'", "'\\''")}'";

    /// <summary>An example in a command's help.</summary>
    /// <param name="Arguments">What to type after the program's name.</param>
    /// <param name="Effect">What it does.</param>
    public sealed record Example(string Arguments, string Effect);

    /// <summary>Options that help shows together.</summary>
    public sealed record OptionGroup(string Heading, IReadOnlyList<Option> Options);

    /// <summary>What the program's exit code says; job scripts depend on it.</summary>
    internal static class ExitCodes
    {
        public const int Done = 0;

        /// <summary>Something failed that is not the user's mistake: a full disk, a loss that is no number.</summary>
        public const int Failed = 1;

        public const int UserMistake = 2;

        /// <summary>Asked to stop, saved, and the same command continues: EX_TEMPFAIL of sysexits.h.</summary>
        public const int StoppedEarly = 75;
    }
}
