using W2S.Data;
using W2S.Models;

namespace W2S.Experiments;

/// <summary>What people name where an encoder is wanted: files of one, or the folder of a run that made or used one.</summary>
public static class MoleculeEncoderReference
{
    /// <param name="reference">A Hugging Face folder, molbert:PATH, the folder of a pretraining, or that of a molecular stage.</param>
    /// <exception cref="UserErrorException">The run in the folder is damaged.</exception>
    public static MoleculeEncoderOptions Resolve(string reference)
    {
        if (File.Exists(Path.Combine(reference, HuggingFaceFolder.ConfigurationFile))) return new MoleculeEncoderOptions { From = reference };
        if (MoleculeStageRun.IsIn(reference))
        {
            var options = MoleculeStages.OptionsOf(reference);
            return MoleculeStageRun.Read(reference).Stage == "weak" ? options.Weak : options.Strong;
        }
        // Its weights are in checkpoints there; who has its settings finds it.
        return File.Exists(Path.Combine(reference, EncoderRecord.FileName))
            ? new MoleculeEncoderOptions { Pretrained = SettingsOf(reference) }
            : new MoleculeEncoderOptions { From = reference };
    }

    private static EncoderSettings SettingsOf(string folder) => ConfigurationBinder.Bind<EncoderSettings>(
        [ConfigurationLayer.FromFile(Path.Combine(folder, RunFolder.ConfigurationFile))], settings => MoleculeStageRules.EncoderRules("", settings));
}
