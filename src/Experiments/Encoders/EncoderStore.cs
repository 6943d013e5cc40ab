using System.Text;
using System.Text.Json;

namespace W2S.Experiments;

/// <summary>
/// Gives pretrained encoders. One that was exported to a folder of a folder of <paramref name="root"/> with the same settings, as those
/// that the project brings along are, is taken from there; any other is trained at first need in a run folder of its own, named after its
/// shape, its seed and a hash of all that decides its weights, and continued or found there by the same settings.
/// </summary>
/// <param name="root">The folder of these folders.</param>
internal sealed class EncoderStore(string root, TrainingOptions training, DataFolders folders, RunServices run)
{
    private static readonly JsonSerializerOptions Json =
        new() { WriteIndented = true, PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    /// <summary>Which engine trains; auto is the fused one where it can.</summary>
    public IEngine.Choice Engine { get; init; }

    /// <summary>cpu, cuda or cuda:N.</summary>
    public string Device { get; init; } = "cpu";

    /// <summary>For TorchSharp.</summary>
    public int Threads { get; init; } = Environment.ProcessorCount;

    /// <summary>Finds, continues or trains.</summary>
    /// <exception cref="UserErrorException">A corpus is missing or wrong, or a checkpoint is damaged.</exception>
    /// <exception cref="StoppedException">Asked to stop while training; it is saved.</exception>
    public PretrainedEncoder Obtain(EncoderSettings settings)
    {
        settings = Digested(settings, folders);
        if (FindShared(settings) is { } shared) return shared;
        var corpus = LoadCorpora(settings, folders, run);
        var engine = EngineFor(settings.Pretraining, Engine, Device, Threads);
        var identity = Fingerprint.Of(new { Settings = settings, Engine = engine.Name, corpus.Identity });
        var path = Path.Combine(root, string.Create(
            CultureInfo.InvariantCulture,
            $"encoder-{settings.Layers}x{settings.Hidden}-seed{settings.Seed}-{Fingerprint.Short(identity)}"));
        var problem = corpus.Problem(
            settings, string.Create(CultureInfo.InvariantCulture, $"encoder ({settings.Layers} × {settings.Hidden})"));
        using var job = engine.Pretrain(problem);
        using var folder = RunFolder.Open(path, ConfigurationWriter.Write(settings), force: false, run);
        corpus.Text?.Write(path, settings.MaximumLength);
        var services = folder.Services.Describing(new MetricSource(Fingerprint.Short(identity), "encoder") { Seed = settings.Seed });
        var outcome = TrainingLoop.Run(job, training, new CheckpointStore(path, identity, run.Time), services);
        if (!File.Exists(Path.Combine(path, PretrainedEncoder.TrainingRecord.FileName)))
            WriteRecord(path, PretrainedEncoder.TrainingRecord.Of(job, settings, corpus, problem, outcome));
        return new PretrainedEncoder(settings, problem.Shape, job.Encoder, ReadRecord(path), path) { Found = outcome.WasFinished };
    }

    /// <summary>The settings with the SHA-256 of every corpus. One may be gone when its encoder is not: whoever reads it says so.</summary>
    /// <exception cref="UserErrorException">One is damaged, or is not the one whose SHA-256 the settings have.</exception>
    public static EncoderSettings Digested(EncoderSettings settings, DataFolders folders) => settings with
    {
        CorpusDigests = Fingerprint.Compared(
            settings.Corpora, settings.CorpusDigests, (name, known) =>
                DigestOf(name, settings, folders) ?? known ?? Fingerprint.Unknown),
    };

    /// <summary>
    /// Reads the corpora that an encoder is pretrained on, turns them into tokens, and divides them into what is trained on and what is
    /// held out.
    /// </summary>
    /// <exception cref="UserErrorException">
    /// A corpus is missing, wrong, too small, not the one that the settings mean, or does not have what they need.
    /// </exception>
    public static PretrainingCorpus LoadCorpora(EncoderSettings settings, DataFolders folders, RunServices run)
    {
        settings = Digested(settings, folders);
        return settings.ReadsTexts ? PretrainingTexts.Load(settings, folders, run) : PretrainingMolecules.Load(settings, folders, run);
    }

    /// <summary>Writes an encoder as a Hugging Face folder with its settings, its record and a card for people.</summary>
    /// <param name="command">What made it.</param>
    /// <exception cref="UserErrorException">Something else has that name.</exception>
    public static void Export(PretrainedEncoder encoder, string folder, string command)
    {
        var text = encoder.Settings.ReadsTexts ? TextTokenizer.Read(encoder.Folder) : null;
        var vocabulary = (text?.Pieces as WordPieceTokenizer)?.Vocabulary ?? MoleculeTokenizers.Find(encoder.Settings.Tokenizer).Vocabulary;
        new HuggingFaceFolder(encoder.Shape, encoder.Weights, vocabulary).Write(folder);
        text?.Write(folder, encoder.Settings.MaximumLength);
        AtomicFile.WriteAllText(Path.Combine(folder, RunFolder.ConfigurationFile), ConfigurationWriter.Write(encoder.Settings));
        WriteRecord(folder, encoder.Record);
        AtomicFile.WriteAllText(Path.Combine(folder, "README.md"), Card(encoder, Path.GetFileName(folder.TrimEnd('/')), command));
    }

    private static string? DigestOf(string corpus, EncoderSettings settings, DataFolders folders) => settings.ReadsTexts
        ? PretrainingTexts.Corpus.IdentityOf(corpus, settings.Text, folders)
        : PretrainingMolecules.Corpus.DigestOf(corpus, folders);

    /// <summary>One with these settings that was pretrained on these very corpora, as far as it says which they were.</summary>
    private PretrainedEncoder? FindShared(EncoderSettings settings)
    {
        foreach (var candidate in Exported())
        {
            if (SettingsIn(candidate) is not { } theirs || Unread(theirs) != Unread(settings)) continue;
            if (settings.CorpusDigests.Zip(theirs.CorpusDigests)
                .Any(pair => pair.First != Fingerprint.Unknown && pair.First != pair.Second))
            {
                run.Log.Warning(
                    "{Folder} has these settings, but was pretrained on other text than {Corpora} has now; it is not taken", candidate,
                    string.Join(", ", settings.Corpora));
                continue;
            }
            if (theirs.CorpusDigests.Count == 0)
                run.Log.Information("{Folder} has these settings and is taken; which text it was pretrained on it does not say", candidate);
            var read = HuggingFaceFolder.Read(candidate);
            return new PretrainedEncoder(settings, read.Shape, read.Weights, ReadRecord(candidate), candidate) { Found = true };
        }
        return null;

        static string Unread(EncoderSettings settings) => Fingerprint.Of(settings with { CorpusDigests = [] });
    }

    private IEnumerable<string> Exported() => !Directory.Exists(root) ? [] : Directory.EnumerateDirectories(root)
        .SelectMany(Directory.EnumerateDirectories).Where(folder => File.Exists(Path.Combine(folder, HuggingFaceFolder.ConfigurationFile)))
        .Order(StringComparer.Ordinal);

    /// <summary>The settings of an exported encoder; null where there are none that can be read.</summary>
    internal static EncoderSettings? SettingsIn(string folder)
    {
        var configuration = Path.Combine(folder, RunFolder.ConfigurationFile);
        try
        {
            return File.Exists(configuration)
                ? ConfigurationBinder.Bind<EncoderSettings>([ConfigurationLayer.FromFile(configuration)])
                : null;
        }
        catch (UserErrorException)
        {
            return null; // An encoder of another program's, or of a newer version's: not one with these settings.
        }
    }

    private static void WriteRecord(string folder, PretrainedEncoder.TrainingRecord record) => AtomicFile.WriteAllText(
        Path.Combine(folder, PretrainedEncoder.TrainingRecord.FileName), JsonSerializer.Serialize(record, Json));

    internal static PretrainedEncoder.TrainingRecord ReadRecord(string folder)
    {
        var path = Path.Combine(folder, PretrainedEncoder.TrainingRecord.FileName);
        try
        {
            return JsonSerializer.Deserialize<PretrainedEncoder.TrainingRecord>(File.ReadAllText(path), Json)!;
        }
        catch (Exception error) when (error is JsonException or FileNotFoundException)
        {
            throw new UserErrorException(
                $"{path} is missing or damaged: {error.Message.TrimEnd('.')}. Remove the folder and train the encoder anew.");
        }
    }

    /// <summary>
    /// README.md beside an exported encoder: what it is, what it was trained on, how good it is, and the command that makes it.
    /// </summary>
    private static string Card(PretrainedEncoder encoder, string name, string command)
    {
        var (settings, record) = (encoder.Settings, encoder.Record);
        var text = new StringBuilder();
        var (kind, examples) = settings.ReadsTexts ? ("texts", "parts of texts") : ("molecules", "molecules");
        Line($"# {name}");
        Line();
        Line(
            $"A BERT encoder for {kind}: {Counted.Of(settings.Layers, "layer")} of width {settings.Hidden}, ",
            $"{Counted.Of(settings.Heads, "head")}, {encoder.Weights.Values.Length:N0} parameters, tokenizer `{settings.Tokenizer}`. The ",
            $"files are those that Hugging Face's `BertModel.from_pretrained`",
            $"{(settings.ReadsTexts ? " and `BertTokenizer.from_pretrained`" : "")} loads; `config.yaml` has every setting, ",
            $"`encoder.json` the numbers below.");
        Line();
        Line($"| | |");
        Line($"| --- | --- |");
        foreach (var source in record.Sources) Line($"| data | {source} |");
        Line(
            $"| tasks | masked tokens ({settings.Pretraining.Masking.Share:P0})",
            $"{(record.DescriptorLoss == null ? "" : ", physico-chemical descriptors")}",
            $"{(record.SameMoleculeAccuracy == null ? "" : ", same-molecule pairs")} |");
        Line(
            $"| training | {record.Steps:N0} {Counted.Word(record.Steps, "step")} of ",
            $"{settings.Pretraining.Batch * settings.Pretraining.Accumulate} {examples}, ",
            $"{Counted.Of(settings.Pretraining.Epochs, "epoch")}, highest rate {settings.Pretraining.LearningRate}, ",
            $"seed {settings.Seed}, {record.Engine} |");
        Line($"| training loss at the end | {record.TrainingLoss:0.0000} |");
        if (record.HeldOutExamples > 0)
        {
            Line(
                $"| held-out masked tokens | {record.MaskedTokenAccuracy:P2} right, loss {record.MaskedTokenLoss:0.0000} ",
                $"({record.HeldOutExamples:N0} {examples}) |");
            if (record.DescriptorLoss is { } descriptors) Line($"| held-out descriptors | mean squared error {descriptors:0.00000} |");
            if (record.SameMoleculeAccuracy is { } pairs) Line($"| held-out pairs | {pairs:P2} right |");
        }
        Line();
        Line($"```sh");
        Line($"{command}");
        Line($"```");
        return text.ToString();

        void Line(params FormattableString[] parts) =>
            text.AppendJoin("", parts.Select(part => part.ToString(CultureInfo.InvariantCulture))).Append('\n');
    }

    /// <summary>
    /// Who does the arithmetic of encoders: the engine asked for, or under auto the fused kernels where they can do the job on that
    /// device, else TorchSharp.
    /// </summary>
    /// <param name="device">cpu, cuda or cuda:N.</param>
    /// <param name="threads">For TorchSharp; the fused kernels use one for each of the options' parts.</param>
    /// <exception cref="UserErrorException">The engine asked for cannot do the job; the message says why.</exception>
    internal static IEncoderEngine EngineFor(
        EncoderPretrainingOptions options, IEngine.Choice choice, string device, int threads)
    {
        var obstacle = device != "cpu" ? $"kernels for {device}" : FusedEncoderEngine.Obstacle(options);
        if (choice == IEngine.Choice.Fused && obstacle != null)
            throw new UserErrorException($"engine: fused has no {obstacle}. Use --engine auto or torch.");
        return choice == IEngine.Choice.Torch || obstacle != null
            ? new TorchEngine(device, threads)
            : new FusedEncoderEngine(options.Parts);
    }
}
