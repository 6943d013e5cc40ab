using System.CommandLine;
using W2S.Experiments;

namespace W2S.Cli;

/// <summary>`report`: a finished study's report again.</summary>
internal sealed class ReportCommand : TaughtCommand
{
    private readonly Argument<string> _folder = new("folder") { HelpName = "FOLDER", Description = "The folder of a finished run of reproduce." };

    public ReportCommand() : base("report", "Shows a finished study again, and remakes its report.",
        "Reads summary.json in the run's folder, prints the table of results, and writes the plots and the report anew; nothing is computed.")
    {
        Add(_folder);
        AddExample("report runs/synthetic-0123abcd", "The results of an earlier run:");
        SetAction(parsed => Remake(parsed.GetValue(_folder)!, CommandText.Of(parsed)));
    }

    private static void Remake(string folder, string command)
    {
        var panels = StudyFiles.ReadSummary(Path.Combine(folder, StudyOutputs.Summary));
        StudyOutputs.Write(folder, panels, new ReportContext(CommandText.Read(folder) ?? command));
        StudyText.Show(panels, folder);
    }
}
