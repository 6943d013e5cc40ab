namespace W2S.Runs.Kinds;

/// <summary>
/// An encoder of molecules or texts, pretrained as a run of its own. Its folder is then one that weak.from and strong.from can name:
/// the files that Hugging Face's BertModel reads, config.yaml and encoder.json.
/// </summary>
internal sealed class EncoderRunKind() : RunKind.Pretraining<EncoderSettings>("encoder")
{
    /// <summary>The encoder that a finished run left.</summary>
    /// <param name="name">What it is called among others: "weak-32".</param>
    internal static FrozenEncoder Load(string folder, EncoderSettings settings, string name)
    {
        if (!File.Exists(Path.Combine(folder, HuggingFaceFolder.ConfigurationFile)))
            throw new UserErrorException(
                $"{folder} holds no encoder, although its run is done. Remove it and run the sweep again: it is trained anew.");
        var read = HuggingFaceFolder.Read(folder);
        return FrozenEncoder.Of(name, new PretrainedEncoder(settings, read.Shape, read.Weights, EncoderStore.ReadRecord(folder), folder));
    }

    protected override string NameOf(EncoderSettings settings) =>
        string.Create(CultureInfo.InvariantCulture, $"encoder-{settings.Layers}x{settings.Hidden}-seed{settings.Seed}");

    protected override Outcome Run(Options options, Place place, RunServices run)
    {
        var settings = options.Settings;
        var corpus = EncoderStore.LoadCorpora(settings.LookedForIn(place.PlannedIn), DataFolders.Usual(), run);
        var engine = EncoderStore.EngineFor(settings.Pretraining, IEngine.Choice.Auto, options.Device, place.Threads);
        var problem = corpus.Problem(settings, NameOf(settings));
        using var job = engine.Pretrain(problem);
        var identity = Fingerprint.Of(new { Settings = settings, Engine = engine.Name, corpus.Identity });
        return Train(job, engine.Name, identity, place, run, trained =>
        {
            var record = PretrainedEncoder.TrainingRecord.Of(job, settings, corpus, problem, trained);
            corpus.Text?.Write(place.Folder, settings.MaximumLength);
            var encoder = new PretrainedEncoder(settings, problem.Shape, job.Encoder, record, place.Folder);
            return new Outcome(Measures(record), folder => WriteEncoder(encoder, folder, NameOf(settings)));
        });
    }

    private static OrderedDictionary<string, double?> Measures(PretrainedEncoder.TrainingRecord record)
    {
        var isMeasured = record.HeldOutExamples > 0;
        return new()
        {
            ["steps"] = record.Steps,
            ["loss"] = record.TrainingLoss,
            ["masked_token_accuracy"] = isMeasured ? record.MaskedTokenAccuracy : null,
            ["masked_token_loss"] = isMeasured ? record.MaskedTokenLoss : null,
        };
    }

    /// <summary>The files stand in the run's folder itself, because sweep clean takes folders within it for leftovers.</summary>
    private static void WriteEncoder(PretrainedEncoder encoder, string folder, string name)
    {
        var exported = Path.Combine(folder, name);
        if (Directory.Exists(exported)) Directory.Delete(exported, recursive: true);
        EncoderStore.Export(encoder, exported, "./run.sh sweep run SWEEP");
        foreach (var file in Directory.EnumerateFiles(exported).ToList())
            File.Move(file, Path.Combine(folder, Path.GetFileName(file)), overwrite: true);
        Directory.Delete(exported);
    }
}
