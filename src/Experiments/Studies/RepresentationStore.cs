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
