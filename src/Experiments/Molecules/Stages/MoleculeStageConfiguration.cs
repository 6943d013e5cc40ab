using System.Globalization;
using W2S.Data;

namespace W2S.Experiments;

/// <summary>Turns what the user asked for into a molecular stage's settings: defaults that depend on the data, then what was said.</summary>
public static class MoleculeStageConfiguration
{
    /// <param name="role">"weak" or "strong": whose encoder the user may have spoken of.</param>
    /// <param name="root">The folder of trained representations: checkpoints/.</param>
    /// <exception cref="UserErrorException">Something is wrong; the message lists all of it.</exception>
    public static MoleculeStageOptions Resolve(string role, string root, IReadOnlyList<ConfigurationLayer> said)
    {
        var options = ConfigurationBinder.Bind<MoleculeStageOptions>(said, MoleculeStageRules.Check);
        return role == "weak"
            ? options with { Weak = Encoder(options.Weak, new MoleculeStageOptions().Weak, options.Data, null) }
            : options with { Strong = Encoder(options.Strong, new MoleculeStageOptions().Strong, options.Data, MoleculeStages.SharedStrong(root)) };
    }

    /// <summary>A student's settings: those of its weak run, and what is its own, the strong encoder, the protocol and the device.</summary>
    /// <exception cref="UserErrorException">Something is wrong, or the weak run's to decide.</exception>
    public static MoleculeStageOptions Student(string weakRun, string root, IReadOnlyList<ConfigurationLayer> said)
    {
        var weak = MoleculeStages.OptionsOf(MoleculeStageRun.Read(weakRun, "weak").Folder);
        var settings = ConfigurationLayer.FromFile(Path.Combine(weakRun, RunFolder.ConfigurationFile));
        var seed = ConfigurationLayer.FromOption($"the seed of {weakRun}", "strong.pretrained.seed", weak.Seed.ToString(CultureInfo.InvariantCulture));
        var student = Resolve("strong", root, [settings, seed, .. said]);
        var changed = SettingDifferences.Between(student with { Strong = weak.Strong, W2sOn = weak.W2sOn, Device = weak.Device }, weak, "weak run").ToList();
        if (changed.Count > 0)
            throw new UserErrorException($"These settings are those of {weakRun}, not the student's to change: {string.Join(", ", changed)}. --set may change what is below strong; for others train another weak run.");
        return student;
    }

    /// <param name="shared">An encoder that the project brings along and that is taken where nothing was said; null: none.</param>
    private static MoleculeEncoderOptions Encoder(MoleculeEncoderOptions asked, MoleculeEncoderOptions nothingSaid, string data, string? shared)
    {
        var isSilent = ConfigurationWriter.Write(asked with { Pretrained = asked.Pretrained with { Seed = 0 } }) == ConfigurationWriter.Write(nothingSaid);
        var isSynthetic = data == SyntheticDataSet.SetName;
        if (isSilent && !isSynthetic && shared != null && Directory.Exists(shared)) return new MoleculeEncoderOptions { From = shared };
        if (asked.From != "") return MoleculeEncoderReference.Resolve(asked.From);
        // Generated molecules need no file, so neither should what reads them.
        var saidNoCorpus = asked.Pretrained.Corpora.SequenceEqual(nothingSaid.Pretrained.Corpora);
        return isSynthetic && saidNoCorpus ? asked with { Pretrained = asked.Pretrained with { Corpora = [SyntheticDataSet.SetName] } } : asked;
    }
}
