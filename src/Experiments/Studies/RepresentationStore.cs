using System.Globalization;
using W2S.Training;

namespace W2S.Experiments;

/// <summary>
/// Gives representations. Pretrained ones are trained at first need, each in a run folder of its own, named after its
/// shape, its seed and a hash of every setting that decides its weights, so that the same settings find it again.
/// </summary>
/// <param name="root">The folder of these folders.</param>
/// <param name="command">The command that is running, for the reports.</param>
public sealed class RepresentationStore(string root, TrainingOptions training, string command, RunServices run)
{
    /// <summary>Where the pretrained representation of these options lives, trained or not.</summary>
    public string Folder(StudyOptions options, RepresentationOptions representation, IEngine engine)
    {
        var settings = RepresentationSettings.Of(options, representation, engine.Name);
        var name = string.Create(CultureInfo.InvariantCulture, $"mlp-{settings.Depth}x{settings.Hidden}-seed{settings.Seed}");
        return Path.Combine(root, $"{name}-{Fingerprint.Short(Fingerprint.Of(settings))}");
    }

    /// <summary>Trains, continues, loads or derives the representation of that role.</summary>
    /// <exception cref="StoppedException">Asked to stop while training; it is saved.</exception>
    public Representation Obtain(StudyOptions options, RepresentationOptions representation, string role, IEngine engine)
    {
        var world = new SyntheticWorld(options, engine);
        return representation.Source switch
        {
            RepresentationSource.Truth => new Representation(world.Truth, $"h* itself, {world.Truth.Shape}"),
            RepresentationSource.Perturbed => new Representation(
                world.Perturbed(representation, role),
                string.Create(CultureInfo.InvariantCulture, $"h* + N(0, {representation.Noise}²), {world.Truth.Shape}")),
            _ => Pretrained(world, options, representation, engine),
        };
    }

    /// <summary>
    /// Trains the representations of several seeds in one program, so that <see cref="Obtain"/> finds each in its own folder,
    /// in the state that it would have reached alone (up to the order of summation). Those that are there already are left.
    /// </summary>
    /// <param name="members">Options that differ in the seed alone.</param>
    /// <exception cref="StoppedException">Asked to stop while training; it is saved.</exception>
    public void TrainTogether(IReadOnlyList<StudyOptions> members, RepresentationOptions representation, IBatchingEngine engine)
    {
        var homes = members.Select(options => new Home(Folder(options, representation, engine), RepresentationSettings.Of(options, representation, engine.Name), run)).ToList();
        if (homes.TrueForAll(home => home.Checkpoints.HasAny)) return;
        var identity = Fingerprint.Of(homes.Select(home => home.Settings));
        var path = Path.Combine(root, $"together-{Fingerprint.Short(identity)}");
        var problems = members.Select(options => new SyntheticWorld(options, engine).Pretraining(representation)).ToList();
        using var job = engine.PretrainTogether(problems);
        var outcome = TrainingLoop.Run(job, training, new CheckpointStore(path, identity, run.Time), run);
        foreach (var (home, member) in homes.Select((home, member) => (home, member)).Where(each => !each.home.Checkpoints.HasAny))
        {
            using var folder = RunFolder.Open(home.Path, ConfigurationWriter.Write(home.Settings), force: false, run);
            var history = outcome.History.Zip(job.MemberLosses, (point, losses) => new LossPoint(point.Step, losses[member])).ToList();
            var name = problems[member].Name;
            foreach (var (step, loss) in history)
                folder.Services.Metrics.Write(new Metric(name, step, (double)step / job.StepsPerEpoch, new Dictionary<string, double> { ["loss"] = loss }));
            var epochs = (double)outcome.Steps / job.StepsPerEpoch;
            home.Checkpoints.Save(new TrainingSnapshot(name, outcome.Steps, epochs, history, job.SaveMembers()[member]), training.KeepNewest, training.KeepBest);
        }
        if (Directory.Exists(path)) Directory.Delete(path, recursive: true);
    }

    private sealed record Home(string Path, RepresentationSettings Settings, RunServices Run)
    {
        public CheckpointStore Checkpoints { get; } = new(Path, Fingerprint.Of(Settings), Run.Time);
    }

    private Representation Pretrained(SyntheticWorld world, StudyOptions options, RepresentationOptions representation, IEngine engine)
    {
        var settings = RepresentationSettings.Of(options, representation, engine.Name);
        var path = Folder(options, representation, engine);
        using var job = engine.Pretrain(world.Pretraining(representation));
        using var folder = RunFolder.Open(path, ConfigurationWriter.Write(settings), force: false, run);
        var outcome = TrainingLoop.Run(job, training, new CheckpointStore(path, Fingerprint.Of(settings), run.Time), folder.Services);
        var trained = new Representation(job.Weights, $"pretrained {job.Weights.Shape}", outcome.Steps, outcome.FinalLoss, path) { Found = outcome.WasFinished };
        if (!RepresentationOutputs.Exist(path))
        {
            var summary = new RepresentationSummary(
                trained.Description, settings.Seed, job.Engine, job.Weights.Shape.ParameterCount, outcome.Steps, (double)outcome.Steps / job.StepsPerEpoch, outcome.FinalLoss);
            RepresentationOutputs.Write(path, summary, new ReportContext(command, run.Time.GetLocalNow()));
        }
        return trained;
    }
}
