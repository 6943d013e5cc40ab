using System.CommandLine;
using System.Globalization;
using W2S.Experiments;
using W2S.Reporting.Tables;
using W2S.Training;

namespace W2S.Cli;

/// <summary>`checkpoints list`.</summary>
internal sealed class CheckpointsListCommand : DocumentedCommand
{
    private readonly Argument<string> _folder = CheckpointArguments.Folder();
    private readonly Option<bool> _json = CheckpointArguments.Json();

    public CheckpointsListCommand() : base("list", "Lists the checkpoints below a folder.",
        "Reads the manifests only, so it is quick; verify also reads the files. Training continues from the one marked last.")
    {
        Add(_folder);
        AddGroup("Output", [_json]);
        AddExample("checkpoints list runs", "All checkpoints of all runs:");
        SetAction(parsed => Show(parsed.GetValue(_folder)!, parsed.GetValue(_json)));
    }

    private static void Show(string folder, bool json)
    {
        var checkpoints = CheckpointInspector.List(folder);
        if (json)
            Console.WriteLine(CheckpointArguments.ToJson(checkpoints));
        else if (checkpoints.Count == 0)
            Console.WriteLine($"There are no checkpoints below {folder}.");
        else
            Console.Write(TableText.List(new TextTable(["Training", "Step", "Loss", "Saved (UTC)", "Bytes", "", "Folder"], [.. checkpoints.Select(Row)]), Lines));
    }

    private static string Lines(IReadOnlyList<string> cells)
    {
        var mark = cells[5] == "" ? "" : $", {cells[5]}";
        return $"{cells[6]}\n  {cells[0]}\n  step {cells[1]}, loss {cells[2]}, {cells[4]} bytes, {cells[3]} UTC{mark}\n";
    }

    private static string[] Row(CheckpointSummary checkpoint) =>
    [
        checkpoint.Job ?? "unreadable",
        ProgressText.Count(checkpoint.Step),
        NumberText.Measure(checkpoint.Loss),
        checkpoint.SavedUtc?.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture) ?? NumberText.Nothing,
        ProgressText.Count(checkpoint.Bytes),
        string.Join(", ", new[] { checkpoint.IsLast ? "last" : "", checkpoint.IsBest ? "best" : "" }.Where(mark => mark != "")),
        Path.GetRelativePath(".", checkpoint.Folder),
    ];
}
