namespace W2S.Experiments;

/// <summary>Gives the frozen representations that a study names: derived, read from files, found, or pretrained.</summary>
/// <param name="root">The folder of trained ones.</param>
/// <param name="cache">Where features of tables are kept.</param>
/// <param name="threads">Cores to use; results do not depend on it.</param>
internal sealed class Representations(
    string root, DataFolders folders, FeatureCache cache, int threads, TrainingOptions training, RunServices run)
{
    /// <inheritdoc cref="MlpStore.Report"/>
    public Action<string, MlpStore.Summary>? Report { get; init; }

    /// <summary>
    /// What pretrained representations of two studies have in common where they are the same one: their folder, or a key of their own.
    /// </summary>
    public string KeyOf(Study study, string role, IEngine engine)
    {
        var options = study.Of(role);
        return study.IsGaussian
            ? options.Source == RepresentationSource.Pretrained ? Mlps.Folder(study, options, engine) : $"{role} {study.Identity()}"
            : options.From.Count > 0 ? options.From[0] : $"{role} {Fingerprint.Of(options.Encoder)}";
    }

    /// <param name="role">"weak" or "strong".</param>
    /// <exception cref="UserErrorException">A file is damaged or absent, or has other weights than the settings say.</exception>
    /// <exception cref="StoppedException">Asked to stop while pretraining; it is saved.</exception>
    public IRepresentation Obtain(Study study, string role, IEngine engine)
    {
        var options = study.Of(role);
        if (study.IsGaussian) return Mlps.Obtain(study, options, role, engine);
        WarnOfOtherSplits(
            study, options.From is [var reference, ..] ? EncoderStore.SettingsIn(EncoderReference.Parse(reference).File) : options.Encoder);
        return options.From.Count > 0
            ? SavedRepresentations.Load(options, study, threads, cache, run)
            : Pretrained(study, role, options.Encoder);
    }

    /// <summary>What was pretrained on the train parts of a set's own splits has seen what other divisions of it test.</summary>
    /// <param name="settings">Of the encoder; null: nothing is known of its pretraining.</param>
    private void WarnOfOtherSplits(Study study, EncoderSettings? settings)
    {
        var isDividedOtherwise = study.Folds > 0 || study.RandomSplits.Any(seed => seed is < 0 or > 2);
        if (settings is not { ReadsTexts: true } || !isDividedOtherwise) return;
        var seen = settings.Corpora.FirstOrDefault(corpus => study.Data.Any(data =>
            data.Equals(corpus, StringComparison.OrdinalIgnoreCase) || Path.GetFullPath(data) == Path.GetFullPath(corpus)));
        if (seen != null)
            run.Log.Warning(
                "The encoder was pretrained on {Data}, and has seen texts that other splits than those of the seeds 0, 1 and 2 test. Take "
                + "these, or another encoder",
                seen);
    }

    private MlpStore Mlps => new(root, training, run) { Report = Report };

    private EncoderRepresentation Pretrained(Study study, string role, EncoderSettings settings)
    {
        var pretrained = new EncoderStore(root, training, folders, run) { Device = study.Device, Threads = threads }.Obtain(settings);
        if (study.Features.Pooling == EncoderPooling.Pooled && pretrained.Record is { DescriptorLoss: null, SameMoleculeAccuracy: null })
            run.Log.Warning("The pooled vector of the encoder in {Folder} was trained by no task, for masked tokens alone do not reach it; "
                + "--pooling mean reads the vectors of all tokens", pretrained.Folder);
        var encoder = FrozenEncoder.Of($"{role}-{settings.Hidden}", pretrained).On(study.Device, threads, run);
        var origin = new Origin(pretrained.Record.Steps, pretrained.Record.TrainingLoss, pretrained.Folder, pretrained.Found);
        return new EncoderRepresentation(encoder, study.Features, study.Seed, cache, origin);
    }
}
