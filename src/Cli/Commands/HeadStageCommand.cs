using W2S.Data;
using W2S.Experiments;
using W2S.Runs;
using W2S.Training;

namespace W2S.Cli;

/// <summary>What `train-weak` and `train-strong` share: a representation, then heads on it, in a run folder.</summary>
internal abstract class HeadStageCommand : StageCommand
{
    private const string OnTables = "With --data it does the same on a table, for each split: heads read what a frozen transformer says of molecules, or stored features. Where nothing else is "
        + "said of the transformer, the one in checkpoints/molecules is taken: weak-32 and so on by --hidden, or strong; any option about pretraining trains one.";

    private readonly RunOptions _run = new($"The run's folder. Default: one under {Root}/, named after shape, seed and a hash of the settings.");

    protected HeadStageCommand(string name, string summary, string details, string role) : base(name, summary, $"{details} {OnTables}", role)
    {
        AddGroup("The run", _run.Options);
        SetAction(parsed =>
        {
            var (training, study) = (_run.Training(parsed), Study(parsed));
            if (_run.IsDry(parsed)) Run(parsed, run => Stages(run).Foresee(role, study, _run.Folder(parsed)), ForecastText.Show);
            else Run(parsed, run => Train(Stages(run), study, _run.Folder(parsed)), StageText.Show);

            StageRuns Stages(RunServices run) => new(Root, DataFolders.Usual(), Cores(study), training, _run.Force(parsed), CommandText.Of(parsed), run);
        });
    }

    protected abstract Result Train(StageRuns stages, Study study, string? folder);
}
