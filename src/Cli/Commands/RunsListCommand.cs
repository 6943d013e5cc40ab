using System.CommandLine;
using System.Globalization;
using W2S.Data;
using W2S.Experiments;
using W2S.Reporting.Tables;
using W2S.Runs;

namespace W2S.Cli;

/// <summary>`runs list`.</summary>
internal sealed class RunsListCommand : DocumentedCommand
{
    private readonly Argument<string[]> _folders = new("folder")
    {
        HelpName = "FOLDER",
        Arity = ArgumentArity.ZeroOrMore,
        Description = "Where to look. Default: runs and checkpoints.",
    };

    private readonly Option<bool> _json = CheckpointArguments.Json();

    public RunsListCommand() : base("list", "Lists the runs below a folder.",
        "A line for each run, the newest last: its kind, whether it is done, what it ran, and its mean gain and misfit where it is of one panel.")
    {
        Add(_folders.Suggesting(RunFinder.UsualRoots));
        AddGroup("Output", [_json]);
        AddExample("runs list", "All runs below runs/ and checkpoints/:");
        SetAction(parsed => Show(parsed.GetValue(_folders) is { Length: > 0 } folders ? folders : [.. RunFinder.UsualRoots.Where(Directory.Exists)], parsed.GetValue(_json)));
    }

    private static void Show(IReadOnlyList<string> folders, bool json)
    {
        if (folders.FirstOrDefault(folder => !Directory.Exists(folder)) is { } absent) throw new UserErrorException($"There is no folder {absent}. Name a folder with runs in it.");
        var runs = KnownRun.Below(folders);
        if (json) Console.WriteLine(CheckpointArguments.ToJson(runs));
        else if (runs.Count == 0) Console.WriteLine($"There are no runs below {(folders.Count == 0 ? string.Join(" and ", RunFinder.UsualRoots) : string.Join(", ", folders))}.");
        else Console.Write(TableText.List(new TextTable(["run", "kind", "state", "what", "gain", "misfit", "changed (UTC)"], [.. runs.Select(Row)]), Lines));
    }

    private static string Lines(IReadOnlyList<string> cells)
    {
        var measures = cells[4] == "" ? "" : $"; gain {cells[4]}, misfit {cells[5]}";
        return $"{cells[0]}\n  {cells[1]}, {cells[2]}, {cells[6]} UTC\n{(cells[3] == "" ? "" : $"  {cells[3]}{measures}\n")}";
    }

    private static string[] Row(KnownRun run) =>
    [
        run.Folder, run.Kind, run.State.Split('\n')[0], run.What, run.Gain == null ? "" : NumberText.Measure(run.Gain), run.Misfit == null ? "" : NumberText.Measure(run.Misfit),
        run.Changed.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture),
    ];
}
