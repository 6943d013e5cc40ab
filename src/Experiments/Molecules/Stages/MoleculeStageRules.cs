using W2S.Data;

namespace W2S.Experiments;

/// <summary>What must hold between the settings of a molecular stage, beyond the range of each.</summary>
public static class MoleculeStageRules
{
    public static IEnumerable<SettingConflict> Check(MoleculeStageOptions options)
    {
        if (!MoleculeDataSet.All.Any(set => set.Name == options.Data))
            yield return new(["data"], $"There is no such data set: there are {string.Join(", ", MoleculeDataSet.All.Select(set => set.Name))}.");
        if (options.Splits.Count == 0 || options.Splits.Distinct().Count() != options.Splits.Count)
            yield return new(["splits"], "Name at least one split, each once: ChemBench's are 122, 123 and 124.");
        if (!StudyRules.IsDevice(options.Device))
            yield return new(["device"], "A device is cpu, cuda or cuda:N with N the number of a GPU.");
        foreach (var conflict in SavedRules("weak", options.Weak, new MoleculeStageOptions().Weak).Concat(SavedRules("strong", options.Strong, new MoleculeStageOptions().Strong))) yield return conflict;
        foreach (var conflict in EncoderRules("weak.pretrained.", options.Weak.Pretrained).Concat(EncoderRules("strong.pretrained.", options.Strong.Pretrained))) yield return conflict;
    }

    private static IEnumerable<SettingConflict> SavedRules(string role, MoleculeEncoderOptions encoder, MoleculeEncoderOptions unsaid)
    {
        if (encoder.From == "") yield break;
        // A run's one seed is also that of its encoder. A saved encoder that was resolved has the plain defaults beside it.
        var isResolved = ConfigurationWriter.Write(encoder.Pretrained) == ConfigurationWriter.Write(new EncoderSettings());
        var changed = SettingDifferences.Between(encoder.Pretrained, unsaid.Pretrained with { Seed = encoder.Pretrained.Seed }, "default").ToList();
        if (!isResolved && changed.Count > 0)
            yield return new([$"{role}.from"], $"A saved encoder is as it is, and the options about pretraining would change it: {string.Join(", ", changed)}. Give the one or the other.");
    }

    /// <param name="prefix">Of the settings' paths: "weak.pretrained.".</param>
    public static IEnumerable<SettingConflict> EncoderRules(string prefix, EncoderSettings settings)
    {
        if (!MoleculeTokenizers.Names.Contains(settings.Tokenizer))
            yield return new([prefix + "tokenizer"], $"There is no such tokenizer: there are {string.Join(" and ", MoleculeTokenizers.Names)}.");
        if (settings.Corpora.Count == 0)
            yield return new([prefix + "corpora"], "An encoder is pretrained on at least one corpus; ./run.sh data list names those that can be fetched.");
        if (settings.Hidden % settings.Heads != 0 || settings.Hidden % 2 != 0)
            yield return new([prefix + "hidden", prefix + "heads"], "The hidden size must be even and a multiple of the number of heads.");
        var masking = settings.Pretraining.Masking;
        if (masking.MaskShare + masking.RandomShare > 1)
            yield return new([$"{prefix}pretraining.masking.mask_share", $"{prefix}pretraining.masking.random_share"], "These shares of the hidden tokens add up to more than 1.");
    }
}
