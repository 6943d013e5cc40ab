using System.CommandLine;
using W2S.Data;
using W2S.Experiments;
using W2S.Training;

namespace W2S.Cli;

/// <summary>`pretrain`: a representation alone.</summary>
internal sealed class PretrainCommand : StageCommand
{
    private const string AddCorpus = "Add --corpus NAME";
    private readonly RunOptions _run = new($"The folder in which it gets its own, named after shape, seed and a hash of the settings. Default: {Root}.");
    private readonly EncoderOptions _encoder = new("");

    private readonly Option<string?> _save = new("--save")
    {
        HelpName = "FOLDER",
        Description = "Also export the transformer as a Hugging Face folder (config.json, model.safetensors, vocab.txt), which --strong and --weak take.",
    };

    public PretrainCommand() : base("pretrain", "Trains a representation on tasks with known heads, or a transformer on molecules, or finds it.",
        "The representation is a ReLU network trained by AdamW so that frozen, known heads on it predict the pretraining tasks. A finished one "
        + "with the same settings is found and not trained again; an interrupted one is continued. With --corpus it is a transformer that learns to "
        + "fill in hidden tokens of SMILES, and the physico-chemical descriptors where the corpus has them. There --hidden (default 32), --epochs (2), "
        + "--seed and --set (also --set pretraining.parts=2, to use two cores) count as well, the other options above do not.", "strong")
    {
        AddExample("pretrain", "The paper's strong representation, 8 layers of width 16:");
        AddExample("pretrain --depth 2 --hidden 32 --epochs 100", "A shallow, wider one, trained briefly:");
        AddExample("pretrain --corpus synthetic-smiles --hidden 32 --layers 2", "A small transformer on generated molecules, which needs no file:");
        AddGroup("Molecules", [.. _encoder.Options, _save]);
        AddGroup("The run", _run.WithoutForce);
        SetAction(parsed =>
        {
            var training = _run.Training(parsed);
            if (_encoder.HasCorpus(parsed)) PretrainOnMolecules(parsed, training);
            else PretrainOnTasks(parsed, training);
        });
    }

    private void PretrainOnTasks(ParseResult parsed, TrainingOptions training)
    {
        Worlds.RefuseMolecules(parsed, [.. _encoder.Options, _save], AddCorpus);
        var options = Study(parsed);
        Run(parsed, run => new StageRuns(_run.Folder(parsed) ?? Root, Cores.Of(options), training, force: false, CommandText.Of(parsed), run).Pretrain(options), StageText.Show);
    }

    private void PretrainOnMolecules(ParseResult parsed, TrainingOptions training)
    {
        Worlds.RefuseSynthetic(parsed, "--corpus", "--head-epochs", "--solver", "--device", "--threads");
        var settings = ConfigurationBinder.Bind<EncoderSettings>(
            [.. Overrides.Layers(parsed, Shared), .. _encoder.Layers(parsed), .. Overrides.Assignments(parsed)], settings => MoleculeStageRules.EncoderRules("", settings));
        var save = parsed.GetValue(_save);
        Run(parsed,
            run => new MoleculeStages(_run.Folder(parsed) ?? Root, DataFolders.Usual(), Environment.ProcessorCount, training, force: false, CommandText.Of(parsed), run).Pretrain(settings, save),
            encoder => MoleculeStageText.Show(encoder, save));
    }

    private static Dictionary<string, string[]> Shared => new()
    {
        ["--hidden"] = ["hidden"],
        ["--seed"] = ["seed"],
        ["--epochs"] = ["pretraining.epochs"],
    };
}
