namespace W2S.Experiments;

/// <summary>What must hold between the settings of a study, beyond the range of each.</summary>
public static class StudyRules
{
    /// <summary>The longest float32 array that .NET makes, which holds the samples of all tasks of a stage.</summary>
    private static readonly long LongestArray = Array.MaxLength;

    /// <summary>Everything that contradicts itself in these options; empty where they can run.</summary>
    public static IEnumerable<SettingConflict> Check(StudyOptions study)
    {
        if (!IsFolderName(study.Name))
            yield return new(["name"], "A panel's name is also a folder's: use letters, digits, - and _ only, 64 at most.");
        if (!IsDevice(study.Device))
            yield return new(["device"], "A device is cpu, cuda or cuda:N with N the number of a GPU.");
        if (study.Engine == EngineChoice.Fused && study.Device.StartsWith("cuda", StringComparison.Ordinal))
            yield return new(["engine", "device"], "The fused engine runs on the CPU only: use --engine torch or --device cpu.");

        foreach (var conflict in Noise("weak", study.Weak).Concat(Noise("strong", study.Strong))) yield return conflict;

        var pretrains = study.Weak.Source == RepresentationSource.Pretrained || study.Strong.Source == RepresentationSource.Pretrained;
        if (pretrains && study.Pretraining.Optimiser.Batch > study.Pretraining.Samples)
            yield return new(["pretraining.optimiser.batch", "pretraining.samples"], "A batch cannot be larger than the samples it is drawn from: lower the batch or raise the samples.");

        if (study.Heads.Solver == HeadSolver.AdamW && study.Heads.Optimiser.Batch > study.Heads.Samples)
            yield return new(["heads.optimiser.batch", "heads.samples"], "A batch cannot be larger than the samples it is drawn from: lower the batch or raise the samples.");
        if (study.Heads.Solver == HeadSolver.Exact && study.Heads.Activation != Models.HeadActivation.None)
            yield return new(["heads.solver", "heads.activation"], "Least squares fits linear heads only: use --solver adamw, or activation none.");

        var widest = Math.Max(study.InputWidth, study.RepresentationWidth);
        if ((long)study.Pretraining.Tasks * study.Pretraining.Samples * widest > LongestArray)
            yield return new(["pretraining.tasks", "pretraining.samples"], TooLarge);
        if ((double)study.Heads.Tasks * study.Heads.Samples * widest > LongestArray)
            yield return new(["heads.tasks", "heads.samples"], TooLarge);
        if ((double)study.Heads.Tasks * study.Evaluation.Samples * widest > LongestArray)
            yield return new(["heads.tasks", "evaluation.samples"], TooLarge);
    }

    private const string TooLarge = "Tasks × samples × width is more than one array can hold (2 billion numbers): lower one of them.";

    private static IEnumerable<SettingConflict> Noise(string role, RepresentationOptions representation)
    {
        if (representation is { Noise: > 0, Source: not RepresentationSource.Perturbed })
            yield return new([$"{role}.noise", $"{role}.source"], $"Noise has no effect without {role}.source perturbed: set that, or noise 0.");
    }

    private static bool IsFolderName(string name) =>
        name.Length is > 0 and <= 64 && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_');

    internal static bool IsDevice(string device) =>
        device is "cpu" or "cuda" || (device.StartsWith("cuda:", StringComparison.Ordinal) && device.Length is > 5 and < 9 && device.Skip(5).All(char.IsAsciiDigit));
}
