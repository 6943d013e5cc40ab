using System.CommandLine;
using W2S.Runs.Plans;
using W2S.Runs.Results;
using W2S.Training;

namespace W2S.Cli;

/// <summary>`sweep clean`.</summary>
internal sealed class SweepCleanCommand : DocumentedCommand
{
    private readonly Argument<string> _folder = SweepArguments.Folder();
    private readonly Option<bool> _logs = new("--logs") { Description = "Also the logs of finished runs." };

    public SweepCleanCommand() : base("clean", "Removes what a sweep no longer needs.",
        "Checkpoints and files that killed workers left behind in finished runs, and runs that are no longer in the plan. No result is touched, nor a "
        + "run that a worker has.")
    {
        Add(_folder);
        AddGroup("More", [_logs]);
        AddExample("sweep clean runs/depth --logs", "All but the results:");
        SetAction(parsed => Clean(parsed.GetValue(_folder)!, parsed.GetValue(_logs)));
    }

    private static void Clean(string folder, bool logs)
    {
        var outcome = SweepCleaning.Clean(SweepPlan.Load(folder), logs);
        Console.WriteLine($"{outcome.Files} files with {ProgressText.Count(outcome.Bytes)} bytes are removed"
            + (outcome.ForeignRuns > 0 ? $", {outcome.ForeignRuns} runs among them that are not in the plan." : "."));
    }
}
