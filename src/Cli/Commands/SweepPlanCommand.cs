using System.CommandLine;
using W2S.Runs;

namespace W2S.Cli;

/// <summary>`sweep plan`.</summary>
internal sealed class SweepPlanCommand : DocumentedCommand
{
    private readonly Argument<string> _file = new("study") { HelpName = "STUDY.yaml", Description = "Panels, a grid over their settings, and conditions; see configs/sweeps." };
    private readonly Option<string> _out = new("--out") { HelpName = "DIR", Description = "The sweep's folder.", Required = true };

    public SweepPlanCommand() : base("plan", "Turns a grid into a plan of one line a run.",
        "Every point of the grid becomes a line of plan.jsonl with its resolved configuration and a hash of it. Parts that several runs need, such as a "
        + "pretrained representation, become runs of their own, so that nothing is trained twice. Planning again into the same folder takes additions.")
    {
        Add(_file);
        AddGroup("The plan", [_out]);
        AddExample("sweep plan configs/sweeps/depth.yaml --out runs/depth", "Plan, and say how many runs that makes:");
        SetAction(parsed => Plan(parsed.GetValue(_file)!, parsed.GetValue(_out)!));
    }

    private static void Plan(string file, string folder)
    {
        var (plan, added) = SweepPlanner.Plan(SweepFile.Load(file), folder);
        Console.Write(SweepText.Plan(plan, added));
        Console.WriteLine($"Run it with {HelpPage.Program} sweep run {folder}");
    }
}
