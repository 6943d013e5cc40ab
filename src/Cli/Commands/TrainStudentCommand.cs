using System.CommandLine;
using W2S.Data;
using W2S.Experiments;
using W2S.Training;

namespace W2S.Cli;

/// <summary>`train-w2s`: stage 2, the student.</summary>
internal sealed class TrainStudentCommand : TaughtCommand
{
    private readonly Argument<string> _weak = new("weak") { HelpName = "RUN", Description = "The folder of a run of train-weak: the model that labels." };

    private readonly Option<string?> _strong = new("--strong")
    {
        HelpName = "FOLDER",
        Description = "The student's representation, from a run of train-strong or pretrain, or a checkpoint of one; on molecules also a Hugging Face folder or molbert:PATH. Without it, the options below say what it is.",
    };

    private readonly SettingOption _hidden = new("--hidden", "N", "Width between the blocks of the student's representation. Default: 16; on molecules, of its transformer, 64.", "strong.hidden");
    private readonly SettingOption _depth = new("--depth", "N", "Its blocks of Linear + ReLU. Default: 8.", "strong.depth");
    private readonly Option<string[]> _set = new("--set") { HelpName = "KEY=VALUE", Description = "Any setting below strong, as in --set strong.source=truth; may be repeated." };
    private readonly Option<int> _threads = new("--threads") { HelpName = "N", Description = "Threads to use. Default: one for each core.", DefaultValueFactory = _ => Environment.ProcessorCount };
    private readonly StudentMoleculeOptions _molecules = new();
    private readonly RunOptions _run = new("The run's folder. Default: one under checkpoints/, named after shapes, seed and a hash of the settings.");

    public TrainStudentCommand() : base("train-w2s", "Fits the student: heads on the strong representation, on the weak model's labels.",
        "Labels inputs with the weak model, trains the strong representation (or finds it), freezes it and fits a head for each task on these "
        + "labels. Seed, tasks and samples are those of the weak run; for a weak run on molecules, its data and splits. Reports the student's "
        + "error, its misfit to the weak model, and the gain.")
    {
        Add(_weak);
        AddGroup("The student", [_strong, _hidden, _depth, _set]);
        AddGroup("A student on molecules", _molecules.Options);
        AddGroup("The run", [_threads, .. _run.Options]);
        AddExample("train-w2s checkpoints/weak-2x16-seed0-0123abcd", "The paper's student of 8 layers, taught by that run:");
        AddExample("train-w2s checkpoints/weak-2x16-seed0-0123abcd --depth 4", "A student of another shape:");
        AddExample("train-w2s runs/lipop-weak --strong molbert:released/last.ckpt", "MolBERT, taught lipophilicity by a small transformer:");
        SetAction(parsed =>
        {
            var weakRun = parsed.GetValue(_weak)!;
            var training = _run.Training(parsed);
            if (MoleculeStageRun.IsIn(weakRun)) TrainOnMolecules(parsed, weakRun, training);
            else TrainOnTasks(parsed, weakRun, training);
        });
    }

    private void TrainOnTasks(ParseResult parsed, string weakRun, TrainingOptions training)
    {
        Worlds.RefuseMolecules(parsed, _molecules.Options, $"{weakRun} is no run on molecules. Give one of train-weak --data NAME");
        var strong = StudentRepresentation.Choose(weakRun, parsed.GetValue(_strong), [.. _hidden.Layers(parsed), .. _depth.Layers(parsed), .. Assignments(parsed)]);
        Run(parsed,
            run => new StageRuns(StageCommand.Root, parsed.GetValue(_threads), training, _run.Force(parsed), CommandText.Of(parsed), run).TrainStudent(weakRun, strong, _run.Folder(parsed)),
            StageText.Show);
    }

    private void TrainOnMolecules(ParseResult parsed, string weakRun, TrainingOptions training)
    {
        Worlds.RefuseSynthetic(parsed, $"{weakRun} is a run on them");
        var student = _molecules.Student(parsed, weakRun, parsed.GetValue(_strong), _hidden, Assignments(parsed));
        Run(parsed,
            run => new MoleculeStages(StageCommand.Root, DataFolders.Usual(), parsed.GetValue(_threads), training, _run.Force(parsed), CommandText.Of(parsed), run)
                .TrainStudent(weakRun, student, _run.Folder(parsed)),
            MoleculeStageText.Show);
    }

    private IEnumerable<ConfigurationLayer> Assignments(ParseResult parsed) => (parsed.GetValue(_set) ?? []).Select(ConfigurationLayer.FromAssignment);
}
