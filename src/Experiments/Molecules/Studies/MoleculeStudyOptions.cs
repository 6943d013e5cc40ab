using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace W2S.Experiments;

/// <summary>The molecules on which errors, misfit and gain are measured.</summary>
public enum MeasuredPart
{
    Test,
    Valid,
}

/// <summary>
/// The molecular study (2405.15116, section 5.2): frozen encoders, linear heads, the splits of ChemBench. YAML keys are the
/// property names in snake_case.
/// </summary>
public sealed record MoleculeStudyOptions
{
    [Description("Name of the study.")]
    public string Name { get; init; } = "molecules";

    [Description("Heading of the report.")]
    public string Title { get; init; } = "Molecules: eight weak transformers, three data sets";

    [Description("What to expect, shown beside the measured numbers.")]
    public string Expectation { get; init; } = "a little below y = x";

    [Description("Labelled molecules: esol, freesolv, lipop, synthetic-smiles.")]
    public IReadOnlyList<string> Data { get; init; } = ["esol", "freesolv", "lipop"];

    [Description("The weak encoders: Hugging Face folders, or molbert:PATH.")]
    public IReadOnlyList<string> Weak { get; init; } = [.. new[] { 8, 12, 16, 24, 32, 48, 64, 96 }.Select(hidden => $"checkpoints/molecules/weak-{hidden}")];

    [Description("The strong encoder: a Hugging Face folder, or molbert:PATH.")]
    public string Strong { get; init; } = "checkpoints/molecules/strong";

    [Description("Which molecules the weak model labels for the student: train (those it was fitted on), valid, or half (it is fitted on one half of train, the student on the other).")]
    public MoleculeProtocol W2sOn { get; init; } = MoleculeProtocol.Train;

    [Description("On which part errors, misfit and gain are measured: test or valid.")]
    public MeasuredPart MeasuredOn { get; init; } = MeasuredPart.Test;

    [Description("How heads are fitted in all three stages.")]
    public MoleculeHeadOptions Heads { get; init; } = new();

    [Description("Seed of what is left to chance: the heads' start and order (adamw) and the noise (stock_passes). The splits are ChemBench's.")]
    [Range(0, long.MaxValue)]
    public long Seed { get; init; }

    [Description("cpu, cuda or cuda:N.")]
    public string Device { get; init; } = "cpu";

    [Description("Threads to use; 0 means one for each core.")]
    [Range(0, 1024)]
    public int Threads { get; init; }

    /// <summary>What must hold between the settings, beyond the range of each.</summary>
    internal static IEnumerable<SettingConflict> Check(MoleculeStudyOptions options)
    {
        if (options is { W2sOn: MoleculeProtocol.Valid, MeasuredOn: MeasuredPart.Valid })
            yield return new SettingConflict(["w2s_on", "measured_on"], "the student would be measured on the molecules that it was fitted on; measure on test.");
        if (!StudyRules.IsDevice(options.Device)) yield return new SettingConflict(["device"], "this is no device; write cpu, cuda or cuda:0.");
        if (options.Data.Count == 0) yield return new SettingConflict(["data"], "there is no data set; name at least one.");
        if (options.Weak.Count == 0) yield return new SettingConflict(["weak"], "there is no weak encoder; name at least one.");
        if (options.Data.Distinct(StringComparer.OrdinalIgnoreCase).Count() < options.Data.Count)
            yield return new SettingConflict(["data"], "a data set is named twice; name each once.");
    }
}
