using W2S.Experiments;

namespace W2S.Cli;

/// <summary>`pretrain`: a representation alone.</summary>
internal sealed class PretrainCommand : StageCommand
{
    private readonly RunOptions _run = new($"The folder in which it gets its own, named after shape, seed and a hash of the settings. Default: {Root}.");

    public PretrainCommand() : base("pretrain", "Trains a representation on tasks with known heads, or finds it.",
        "The representation is a ReLU network trained by AdamW so that frozen, known heads on it predict the pretraining tasks. A finished one "
        + "with the same settings is found and not trained again; an interrupted one is continued.", "strong")
    {
        AddExample("pretrain", "The paper's strong representation, 8 layers of width 16:");
        AddExample("pretrain --depth 2 --hidden 32 --epochs 100", "A shallow, wider one, trained briefly:");
        AddGroup("The run", _run.WithoutForce);
        SetAction(parsed =>
        {
            var options = Study(parsed);
            var training = _run.Training(parsed);
            Run(parsed, run => new StageRuns(_run.Folder(parsed) ?? Root, Cores.Of(options), training, force: false, CommandText.Of(parsed), run).Pretrain(options), StageText.Show);
        });
    }
}
