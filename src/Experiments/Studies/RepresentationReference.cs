namespace W2S.Experiments;

/// <summary>What people name where a representation is wanted: files of one, or the folder of a run that made or used one.</summary>
internal static class RepresentationReference
{
    /// <param name="role">"weak" or "strong".</param>
    /// <param name="options">With what the user named in From.</param>
    /// <exception cref="UserErrorException">A folder holds no such run, or a representation that was made with other settings.</exception>
    public static RepresentationOptions Resolve(Study study, string role, RepresentationOptions options)
    {
        if (options.From is not [var reference]) return options;
        return study.IsGaussian ? Network(study, reference) : Encoder(reference, options);
    }

    /// <summary>A saved encoder, or what a run used or pretrained.</summary>
    private static RepresentationOptions Encoder(string reference, RepresentationOptions options)
    {
        var folder = EncoderReference.Parse(reference).File;
        if (File.Exists(Path.Combine(folder, HuggingFaceFolder.ConfigurationFile)) || HuggingFaceFolder.WeightsIn(folder) != null)
            return options;
        if (ResultFile.IsIn(reference)) return Used(reference);
        // Its weights are in checkpoints there; who has its settings finds it.
        return File.Exists(Path.Combine(reference, EncoderRecord.FileName))
            ? new RepresentationOptions { Encoder = ConfigurationBinder.Bind<EncoderSettings>([ConfigurationLayer.FromFile(ConfigurationIn(reference))], settings => StudyRules.EncoderRules("", settings)) }
            : options;
    }

    /// <summary>A network that a run of a stage or of pretrain used, or one of whose checkpoints is named.</summary>
    private static RepresentationOptions Network(Study study, string folder)
    {
        var run = RunOf(folder);
        if (ResultFile.IsIn(run))
        {
            var used = Used(run);
            var theirs = ResultFile.StudyOf(run);
            RequireSame(MlpSettings.Of(theirs, used, ""), MlpSettings.Of(study, used, ""), folder);
            return used;
        }
        var settings = ConfigurationBinder.Bind<MlpSettings>([ConfigurationLayer.FromFile(ConfigurationIn(run))]);
        var network = new RepresentationOptions { Depth = settings.Depth, Hidden = settings.Hidden };
        RequireSame(settings, MlpSettings.Of(study, network, settings.Engine), folder);
        return network;
    }

    /// <summary>What a stage's own model, or its student, read.</summary>
    private static RepresentationOptions Used(string run)
    {
        var study = ResultFile.StudyOf(run);
        return ResultFile.Read(run).Stage == Stages.Weak ? study.Weak : study.Strong;
    }

    private static void RequireSame(MlpSettings theirs, MlpSettings own, string folder)
    {
        var differences = Setting.Differences(theirs, own, "here").ToList();
        if (differences.Count > 0)
            throw new UserErrorException(
                $"The representation in {folder} was made with other settings than this study's: {string.Join(", ", differences)}. "
                + "Make one with these settings, or change them.");
    }

    private static string ConfigurationIn(string folder) => Path.Combine(folder, RunFolder.ConfigurationFile);

    /// <summary>The folder itself, or where it is a checkpoint, the folder of the training that made it.</summary>
    private static string RunOf(string folder)
    {
        if (!Directory.Exists(folder))
            throw new UserErrorException($"There is no folder {folder}. Give a run of train-strong or pretrain, or a checkpoint of one.");
        for (var run = Path.GetFullPath(folder); run != null; run = Path.GetDirectoryName(run))
            if (File.Exists(ConfigurationIn(run))) return run;
        throw new UserErrorException(
            $"{folder} holds no representation: there is no {RunFolder.ConfigurationFile} in it or above it. Give a run of "
            + "train-strong or pretrain, or a checkpoint of one.");
    }
}
