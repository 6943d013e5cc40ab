namespace W2S.Runs;

/// <summary>
/// The stages one at a time, each in a run folder of its own under <paramref name="root"/>: parts of <see cref="Comparison"/>,
/// so they end in the bits of a whole study. A representation that exists with the same settings is found and not trained
/// again; heads of an earlier stage are read from its folder.
/// </summary>
/// <param name="root">Default: checkpoints/.</param>
/// <param name="threads">Cores to use; results do not depend on it.</param>
/// <param name="command">The command that is running, for the reports.</param>
internal sealed class StageRuns(
    string root, DataFolders folders, int threads, TrainingOptions training, bool force, string command, RunServices run)
{
    private const string CacheFolder = "features", CheckpointsFolder = "heads";

    /// <summary>Trains the strong network of the settings, or finds it.</summary>
    public IRepresentation Pretrain(Study study) =>
        Representations(run, features: null).Obtain(study, "strong", Engines.Choose(study, threads));

    /// <summary>An encoder alone, trained or found.</summary>
    /// <param name="engine">Which engine trains; auto is the fused one where it can.</param>
    /// <param name="device">cpu, cuda or cuda:N.</param>
    /// <param name="save">A folder in which it is exported as Hugging Face's BertModel reads it; null: none.</param>
    public PretrainedEncoder Pretrain(EncoderSettings settings, IEngine.Choice engine, string device, string? save)
    {
        var store = new EncoderStore(root, training, folders, run) { Engine = engine, Device = device, Threads = threads };
        var encoder = store.Obtain(settings);
        if (save != null) EncoderStore.Export(encoder, save, command);
        return encoder;
    }

    /// <summary>What pretraining the strong network of the settings would do; nothing is trained.</summary>
    internal Forecast Foresee(Study study)
    {
        var engine = Engines.Choose(study, threads);
        var parts = Forecast.Representation(study, "strong", new Datasets(folders, run).Of(study, engine), root, engine);
        return new Forecast(parts[0].Place == "" ? root : parts[0].Place, parts);
    }

    /// <summary>The same of an encoder alone.</summary>
    internal Forecast Foresee(EncoderSettings settings) => new(root,
    [
        new Forecast.Item(
            "encoder",
            $"pretrain, or find: width {settings.Hidden}, {Counted.Of(settings.Layers, "layer")}, "
                + $"{Counted.Of(settings.Pretraining.Epochs, "epoch")}", Place: root),
    ]);

    /// <summary>What a stage would do; nothing is trained, and nothing written.</summary>
    /// <param name="stage">"weak", "student" or "strong".</param>
    /// <param name="path">The run's folder; null for one named after the settings.</param>
    internal Forecast Foresee(string stage, Study study, string? path)
    {
        var datasets = new Datasets(folders, run) { Roles = RolesOf(stage) };
        study = study.For(stage).Digested(datasets, folders, RolesOf(stage)).Located();
        var folder = path ?? Path.Combine(root, DefaultName(stage, study));
        if (File.Exists(Path.Combine(folder, SummaryFile.FileName)))
            return new Forecast(folder, [new Forecast.Item($"{stage} run", "found, finished", Place: folder)]);
        var engine = Engines.Choose(study, threads);
        var data = datasets.Of(study, engine);
        var representations = RolesOf(stage).SelectMany(role => Forecast.Representation(study, role, data, root, engine));
        return new Forecast(folder, [.. representations, Forecast.Heads(stage, study, data, 1, engine)]);
    }

    /// <summary>Stage 1 or 3: heads on the weak or the strong representation, on true labels; the strong ones are the ceiling.</summary>
    /// <param name="stage">"weak" or "strong".</param>
    /// <param name="folder">The run's folder; null for one named after the settings.</param>
    public Result Train(string stage, Study study, string? folder) => Run(stage, study, folder, null);

    /// <summary>Stage 2: heads on the strong representation, on the labels of the weak run's model.</summary>
    /// <param name="weakRun">Folder of a finished weak run.</param>
    /// <param name="study">That run's settings, and the student's own: see <see cref="StudyConfiguration.Student"/>.</param>
    public Result TrainStudent(string weakRun, Study study, string? folder)
    {
        var weak = ResultFile.StudyOf(ResultFile.Read(weakRun, Stages.Weak).Folder);
        if ((study.Protocol == Dataset.Protocol.Half) != (weak.Protocol == Dataset.Protocol.Half))
            throw new UserErrorException(weak.Protocol == Dataset.Protocol.Half
                ? $"The weak model of {weakRun} was fitted on one half of the train part, so its student is fitted on the other: leave "
                    + "--w2s-on out, or train another weak run."
                : $"The weak model of {weakRun} was fitted on the whole train part, and --w2s-on half needs one that was fitted on half of "
                    + "it: train one with train-weak --w2s-on half.");
        return Run(Stages.Student, study, folder, weakRun);
    }

    /// <summary>Measures a finished student run, with the ceiling if a strong run is given. Nothing is trained.</summary>
    /// <param name="path">A folder for the results; null keeps none.</param>
    public Result Evaluate(string studentRun, string? strongRun, string? path)
    {
        var student = ResultFile.Read(studentRun, Stages.Student);
        var study = ResultFile.StudyOf(studentRun);
        RequireWeakModel(student);
        if (strongRun != null)
            RequireCeiling(studentRun, study, strongRun, ResultFile.StudyOf(ResultFile.Read(strongRun, Stages.Strong).Folder));
        if (path == null) return Measure(run);
        RequireEvaluation(path);
        using var folder = RunFolder.Open(path, ConfigurationWriter.Write(study), force, run);
        var result = Measure(folder.Services) with { Folder = folder.Path };
        StudyOutputs.Write(result, Context());
        return result;

        Result Measure(RunServices services)
        {
            var known = new Dictionary<string, string> { [Stages.Weak] = student.WeakRun!, [Stages.Student] = studentRun };
            if (strongRun != null) known[Stages.Strong] = strongRun;
            return Compute(
                Result.EvaluationStage, study, new Datasets(folders, services), [.. Stages.All.Where(known.ContainsKey)], known,
                student.WeakRun, "", services).Result;
        }
    }

    private Result Run(string stage, Study study, string? path, string? weakRun)
    {
        if (study.Comparisons().Count() > 1)
            throw new UserErrorException(
                $"A stage runs on one data set and one weak representation, and the settings name {study.Comparisons().Count()} "
                + "pairs. Take one of them.");
        var datasets = new Datasets(folders, run) { Roles = RolesOf(stage) };
        study = study.For(stage).Digested(datasets, folders, RolesOf(stage)).Located();
        using var folder = RunFolder.Open(
            path ?? Path.Combine(root, DefaultName(stage, study)), ConfigurationWriter.Write(study), force, run);
        if (File.Exists(Path.Combine(folder.Path, SummaryFile.FileName)))
        {
            folder.Services.Log.Information("{Folder} is finished already; nothing was computed (--force would start anew)", folder.Path);
            var found = ResultFile.Read(folder.Path, stage);
            RequireWeakModel(found);
            DiscardPassed();
            return found with { Parts = [.. found.Parts!.Select(part => part with { Found = true })] };
        }
        var known = weakRun == null ? [] : new Dictionary<string, string> { [Stages.Weak] = weakRun };
        datasets.WriteRejected(folder.Path);
        var (result, fits) = Compute(stage, study, datasets, [.. known.Keys, stage], known, weakRun, folder.Path, folder.Services);
        HeadFile.Write(folder.Path, fits);
        StudyOutputs.Write(result, Context());
        DiscardPassed();
        return result;

        // What an interrupted fit would have gone on from.
        void DiscardPassed()
        {
            foreach (var passed in (ReadOnlySpan<string>)[CheckpointsFolder, CacheFolder])
                AtomicFile.DeleteFolder(Path.Combine(folder.Path, passed));
        }
    }

    /// <param name="stages">The models that there are to be.</param>
    /// <param name="known">The folders of runs that fitted some of them.</param>
    private (Result Result, IReadOnlyList<(string Stage, SolvedHeads Solved)> Fits) Compute(
        string stage, Study study, Datasets datasets, IReadOnlyList<string> stages, IReadOnlyDictionary<string, string> known,
        string? weakRun, string folder, RunServices services)
    {
        var started = services.Time.GetTimestamp();
        var engine = Engines.Choose(study, threads);
        var representations = Representations(services, folder == "" ? null : Path.Combine(folder, CacheFolder));
        var weak = stages.Contains(Stages.Weak) ? representations.Obtain(study, "weak", engine) : null;
        var strong = stages.Any(model => model != Stages.Weak) ? representations.Obtain(study, "strong", engine) : null;
        var solver = HeadSolvers.Create(
            study, engine, threads, folder == ""
                ? null
                : Path.Combine(folder, CheckpointsFolder), training with { SaveFinished = false }, services);
        var comparison = new Comparison(study, datasets.Of(study, engine), weak, strong, solver, services);
        var outcome = comparison.Run(stages, known.ToDictionary(
            model => model.Key, model => HeadFile.Read(model.Value, model.Key, ResultFile.StudyOf(model.Value).HasHeadBias)));
        var panel = comparison.Result(outcome, engine.Name, services.Time.GetElapsedTime(started).TotalSeconds);
        var parts = new[] { ("weak", weak), ("strong", strong) }
            .Where(used => used.Item2 != null).Select(used => Part(used.Item1, used.Item2!))
            .Concat(stages.Select(model => Part(model, solver, comparison, outcome.Fits, known)));
        var digest = weakRun == null ? null : HeadFile.DigestOf(weakRun);
        return (new Result(stage, [panel], weakRun, [.. parts]) { Folder = folder, WeakDigest = digest }, outcome.Fits);
    }

    private static Result.Part Part(string role, IRepresentation representation) =>
        new(
            $"{role} representation", representation.Description, representation.Origin.Steps, representation.Origin.Loss,
            representation.Origin.Folder) { Found = representation.Origin.Found };

    private static Result.Part Part(
        string stage, IHeadSolver solver, Comparison comparison, IReadOnlyList<(string Stage, SolvedHeads Solved)> fits,
        IReadOnlyDictionary<string, string> known)
    {
        var own = fits.Where(fit => fit.Stage == stage).ToList();
        var cells = comparison.Study.IsGaussian ? "tasks" : comparison.Study.Folds > 0 ? "folds" : "splits";
        var how = $"{comparison.Data.Cells.Count} {cells}, {solver.Description}";
        return new Result.Part(
            $"{stage} heads", how, own.Sum(fit => fit.Solved.Steps), own.Count == 0 ? null : own.Average(fit => fit.Solved.Loss),
            known.GetValueOrDefault(stage)) { Found = known.ContainsKey(stage) };
    }

    /// <param name="features">Where those that are computed are kept until the run is done.</param>
    private Representations Representations(RunServices services, string? features) =>
        new(root, folders, new FeatureCache(features), threads, training, services)
    {
        Report = (folder, summary) => StudyOutputs.Write(folder, summary, Context()),
    };

    private ReportContext Context() => new(command, run.Time.GetLocalNow());

    private static string[] RolesOf(string stage) =>
        stage switch { Stages.Weak => ["weak"], Stages.Strong => ["strong"], _ => ["weak", "strong"] };

    private static void RequireWeakModel(Result student)
    {
        if (student.WeakRun is { } weak)
            Fingerprint.RequireSame($"The weak model in {weak}", student.WeakDigest, HeadFile.DigestOf(weak) ?? "nothing there");
    }

    private static void RequireCeiling(string studentRun, Study student, string strongRun, Study ceiling)
    {
        var differences = Setting.Differences(Compared(ceiling), Compared(student), "student").ToList();
        if (differences.Count > 0)
            throw new UserErrorException(
                $"{strongRun} is no ceiling for {studentRun}: it was trained with {string.Join(", ", differences)}. Train the ceiling "
                + "with the student's settings.");

        Study Compared(Study study) => study.Anywhere() with
        {
            Weak = student.Weak, Heads = study.Heads with { WeakTrainableBlocks = student.Heads.WeakTrainableBlocks },
            LabelNoise = student.LabelNoise, WeakLabels = student.WeakLabels, Strong = study.Strong.Anywhere(),
            Device = student.IsGaussian ? study.Device : "cpu",
        };
    }

    /// <summary>An evaluation must not take the place of another run of the same settings, such as the student's own.</summary>
    private static void RequireEvaluation(string path)
    {
        var summary = Path.Combine(path, SummaryFile.FileName);
        if (!File.Exists(summary)) return;
        var kind = SummaryFile.KindOf(summary);
        if (kind != SummaryFile.ResultFormat || ResultFile.Read(path).Stage != Result.EvaluationStage)
            throw new UserErrorException(
                $"--out {path} holds "
                + $"{(kind == SummaryFile.ResultFormat ? $"a run of the stage {ResultFile.Read(path).Stage}" : SummaryFile.InWords(kind))} "
                + "that an evaluation would overwrite. Give another folder.");
    }

    private string DefaultName(string stage, Study study)
    {
        var (weak, strong) = (ShortName(study, study.Weak), ShortName(study, study.Strong));
        var shape = stage switch { Stages.Weak => weak, Stages.Strong => strong, _ => $"{weak}-to-{strong}" };
        var data = study.IsGaussian ? "" : $"{Path.GetFileNameWithoutExtension(study.Data[0])}-";
        var engine = study.IsGaussian ? Engines.Choose(study, threads).Name : "";
        var hash = Fingerprint.Short(study.Identity() + engine);
        return string.Create(
            CultureInfo.InvariantCulture, $"{(stage == Stages.Student ? "w2s" : stage)}-{data}{shape}-seed{study.Seed}-{hash}");
    }

    private static string ShortName(Study study, RepresentationOptions options) =>
        study.IsGaussian ? $"{options.Depth}x{options.Hidden}" : SavedRepresentations.ShortName(options);
}
