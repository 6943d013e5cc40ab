using System.Text.Json;
using System.Text.Json.Serialization;

namespace W2S.Experiments;

/// <summary>
/// Gives representations. Pretrained ones are trained at first need, each in a run folder of its own, named after its
/// shape, its seed and a hash of every setting that decides its weights, so that the same settings find it again.
/// </summary>
/// <param name="root">The folder of these folders.</param>
internal sealed partial class MlpStore(string root, TrainingOptions training, RunServices run)
{
    /// <summary>Of these jobs, in metrics files.</summary>
    internal const string MetricKind = "representation";

    /// <summary>Writes the report of one that is newly trained into its folder; null: none is written.</summary>
    public Action<string, Summary>? Report { get; init; }

    /// <summary>Where the pretrained representation of these options lives, trained or not.</summary>
    public string Folder(Study study, RepresentationOptions representation, IEngine engine)
    {
        var settings = MlpRepresentation.Settings.Of(study, representation, engine.Name);
        var name = string.Create(CultureInfo.InvariantCulture, $"{NameOf(settings.Depth, settings.Hidden)}-seed{settings.Seed}");
        return Path.Combine(root, $"{name}-{Fingerprint.Short(Fingerprint.Of(settings))}");
    }

    /// <summary>Trains, continues, loads or derives the representation of that role.</summary>
    /// <exception cref="StoppedException">Asked to stop while training; it is saved.</exception>
    public MlpRepresentation Obtain(Study study, RepresentationOptions representation, string role, IEngine engine)
    {
        var tasks = new GaussianTasks(study, engine);
        return representation.Source switch
        {
            RepresentationSource.Truth =>
                new MlpRepresentation("truth", $"h* itself, {tasks.TrueRepresentation.Shape}", tasks.TrueRepresentation, engine),
            RepresentationSource.Perturbed => new MlpRepresentation(
                string.Create(CultureInfo.InvariantCulture, $"truth+{representation.Noise}"),
                string.Create(CultureInfo.InvariantCulture, $"h* + N(0, {representation.Noise}²), {tasks.TrueRepresentation.Shape}"),
                tasks.Perturbed(representation, role), engine),
            _ => Pretrained(tasks, study, representation, engine),
        };
    }

    /// <summary>What a pretrained one is called: "mlp-2x16".</summary>
    internal static string NameOf(int depth, int hidden) => string.Create(CultureInfo.InvariantCulture, $"mlp-{depth}x{hidden}");

    private MlpRepresentation Pretrained(GaussianTasks tasks, Study study, RepresentationOptions representation, IEngine engine)
    {
        var settings = MlpRepresentation.Settings.Of(study, representation, engine.Name);
        var path = Folder(study, representation, engine);
        using var job = engine.Pretrain(tasks.Pretraining(representation));
        using var folder = RunFolder.Open(path, ConfigurationWriter.Write(settings), force: false, run);
        var identity = Fingerprint.Of(settings);
        var services = folder.Services.Describing(new MetricSource(Fingerprint.Short(identity), MetricKind) { Seed = settings.Seed });
        var outcome = TrainingLoop.Run(job, training, new CheckpointStore(path, identity, run.Time), services);
        var description = $"pretrained {job.Weights.Shape}";
        if (!File.Exists(Path.Combine(path, SummaryFile.FileName)))
        {
            var summary = new Summary(
                description, settings.Seed, job.Engine, job.Weights.Shape.ParameterCount, outcome.Steps,
                (double)outcome.Steps / job.StepsPerEpoch, outcome.FinalLoss);
            Report?.Invoke(path, summary);
            summary.Write(path); // last: its presence says that the training is finished
        }
        return new MlpRepresentation(
            NameOf(representation.Depth, representation.Hidden), description, job.Weights, engine, new Origin(
                outcome.Steps, outcome.FinalLoss, path, outcome.WasFinished));
    }

    /// <summary>The summary.json of a pretrained representation's folder.</summary>
    /// <param name="Description">"pretrained 8-16-16".</param>
    /// <param name="Parameters">Number of weights and biases.</param>
    /// <param name="Loss">The last mean training loss; null for a training without steps.</param>
    public sealed partial record Summary(
        string Description, long Seed, string Engine, int Parameters, long Steps, double Epochs, double? Loss)
    {
        [JsonPropertyOrder(-2)]
        public string Format { get; init; } = SummaryFile.RepresentationFormat;

        [JsonPropertyOrder(-1)]
        public int Version { get; init; } = 1;

        internal void Write(string folder) =>
            AtomicFile.WriteAllText(
                Path.Combine(folder, SummaryFile.FileName), JsonSerializer.Serialize(this, Json.Pretty.Summary) + "\n");

        /// <exception cref="UserErrorException">The folder holds no finished representation.</exception>
        public static Summary Read(string folder) => SummaryFile.Read(
            Path.Combine(folder, SummaryFile.FileName), SummaryFile.RepresentationFormat, 1,
            root => root.Deserialize(Json.Pretty.Summary)!);

        /// <summary>As summary.json of a study is written.</summary>
        [JsonSerializable(typeof(Summary))]
        private sealed partial class Json : JsonSerializerContext
        {
            public static readonly Json Pretty = new(new JsonSerializerOptions(SummaryJson.Pretty.Options) { TypeInfoResolver = null });
        }
    }
}
