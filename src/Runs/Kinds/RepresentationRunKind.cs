namespace W2S.Runs.Kinds;

/// <summary>A pretrained representation of the synthetic study as a run of its own, which leaves the weights only.</summary>
internal sealed class RepresentationRunKind() : RunKind.Pretraining<MlpRepresentation.Settings>("representation")
{
    private const string WeightsFile = "weights.safetensors";

    /// <summary>
    /// The run that trains this representation. Its engine is "fused" or "torch" without the processor's instructions, which
    /// may differ from where the plan is made, so a sweep over unlike processors mixes their last bits.
    /// </summary>
    public static Options For(Study options, RepresentationOptions representation) =>
        new(MlpRepresentation.Settings.Of(options, representation, Engines.Foresee(options).ToString().ToLowerInvariant()), options.Device);

    /// <summary>The trained weights that a finished run left.</summary>
    internal static MlpRepresentation Load(string folder, Study options, RepresentationOptions representation, IEngine engine)
    {
        var path = Path.Combine(folder, WeightsFile);
        if (!File.Exists(path))
            throw new UserErrorException(
                $"{path} is missing, although its run is done. Remove {folder} and run the sweep again: it is trained anew.");
        var file = Safetensors.Read(path);
        var shape = new MlpShape(options.InputWidth, representation.Hidden, options.RepresentationWidth, representation.Depth);
        var weights = MlpWeights.FromTensors(shape, file.Tensors);
        var loss = double.Parse(file.Metadata["loss"], CultureInfo.InvariantCulture);
        var origin = new Origin(long.Parse(file.Metadata["steps"], CultureInfo.InvariantCulture), loss, folder, Found: true);
        return new MlpRepresentation(
            MlpStore.NameOf(representation.Depth, representation.Hidden), $"pretrained {shape}", weights, engine, origin);
    }

    protected override string NameOf(MlpRepresentation.Settings settings) =>
        string.Create(CultureInfo.InvariantCulture, $"{MlpStore.NameOf(settings.Depth, settings.Hidden)}-seed{settings.Seed}");

    protected override Outcome Run(Options options, Place place, RunServices run)
    {
        var (study, representation) = StudyOf(options);
        var engine = Engines.Choose(study, place.Threads);
        using var job = engine.Pretrain(new GaussianTasks(study, engine).Pretraining(representation));
        var identity = Fingerprint.Of(options.Settings with { Engine = engine.Name });
        return Train(job, engine.Name, identity, place, run, trained =>
        {
            var measures = new OrderedDictionary<string, double?> { ["steps"] = trained.Steps, ["loss"] = trained.FinalLoss };
            var (tensors, metadata) = (job.Weights.ToTensors(), new Dictionary<string, string>
            {
                ["steps"] = trained.Steps.ToString(CultureInfo.InvariantCulture),
                ["loss"] = trained.FinalLoss.ToString("R", CultureInfo.InvariantCulture),
            });
            return new Outcome(measures, folder =>
            {
                using var file = new MemoryStream();
                Safetensors.Write(file, tensors, metadata);
                AtomicFile.WriteAllBytes(Path.Combine(folder, WeightsFile), file.GetBuffer().AsSpan(0, (int)file.Length));
            });
        });
    }

    /// <summary>A study with this representation; what does not decide its weights is at its defaults.</summary>
    private static (Study Study, RepresentationOptions Representation) StudyOf(Options options)
    {
        var settings = options.Settings;
        var representation = new RepresentationOptions { Depth = settings.Depth, Hidden = settings.Hidden };
        var study = new Study
        {
            Seed = settings.Seed,
            InputWidth = settings.InputWidth,
            Sigma = settings.Sigma,
            Truth = settings.Truth,
            RepresentationWidth = settings.RepresentationWidth,
            Weak = representation,
            Strong = representation,
            Pretraining = settings.Pretraining,
            Heads = new HeadOptions { Bias = settings.Bias },
            Engine = Enum.Parse<IEngine.Choice>(settings.Engine, ignoreCase: true),
            Device = options.Device,
        };
        return (study, representation);
    }
}
