using System.Diagnostics;

namespace W2S.Cli;

/// <summary>`report`: a finished run's report again.</summary>
internal sealed class ReportCommand : DocumentedCommand
{
    private readonly Argument<string> _folder = new("folder")
    {
        HelpName = "FOLDER", Description = "The folder of a finished run, of reproduce or of a single stage, or of a representation.",
    };

    public ReportCommand() : base("report", "Shows a finished run again, and remakes its report.",
        "Reads summary.json and metrics.jsonl in the run's folder, prints the results, and writes the plots and the report anew; nothing "
            + "is computed.")
    {
        Add(_folder.Suggesting(Suggestions.Runs));
        AddExample("report runs/synthetic-0123abcd", "The results of an earlier study:");
        AddExample("report checkpoints/weak-2x16-seed0-0123abcd", "Those of a single stage:");
        SetAction(parsed => Remake(parsed.GetValue(_folder)!, CommandOf(parsed)));
    }

    private static void Remake(string folder, string command)
    {
        switch (ExperimentRuns.Remake(folder, command) ?? StudyOutputs.Remake(folder, command))
        {
            case Result result:
                ResultText.Show(result);
                break;
            case MlpStore.Summary summary:
                ResultText.Show(summary, folder);
                break;
            case ExperimentResults experiments:
                ResultText.Show(experiments);
                break;
            default:
                throw new UnreachableException();
        }
    }
}
