using W2S.Data;
using W2S.Experiments;

namespace W2S.Cli;

/// <summary>What `train-w2s` takes for the student's representation: that of a run, of a checkpoint, or settings.</summary>
internal static class StudentRepresentation
{
    private const string ConfigurationFile = "config.yaml";

    /// <param name="weakRun">The weak run, whose settings the student shares.</param>
    /// <param name="folder">A run of train-strong or pretrain or a checkpoint below one; null for settings alone.</param>
    /// <param name="overrides">What the command line says about settings below strong.</param>
    /// <exception cref="UserErrorException">The folder holds no representation, or one that was made with other settings than the weak run's.</exception>
    public static RepresentationOptions Choose(string weakRun, string? folder, IReadOnlyList<ConfigurationLayer> overrides)
    {
        var weak = ConfigurationLayer.FromFile(Path.Combine(weakRun, ConfigurationFile));
        var options = ConfigurationBinder.Bind<StudyOptions>([weak, .. overrides], StudyRules.Check);
        if (folder == null) return options.Strong;
        if (overrides.Count > 0)
            throw new UserErrorException($"--strong {folder} says what the student's representation is, and {overrides[0].Source} would change it; give one of them.");
        var configuration = ConfigurationLayer.FromFile(Path.Combine(RunOf(folder), ConfigurationFile));
        return File.Exists(Path.Combine(folder, "summary.json"))
            ? ConfigurationBinder.Bind<StudyOptions>([configuration], StudyRules.Check).Strong
            : Pretrained(configuration, options, folder, weakRun);
    }

    private static RepresentationOptions Pretrained(ConfigurationLayer configuration, StudyOptions options, string folder, string weakRun)
    {
        var settings = ConfigurationBinder.Bind<RepresentationSettings>([configuration]);
        var strong = new RepresentationOptions { Source = RepresentationSource.Pretrained, Depth = settings.Depth, Hidden = settings.Hidden };
        if (RepresentationSettings.Of(options, strong, settings.Engine) != settings)
            throw new UserErrorException(
                $"The representation in {folder} was pretrained with other settings than those of {weakRun}. Compare their {ConfigurationFile}, and pretrain it with the weak run's seed, truth and pretraining.");
        return strong;
    }

    /// <summary>The folder itself, or where it is a checkpoint, the folder of the training that made it.</summary>
    private static string RunOf(string folder)
    {
        for (var run = Path.GetFullPath(folder); run != null; run = Path.GetDirectoryName(run))
            if (File.Exists(Path.Combine(run, ConfigurationFile))) return run;
        throw new UserErrorException($"{folder} holds no representation: there is no {ConfigurationFile} in it or above it. Give a run of train-strong or pretrain, or a checkpoint of one.");
    }
}
