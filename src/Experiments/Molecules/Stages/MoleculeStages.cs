using W2S.Data;
using W2S.Training;

namespace W2S.Experiments;

/// <summary>
/// The stages one at a time on molecules, each in a run folder of its own under <paramref name="root"/>, as
/// <see cref="StageRuns"/> does it for the synthetic study: one head for each split on a frozen encoder.
/// </summary>
/// <param name="root">Default: checkpoints/.</param>
/// <param name="threads">Cores to use.</param>
/// <param name="command">The command that is running, for the reports.</param>
public sealed class MoleculeStages(string root, DataFolders folders, int threads, TrainingOptions training, bool force, string command, RunServices run)
{
    /// <summary>An encoder alone, trained or found.</summary>
    /// <param name="engine">Which engine trains; auto is the fused one where it can.</param>
    /// <param name="device">cpu, cuda or cuda:N.</param>
    /// <param name="save">A folder in which it is exported as Hugging Face's BertModel reads it; null: none.</param>
    public PretrainedEncoder Pretrain(EncoderSettings settings, EngineChoice engine, string device, string? save)
    {
        var encoder = new EncoderStore(root, training, folders, run) { Engine = engine, Device = device, Threads = threads }.Obtain(settings);
        if (save != null) EncoderStore.Export(encoder, save, command);
        return encoder;
    }

    /// <summary>Stage 1: heads on the weak encoder, on true labels.</summary>
    /// <param name="folder">The run's folder; null for one named after the settings.</param>
    public MoleculeStageRun TrainWeak(MoleculeStageOptions options, string? folder) => Run("weak", options, folder, null, (work, data) =>
    {
        var weak = work.Fit("weak", "weak", _ => data.Table.Labels, split => Parts(data, split, options).Weak);
        return (index, split) => new SplitPredictions(split, Weak: weak[index]);
    });

    /// <summary>The ceiling: heads on the strong encoder, on the true labels of the molecules that a student would be fitted on.</summary>
    public MoleculeStageRun TrainStrong(MoleculeStageOptions options, string? folder) => Run("strong", options, folder, null, (work, data) =>
    {
        var strong = work.Fit("strong", "strong", _ => data.Table.Labels, split => Parts(data, split, options).Student);
        return (index, split) => new SplitPredictions(split, Strong: strong[index]);
    });

    /// <summary>Stage 2: heads on the strong encoder, on what the weak run's model says.</summary>
    /// <param name="weakRun">Folder of a finished weak run.</param>
    /// <param name="options">That run's settings, and the student's own: see <see cref="MoleculeStageConfiguration.Student"/>.</param>
    public MoleculeStageRun TrainStudent(string weakRun, MoleculeStageOptions options, string? folder)
    {
        var earlier = MoleculeStageRun.Read(weakRun, "weak");
        if ((options.W2sOn == MoleculeProtocol.Half) != (earlier.Protocol == MoleculeProtocol.Half))
            throw new UserErrorException(earlier.Protocol == MoleculeProtocol.Half
                ? $"The weak model of {weakRun} was fitted on one half of the train part, so its student is fitted on the other: leave --w2s-on out, or train another weak run."
                : $"The weak model of {weakRun} was fitted on the whole train part, and --w2s-on half needs one that was fitted on half of it: train one with train-weak --w2s-on half.");
        return Run("student", options, folder, earlier.Folder, (work, data) =>
        {
            var weak = PredictionsOf(earlier.Folder, data, options.Splits, predictions => predictions.Weak);
            var student = work.Fit("student", "strong", index => weak[index], split => Parts(data, split, options).Student);
            return (index, split) => new SplitPredictions(split, weak[index], student[index]);
        });
    }

    /// <summary>Measures a finished student run, with the ceiling if a strong run is given. Nothing is computed but the measures.</summary>
    /// <param name="path">A folder for the results; null keeps none.</param>
    public MoleculeStageRun Evaluate(string studentRun, string? strongRun, string? path)
    {
        var student = MoleculeStageRun.Read(studentRun, "student");
        var options = OptionsOf(studentRun);
        if (strongRun != null) RequireCeiling(studentRun, options, strongRun, OptionsOf(MoleculeStageRun.Read(strongRun, "strong").Folder));
        var started = run.Time.GetTimestamp();
        var data = Load(options);
        var weak = PredictionsOf(studentRun, data, options.Splits, predictions => predictions.Weak);
        var taught = PredictionsOf(studentRun, data, options.Splits, predictions => predictions.Student);
        var strong = strongRun == null ? null : PredictionsOf(strongRun, data, options.Splits, predictions => predictions.Strong);
        SplitPredictions[] predictions = [.. options.Splits.Select((split, index) => new SplitPredictions(split, weak[index], taught[index], strong?[index]))];
        var parts = strongRun == null ? student.Parts : [.. student.Parts, .. MoleculeStageRun.Read(strongRun).Parts.Where(part => part.Name == "strong heads")];
        var result = Result(MoleculeStageRun.Evaluation, student.WeakRun, options, data, parts, predictions, run.Time.GetElapsedTime(started));
        if (path == null) return result;
        RequireEvaluation(path);
        using var folder = RunFolder.Open(path, ConfigurationWriter.Write(options), force, run);
        return Kept(result with { Folder = folder.Path }, data, predictions);
    }

    /// <summary>The settings in a run's config.yaml.</summary>
    public static MoleculeStageOptions OptionsOf(string folder) =>
        ConfigurationBinder.Bind<MoleculeStageOptions>([ConfigurationLayer.FromFile(Path.Combine(folder, RunFolder.ConfigurationFile))], MoleculeStageRules.Check);

    /// <summary>"ridge in closed form on pooled features": for people.</summary>
    internal static string InWords(MoleculeHeadOptions heads)
    {
        var how = heads.Solver == HeadSolver.Exact ? "ridge in closed form" : $"adamw, {heads.Optimiser.Epochs} epochs,";
        var stock = heads.StockPasses == 0 ? "" : $", {heads.StockPasses} passes with masked tokens and dropout";
        return $"{how} on {(heads.Pooling == EncoderPooling.Pooled ? "pooled" : "mean")} features{stock}";
    }

    /// <param name="work">Fits heads and returns what the models of each split say.</param>
    private MoleculeStageRun Run(
        string stage, MoleculeStageOptions options, string? path, string? weakRun, Func<MoleculeStageWork, MoleculeData, Func<int, int, SplitPredictions>> work)
    {
        options = WithDigests(stage, options.For(stage));
        var started = run.Time.GetTimestamp();
        using var folder = RunFolder.Open(path ?? Path.Combine(root, DefaultName(stage, options)), ConfigurationWriter.Write(options), force, run);
        if (File.Exists(Path.Combine(folder.Path, StudyOutputs.Summary)))
        {
            folder.Services.Log.Information("{Folder} is finished already; nothing was computed (--force would start anew)", folder.Path);
            return MoleculeStageRun.Read(folder.Path, stage).AllFound();
        }
        var data = Load(options);
        if (data.Table.Duplicates > 0)
            folder.Services.Log.Information("{Duplicates} of {Count} rows of {Title} repeat the SMILES of an earlier row; they stay, for the splits count them", data.Table.Duplicates, data.Table.Count, data.Set.Title);
        var encoders = new MoleculeEncoders(root, folders, training, options.Device, threads, folder.Services) { Pooling = options.Heads.Pooling };
        var stageWork = new MoleculeStageWork(options, data, encoders, threads, folder.Path, folder.Services);
        var predictions = work(stageWork, data);
        SplitPredictions[] splits = [.. options.Splits.Select((split, index) => predictions(index, split))];
        var result = Result(stage, weakRun, options, data, stageWork.Parts, splits, run.Time.GetElapsedTime(started));
        return Kept(result with { Folder = folder.Path }, data, splits);
    }

    /// <summary>With the SHA-256 of the saved encoder that the stage reads, so that another one in its place is another run.</summary>
    private static MoleculeStageOptions WithDigests(string stage, MoleculeStageOptions options)
    {
        return stage == "weak" ? options with { Weak = Digested(options.Weak) } : options with { Strong = Digested(options.Strong) };

        static MoleculeEncoderOptions Digested(MoleculeEncoderOptions encoder) =>
            encoder.From == "" ? encoder with { Digest = "" } : new MoleculeEncoderOptions { From = encoder.From, Digest = FrozenEncoders.Load(encoder.From).Digest };
    }

    internal MoleculeData Load(MoleculeStageOptions options)
    {
        var data = MoleculeDataSet.Named(options.Data).Load(folders);
        var unknown = options.Splits.Where(split => !data.Splits.ContainsKey(split)).ToList();
        if (unknown.Count > 0)
            throw new UserErrorException($"{data.Set.Title} has no split {string.Join(", ", unknown)}. Its splits are {string.Join(", ", data.Splits.Keys.Order())}.");
        return data;
    }

    private static MoleculeParts Parts(MoleculeData data, int split, MoleculeStageOptions options) => MoleculeParts.Of(data.Splits[split], options.W2sOn);

    /// <summary>What a model of an earlier run said, [splits][molecules].</summary>
    private static double[][] PredictionsOf(string folder, MoleculeData data, IReadOnlyList<int> splits, Func<SplitPredictions, double[]?> model)
    {
        var kept = PredictionsCsv.Read(folder, data);
        return [.. splits.Select(split => kept.FirstOrDefault(one => one.Split == split) is { } found && model(found) is { } values
            ? values
            : throw new UserErrorException($"{Path.Combine(folder, PredictionsCsv.FileName)} lacks what is needed of split {split}: the run was made with other splits, or the file was edited. Run that stage again with --force."))];
    }

    private static void RequireCeiling(string studentRun, MoleculeStageOptions student, string strongRun, MoleculeStageOptions ceiling)
    {
        var (there, here) = (Compared(ceiling), Compared(student));
        var differences = SettingDifferences.Between(there, here, "student").ToList();
        if (differences.Count > 0)
            throw new UserErrorException($"{strongRun} is no ceiling for {studentRun}: it was trained with {string.Join(", ", differences)}. Train the ceiling with the student's settings.");

        static MoleculeStageOptions Compared(MoleculeStageOptions options) => options with { Weak = new MoleculeEncoderOptions(), Strong = options.Strong.Identity(), Device = "cpu" };
    }

    /// <summary>An evaluation must not take the place of another run of the same settings, such as the student's own.</summary>
    private static void RequireEvaluation(string path)
    {
        var summary = Path.Combine(path, StudyOutputs.Summary);
        if (!File.Exists(summary)) return;
        var kind = SummaryFile.KindOf(summary);
        if (kind != MoleculeStageRun.FormatName || MoleculeStageRun.Read(path).Stage != MoleculeStageRun.Evaluation)
            throw new UserErrorException($"--out {path} holds {SummaryFile.InWords(kind)} that an evaluation would overwrite. Give another folder.");
    }

    private MoleculeStageRun Kept(MoleculeStageRun result, MoleculeData data, IReadOnlyList<SplitPredictions> predictions)
    {
        // What an interrupted fit would have gone on from.
        if (Path.Combine(result.Folder, MoleculeStageWork.HeadsFolder) is var heads && Directory.Exists(heads)) Directory.Delete(heads, recursive: true);
        AtomicFile.WriteAllText(Path.Combine(result.Folder, PredictionsCsv.FileName), PredictionsCsv.Write(data, predictions));
        MoleculeStageOutputs.Write(result, new ReportContext(command, run.Time.GetLocalNow()));
        return result;
    }

    internal static MoleculeStageRun Result(
        string stage, string? weakRun, MoleculeStageOptions options, MoleculeData data, IReadOnlyList<StagePart> parts, IEnumerable<SplitPredictions> predictions, TimeSpan elapsed) => new(
        stage, options.Data, data.Set.Title, data.Set.Unit, options.W2sOn, InWords(options.Heads), options.Seed, elapsed.TotalSeconds, weakRun, parts,
        [.. predictions.Select(one => MoleculeStageSplit.Measure(data, one, options.W2sOn, stage))]);

    private static string DefaultName(string stage, MoleculeStageOptions options)
    {
        var encoders = stage switch { "weak" => options.Weak.ShortName, "strong" => options.Strong.ShortName, _ => $"{options.Weak.ShortName}-to-{options.Strong.ShortName}" };
        return FormattableString.Invariant($"{(stage == "student" ? "w2s" : stage)}-{options.Data}-{encoders}-seed{options.Seed}-{Fingerprint.Short(options.Fingerprint())}");
    }
}
