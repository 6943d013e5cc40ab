using System.CommandLine;
using W2S.Experiments;

namespace W2S.Cli;

/// <summary>What `train-weak` and `train-strong` share: a representation, then heads on it, in a run folder.</summary>
internal abstract class HeadStageCommand : StageCommand
{
    private readonly RunOptions _run = new($"The run's folder. Default: one under {Root}/, named after shape, seed and a hash of the settings.");

    protected HeadStageCommand(string name, string summary, string teaching, string role) : base(name, summary, teaching, role)
    {
        AddGroup("The run", _run.Options);
        SetAction(parsed =>
        {
            var options = Study(parsed);
            var training = _run.Training(parsed);
            Run(parsed, run => Train(new StageRuns(Root, Cores.Of(options), training, _run.Force(parsed), CommandText.Of(parsed), run), options, _run.Folder(parsed)), StageText.Show);
        });
    }

    protected abstract StageRun Train(StageRuns stages, StudyOptions options, string? folder);
}
