using System.CommandLine.Completions;
using W2S.Training.Objectives;

namespace W2S.Cli;

/// <summary>
/// What may stand where somebody is typing: `W2S "[suggest:14]" "reproduce --pre"` prints it, a line each. The first argument is the
/// protocol of dotnet-suggest; with [complete:14] a tab and a description follow, for shells that show them.
/// </summary>
internal static class Suggestions
{
    private const string Plain = "[suggest", Described = "[complete";

    /// <summary>Whether a shell asks.</summary>
    public static bool AreAskedFor(string[] arguments) =>
        arguments is [var first, ..]
            && (first.StartsWith(Plain, StringComparison.Ordinal) || first.StartsWith(Described, StringComparison.Ordinal));

    /// <param name="root">All commands.</param>
    public static void Write(Command root, string[] arguments, TextWriter writer)
    {
        var line = arguments.ElementAtOrDefault(1) ?? "";
        var place = arguments[0].TrimEnd(']').Split(':') is [_, var number] && int.TryParse(number, out var position)
            ? Math.Clamp(position, 0, line.Length)
            : line.Length;
        var isDescribed = arguments[0].StartsWith(Described, StringComparison.Ordinal);
        foreach (var item in For(root, line[..place]))
            writer.Write(isDescribed && item.Detail is { Length: > 0 } detail ? $"{item.Label}\t{Short(detail)}\n" : $"{item.Label}\n");
    }

    /// <param name="line">The command line up to the cursor, without the program.</param>
    public static IReadOnlyList<CompletionItem> For(Command root, string line)
    {
        var word = line[(line.LastIndexOfAny([' ', '\t']) + 1)..];
        var all = root.Parse(line).GetCompletions(line.Length)
            .Where(item => item.Label.StartsWith(word, StringComparison.Ordinal)
                && item.Label is not ("-h" or "-?" or "/h" or "/?" or "--version"))
            .DistinctBy(item => item.Label).ToList();
        var words = all.Where(item => !item.Label.StartsWith('-')).ToList();
        return words.Count > 0 ? words : all;
    }

    /// <summary>Whether a line asks for the value of --set, and which: "--set engine=" has the values of engine.</summary>
    public static IEnumerable<CompletionItem> Assignments(CompletionContext context)
    {
        var word = context.WordToComplete;
        return word.IndexOf('=') is > 0 and var equals
            ? ChoicesOf(word[..equals]).Select(value => new CompletionItem($"{word[..equals]}={value}"))
            : Settings.Select(setting => new CompletionItem($"{setting.Path}=", detail: setting.Description));
    }

    /// <summary>Finished and unfinished runs below runs/, checkpoints/ and the folder that is being typed.</summary>
    public static IEnumerable<CompletionItem> Runs(CompletionContext context) => Folders(context, isSweep: false);

    public static IEnumerable<CompletionItem> Sweeps(CompletionContext context) => Folders(context, isSweep: true);

    private static IEnumerable<CompletionItem> Folders(CompletionContext context, bool isSweep)
    {
        const int most = 200;
        var typed = Path.GetDirectoryName(context.WordToComplete) is { Length: > 0 } folder ? folder : null;
        var roots = typed == null ? KnownRun.UsualRoots : [typed];
        return roots.Where(Directory.Exists).SelectMany(KnownRun.FoldersBelow)
            .Where(run => KnownRun.IsSweep(run) == isSweep).Take(most).Select(run => new CompletionItem(run));
    }

    /// <summary>The first sentence.</summary>
    private static string Short(string text)
    {
        var end = text.IndexOf(". ", StringComparison.Ordinal);
        return (end < 0 ? text : text[..end]).Replace('\n', ' ').Replace('\t', ' ').TrimEnd('.');
    }

    public static T Suggesting<T>(this T option, params IReadOnlyList<string> values) where T : Option
    {
        option.CompletionSources.Add(_ => values.Select(value => new CompletionItem(value)));
        return option;
    }

    public static T Suggesting<T>(this T option, Func<CompletionContext, IEnumerable<CompletionItem>> source) where T : Option
    {
        option.CompletionSources.Add(source);
        return option;
    }

    public static Argument<T> Suggesting<T>(this Argument<T> argument, Func<CompletionContext, IEnumerable<CompletionItem>> source)
    {
        argument.CompletionSources.Add(source);
        return argument;
    }

    public static Argument<T> Suggesting<T>(this Argument<T> argument, params IReadOnlyList<string> values) =>
        argument.Suggesting(_ => values.Select(value => new CompletionItem(value)));

    /// <summary>The path of every setting of a study with its description: "heads.optimiser.epochs".</summary>
    private static IEnumerable<(string Path, string Description)> Settings =>
        Setting.Paths(typeof(Study)).Select(path => (path, Setting.At(typeof(Study), path)!.Description ?? ""));

    /// <summary>What a setting can be, where that is a choice; empty where it is a number, a file, or no setting.</summary>
    internal static IReadOnlyList<string> ChoicesOf(string path)
    {
        if (Setting.At(typeof(Study), path) is not { IsGroup: false } setting) return [];
        if (setting.ValueType.IsEnum) return [.. Setting.Names(setting.ValueType)];
        if (setting.ValueType == typeof(bool)) return ["true", "false"];
        return path.Split('.') switch
        {
            ["data"] => Datasets.Names,
            ["device"] => ["cpu", "cuda"],
            ["objective", "name"] => ObjectiveKind.Names,
            [.., "tokenizer"] => MoleculeTokenizers.Names,
            _ => [],
        };
    }
}
