using W2S.Data;
using W2S.Experiments;

namespace W2S.Cli;

/// <summary>What `train-w2s` takes for the student's representation: that of a run, of a checkpoint, or settings.</summary>
internal static class StudentRepresentation
{
    private const string ConfigurationFile = "config.yaml";
    private static readonly string[] StagesWithStrong = ["strong", "student"];

    /// <param name="weakRun">The weak run, whose settings the student shares.</param>
    /// <param name="folder">A run of train-strong, train-w2s or pretrain or a checkpoint below one; null for settings alone.</param>
    /// <param name="overrides">What the command line says about settings below strong.</param>
    /// <exception cref="UserErrorException">A folder holds no such run, or a representation that was made with other settings than the weak run's.</exception>
    public static RepresentationOptions Choose(string weakRun, string? folder, IReadOnlyList<ConfigurationLayer> overrides)
    {
        StageRun.Read(weakRun, "weak");
        var weak = ConfigurationLayer.FromFile(Path.Combine(weakRun, ConfigurationFile));
        var options = ConfigurationBinder.Bind<StudyOptions>([weak, .. overrides], StudyRules.Check);
        if (options with { Strong = new RepresentationOptions() } != StageRuns.OptionsOf(weakRun) with { Strong = new RepresentationOptions() })
            throw new UserErrorException($"--set may change settings below strong only, because all others are those of {weakRun}. Change them there: train another weak run.");
        if (folder == null) return options.Strong;
        if (overrides.Count > 0)
            throw new UserErrorException($"--strong {folder} says what the student's representation is, and {overrides[0].Source} would change it; give one of them.");
        var (strong, settings) = Read(RunOf(folder));
        var differences = SettingDifferences.Between(settings, RepresentationSettings.Of(options, strong, settings.Engine), "weak run").ToList();
        if (differences.Count > 0)
            throw new UserErrorException(
                $"The representation in {folder} was made with other settings than those of {weakRun}: {string.Join(", ", differences)}. Make one with the weak run's settings, or another weak run.");
        return strong;
    }

    private static (RepresentationOptions Strong, RepresentationSettings Settings) Read(string run)
    {
        var path = Path.Combine(run, StudyOutputs.Summary);
        if (File.Exists(path) && SummaryFile.KindOf(path) is StageRun.FormatName or MoleculeStageRun.FormatName)
        {
            StageRun.Read(run, StagesWithStrong);
            var options = StageRuns.OptionsOf(run);
            return (options.Strong, RepresentationSettings.Of(options, options.Strong, ""));
        }
        var settings = ConfigurationBinder.Bind<RepresentationSettings>([ConfigurationLayer.FromFile(Path.Combine(run, ConfigurationFile))]);
        return (new RepresentationOptions { Source = RepresentationSource.Pretrained, Depth = settings.Depth, Hidden = settings.Hidden }, settings);
    }

    /// <summary>The folder itself, or where it is a checkpoint, the folder of the training that made it.</summary>
    private static string RunOf(string folder)
    {
        if (!Directory.Exists(folder)) throw new UserErrorException($"There is no folder {folder}. Give a run of train-strong or pretrain, or a checkpoint of one.");
        for (var run = Path.GetFullPath(folder); run != null; run = Path.GetDirectoryName(run))
            if (File.Exists(Path.Combine(run, ConfigurationFile))) return run;
        throw new UserErrorException($"{folder} holds no representation: there is no {ConfigurationFile} in it or above it. Give a run of train-strong or pretrain, or a checkpoint of one.");
    }
}
