using System.Globalization;
using W2S.Data;
using W2S.Training;

namespace W2S.Experiments;

/// <summary>
/// The stages one at a time, each in a run folder of its own under <paramref name="root"/>. A representation, or the heads
/// of an earlier stage, that exist with the same settings are found and not trained again.
/// </summary>
/// <param name="root">Default: checkpoints/.</param>
/// <param name="threads">Cores to use; results do not depend on it.</param>
/// <param name="command">The command that is running, for the reports.</param>
public sealed class StageRuns(string root, int threads, TrainingOptions training, bool force, string command, RunServices run)
{
    /// <summary>Trains the strong representation of the options, or finds it.</summary>
    public Representation Pretrain(StudyOptions options) =>
        Store(run).Obtain(options, options.Strong, "strong", Engines.Choose(options, threads));

    /// <summary>Stage 1: heads on the weak representation, on true labels.</summary>
    /// <param name="folder">The run's folder; null for one named after the settings.</param>
    public StageRun TrainWeak(StudyOptions options, string? folder) => Run("weak", options, folder, null, (work, own) =>
    {
        var weak = work.Representation(options.Weak, "weak");
        return work.Measure(weak, work.Heads(own, study => study.FitWeak(weak)));
    });

    /// <summary>Stage 3: heads on the strong representation, on true labels; the ceiling.</summary>
    public StageRun TrainStrong(StudyOptions options, string? folder) => Run("strong", options, folder, null, (work, own) =>
    {
        var strong = work.Representation(options.Strong, "strong");
        return work.Measure(null, null, strong, null, work.Heads(own, study => study.FitStrong(strong)));
    });

    /// <summary>Stage 2: the student, on what the weak run's model says. Its seed, tasks and samples are those of the weak run.</summary>
    /// <param name="weakRun">Folder of a finished weak run.</param>
    /// <param name="strong">The student's representation.</param>
    public StageRun TrainStudent(string weakRun, RepresentationOptions strong, string? folder)
    {
        var earlier = StageRun.Read(weakRun, "weak");
        var options = OptionsOf(weakRun) with { Strong = strong };
        return Run("student", options, folder, earlier.Folder, (work, own) =>
        {
            var (weak, strongRepresentation) = (work.Representation(options.Weak, "weak"), work.Representation(strong, "strong"));
            var weakHeads = work.Heads(earlier.Folder, study => study.FitWeak(weak));
            return work.Measure(weak, weakHeads, strongRepresentation, work.Heads(own, study => study.FitStudent(weak, weakHeads, strongRepresentation)));
        });
    }

    /// <summary>Measures a finished student run, with the ceiling if a strong run is given, on the evaluation sample.</summary>
    /// <param name="path">A folder for the results; null keeps none.</param>
    public StageRun Evaluate(string studentRun, string? strongRun, string? path)
    {
        var student = StageRun.Read(studentRun, "student");
        var weakRun = StageRun.Read(student.WeakRun!, "weak").Folder;
        var options = OptionsOf(studentRun);
        var ceiling = strongRun == null ? null : OptionsOf(StageRun.Read(strongRun, "strong").Folder);
        if (ceiling != null) RequireCeiling(studentRun, options, strongRun!, ceiling);
        if (path == null) return Measure(run);
        RequireEvaluation(path);
        using var folder = RunFolder.Open(path, ConfigurationWriter.Write(options), force, run);
        var result = Measure(folder.Services) with { Folder = folder.Path };
        StageOutputs.Write(result, Context());
        return result;

        StageRun Measure(RunServices services)
        {
            var started = services.Time.GetTimestamp();
            var engine = Engines.Choose(options, threads);
            var work = new StageWork(options, engine, threads, Store(services), training, services);
            var (weak, strong) = (work.Representation(options.Weak, "weak"), work.Representation(options.Strong, "strong"));
            var weakHeads = work.Heads(weakRun, study => study.FitWeak(weak));
            var studentHeads = work.Heads(studentRun, study => study.FitStudent(weak, weakHeads, strong));
            var strongHeads = strongRun == null ? null : work.Heads(strongRun, study => study.FitStrong(strong));
            var measures = work.Measure(weak, weakHeads, strong, studentHeads, strongHeads);
            return Result(StageRun.Evaluation, weakRun, options, engine, work.Parts, measures, services.Time.GetElapsedTime(started));
        }
    }

    /// <summary>The settings in a run's config.yaml.</summary>
    public static StudyOptions OptionsOf(string folder) =>
        ConfigurationBinder.Bind<StudyOptions>([ConfigurationLayer.FromFile(Path.Combine(folder, RunFolder.ConfigurationFile))], StudyRules.Check);

    /// <param name="work">Fits and measures; heads of its own go to the folder that it is given.</param>
    private StageRun Run(string stage, StudyOptions options, string? path, string? weakRun, Func<StageWork, string, StageMeasures> work)
    {
        options = options.For(stage);
        var started = run.Time.GetTimestamp();
        var engine = Engines.Choose(options, threads);
        using var folder = RunFolder.Open(path ?? Path.Combine(root, DefaultName(stage, options, engine)), ConfigurationWriter.Write(options), force, run);
        if (File.Exists(Path.Combine(folder.Path, StudyOutputs.Summary)))
        {
            folder.Services.Log.Information("{Folder} is finished already; nothing was computed (--force would start anew)", folder.Path);
            return StageRun.Read(folder.Path, stage).AllFound();
        }
        var stageWork = new StageWork(options, engine, threads, Store(folder.Services), training, folder.Services);
        var measures = work(stageWork, folder.Path);
        var result = Result(stage, weakRun, options, engine, stageWork.Parts, measures, run.Time.GetElapsedTime(started)) with { Folder = folder.Path };
        StageOutputs.Write(result, Context());
        return result;
    }

    private RepresentationStore Store(RunServices services) => new(root, training, command, services);

    private ReportContext Context() => new(command, run.Time.GetLocalNow());

    private static void RequireCeiling(string studentRun, StudyOptions student, string strongRun, StudyOptions ceiling)
    {
        var differences = SettingDifferences.Between(ceiling with { Weak = student.Weak }, student, "student").ToList();
        if (differences.Count > 0)
            throw new UserErrorException($"{strongRun} is no ceiling for {studentRun}: it was trained with {string.Join(", ", differences)}. Train the ceiling with the student's settings.");
    }

    /// <summary>An evaluation must not take the place of another run of the same settings, such as the student's own.</summary>
    private static void RequireEvaluation(string path)
    {
        var summary = Path.Combine(path, StudyOutputs.Summary);
        if (!File.Exists(summary)) return;
        var kind = SummaryFile.KindOf(summary);
        if (kind != StageRun.FormatName || StageRun.Read(path).Stage != StageRun.Evaluation)
            throw new UserErrorException($"--out {path} holds {SummaryFile.InWords(kind)} that an evaluation would overwrite. Give another folder.");
    }

    private static StageRun Result(
        string stage, string? weakRun, StudyOptions options, IEngine engine, IReadOnlyList<StagePart> parts, StageMeasures measures, TimeSpan elapsed)
    {
        var tasks = Enumerable.Range(0, options.Heads.Tasks).Select(task => new StageTask(
            task, measures.WeakErrors?[task], measures.StudentErrors?[task], measures.StrongErrors?[task], measures.Misfits?[task]));
        return new StageRun(stage, options.Name, options.Seed, engine.Name, elapsed.TotalSeconds, weakRun, parts, measures.Representations, [.. tasks]);
    }

    private static string DefaultName(string stage, StudyOptions options, IEngine engine)
    {
        var weak = $"{options.Weak.Depth}x{options.Weak.Hidden}";
        var strong = $"{options.Strong.Depth}x{options.Strong.Hidden}";
        var shape = stage switch { "weak" => weak, "strong" => strong, _ => $"{weak}-to-{strong}" };
        var name = stage == "student" ? "w2s" : stage;
        var hash = Fingerprint.Short(Fingerprint.Of(new { Options = options, Engine = engine.Name }));
        return string.Create(CultureInfo.InvariantCulture, $"{name}-{shape}-seed{options.Seed}-{hash}");
    }
}
