using System.CommandLine;
using W2S.Runs;
using W2S.Runs.Launchers;
using W2S.Runs.Plans;

namespace W2S.Cli;

/// <summary>`sweep retry`.</summary>
internal sealed class SweepRetryCommand : DocumentedCommand
{
    private readonly Argument<string> _folder = SweepArguments.Folder();
    private readonly Option<string?> _lines = SweepArguments.Lines("Lines of plan.jsonl, as 12-15,20. Default: all that failed for good.");

    public SweepRetryCommand() : base("retry", "Lets failed runs be tried again.",
        "Starts the count of their failures anew; what they saved stays, so that they continue from there. Then run the sweep again.")
    {
        Add(_folder);
        AddGroup("Which runs", [_lines]);
        AddExample("sweep retry runs/depth", "All that failed:");
        SetAction(parsed => Retry(parsed.GetValue(_folder)!, parsed.GetValue(_lines)));
    }

    private static void Retry(string folder, string? lines)
    {
        var retried = Sweep.Retry(SweepPlan.Load(folder), lines == null ? null : LineList.Parse(lines, "--lines"));
        foreach (var run in retried) Console.WriteLine($"line {run.Line}, {run.Name}");
        Console.WriteLine(retried.Count == 0
            ? "There are no such failed runs."
            : $"{retried.Count} runs may be tried again: {HelpPage.Program} sweep run {folder}");
    }
}
