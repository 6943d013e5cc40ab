using System.CommandLine;
using W2S.Data;
using W2S.Experiments;
using W2S.Training;

namespace W2S.Cli;

/// <summary>What `train-weak` and `train-strong` share: a representation, then heads on it, in a run folder.</summary>
internal abstract class HeadStageCommand : StageCommand
{
    private readonly RunOptions _run = new($"The run's folder. Default: one under {Root}/, named after shape, seed and a hash of the settings.");
    private readonly MoleculeOptions _molecules;

    protected HeadStageCommand(string name, string summary, string teaching, string role) : base(name, summary, $"{teaching} {MoleculeOptions.Teaching}", role)
    {
        _molecules = new MoleculeOptions(role);
        AddGroup("Molecules", _molecules.Options);
        AddGroup("The run", _run.Options);
        SetAction(parsed =>
        {
            var training = _run.Training(parsed);
            if (_molecules.AreMeant(parsed)) TrainOnMolecules(parsed, _molecules.Settings(parsed, Overrides), training);
            else TrainOnTasks(parsed, Study(parsed), training);
        });
    }

    protected abstract StageRun Train(StageRuns stages, StudyOptions options, string? folder);

    protected abstract MoleculeStageRun Train(MoleculeStages stages, MoleculeStageOptions options, string? folder);

    private void TrainOnTasks(ParseResult parsed, StudyOptions options, TrainingOptions training) => Run(parsed,
        run => Train(new StageRuns(Root, Cores.Of(options), training, _run.Force(parsed), CommandText.Of(parsed), run), options, _run.Folder(parsed)),
        StageText.Show);

    private void TrainOnMolecules(ParseResult parsed, MoleculeStageOptions options, TrainingOptions training) => Run(parsed,
        run => Train(new MoleculeStages(Root, DataFolders.Usual(), Cores.Of(options), training, _run.Force(parsed), CommandText.Of(parsed), run), options, _run.Folder(parsed)),
        MoleculeStageText.Show);
}
