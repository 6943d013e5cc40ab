using System.Globalization;
using W2S.Data;
using W2S.Models;
using W2S.Training;

namespace W2S.Experiments;

/// <summary>
/// The stages one at a time, each in a run folder of its own under <paramref name="root"/>. A representation, or the heads
/// of an earlier stage, that exist with the same settings are found and not trained again.
/// </summary>
/// <param name="root">Default: checkpoints/.</param>
/// <param name="threads">Cores to use; results do not depend on it.</param>
public sealed class StageRuns(string root, int threads, TrainingOptions training, bool force, RunServices run)
{
    /// <summary>Trains the strong representation of the options, or finds it.</summary>
    public Representation Pretrain(StudyOptions options) =>
        new RepresentationStore(root, training, run).Obtain(options, options.Strong, "strong", Engines.Choose(options, threads));

    /// <summary>Stage 1: heads on the weak representation, on true labels.</summary>
    /// <param name="folder">The run's folder; null for one named after the settings.</param>
    public StageRun TrainWeak(StudyOptions options, string? folder) => Run("weak", options, folder, null, (study, obtain) =>
    {
        var weak = obtain(options.Weak, "weak");
        return study.Measure(weak, study.FitWeak(weak));
    });

    /// <summary>Stage 3: heads on the strong representation, on true labels; the ceiling.</summary>
    public StageRun TrainStrong(StudyOptions options, string? folder) => Run("strong", options, folder, null, (study, obtain) =>
    {
        var strong = obtain(options.Strong, "strong");
        return study.Measure(null, null, strong, null, study.FitStrong(strong));
    });

    /// <summary>Stage 2: the student, on what the weak run's model says. Its seed, tasks and samples are those of the weak run.</summary>
    /// <param name="weakRun">Folder of a finished weak run.</param>
    /// <param name="strong">The student's representation.</param>
    public StageRun TrainStudent(string weakRun, RepresentationOptions strong, string? folder)
    {
        var earlier = StageRun.Read(weakRun, "weak");
        var options = OptionsOf(weakRun) with { Strong = strong };
        return Run("student", options, folder, earlier.Folder, (study, obtain) =>
        {
            var (weak, strongRepresentation) = (obtain(options.Weak, "weak"), obtain(strong, "strong"));
            var weakHeads = Study(options, earlier.Folder).FitWeak(weak);
            return study.Measure(weak, weakHeads, strongRepresentation, study.FitStudent(weak, weakHeads, strongRepresentation));
        });
    }

    /// <summary>Measures a finished student run, with the ceiling if a strong run is given, on the evaluation sample.</summary>
    public StageRun Evaluate(string studentRun, string? strongRun)
    {
        var student = StageRun.Read(studentRun, "student");
        var options = OptionsOf(studentRun);
        var ceiling = strongRun == null ? null : OptionsOf(StageRun.Read(strongRun, "strong").Folder);
        if (ceiling != null && (ceiling with { Weak = options.Weak }) != options)
            throw new UserErrorException(
                $"{strongRun} is no ceiling for {studentRun}: its settings differ in more than the weak representation. Compare their config.yaml, and train the ceiling with the student's settings.");
        var started = run.Time.GetTimestamp();
        var engine = Engines.Choose(options, threads);
        var store = new RepresentationStore(root, training, run);
        var (weak, strong) = (store.Obtain(options, options.Weak, "weak", engine), store.Obtain(options, options.Strong, "strong", engine));
        var weakHeads = Study(options, student.WeakRun!).FitWeak(weak);
        var studentHeads = Study(options, studentRun).FitStudent(weak, weakHeads, strong);
        var strongHeads = strongRun == null ? null : Study(options, strongRun).FitStrong(strong);
        var measures = Study(options, studentRun).Measure(weak, weakHeads, strong, studentHeads, strongHeads);
        return Result("evaluation", studentRun, student.WeakRun, options, engine, measures, run.Time.GetElapsedTime(started));
    }

    /// <summary>The settings in a run's config.yaml.</summary>
    public static StudyOptions OptionsOf(string folder) =>
        ConfigurationBinder.Bind<StudyOptions>([ConfigurationLayer.FromFile(Path.Combine(folder, "config.yaml"))], StudyRules.Check);

    private StageRun Run(
        string stage, StudyOptions options, string? path, string? weakRun,
        Func<WeakToStrongStudy, Func<RepresentationOptions, string, Representation>, StageMeasures> work)
    {
        options = options.For(stage);
        var started = run.Time.GetTimestamp();
        var engine = Engines.Choose(options, threads);
        using var folder = RunFolder.Open(path ?? Path.Combine(root, DefaultName(stage, options, engine)), ConfigurationWriter.Write(options), force, run);
        var store = new RepresentationStore(root, training, folder.Services);
        var stages = new HeadStages(options, engine, threads, folder.Path, training, folder.Services);
        var measures = work(new WeakToStrongStudy(options, engine, stages), (representation, role) => store.Obtain(options, representation, role, engine));
        var result = Result(stage, folder.Path, weakRun, options, engine, measures, run.Time.GetElapsedTime(started));
        result.Write();
        return result;
    }

    private WeakToStrongStudy Study(StudyOptions options, string folder)
    {
        var engine = Engines.Choose(options, threads);
        return new WeakToStrongStudy(options, engine, new HeadStages(options, engine, threads, folder, training, run));
    }

    private static StageRun Result(
        string stage, string folder, string? weakRun, StudyOptions options, IEngine engine, StageMeasures measures, TimeSpan elapsed)
    {
        var tasks = Enumerable.Range(0, options.Heads.Tasks).Select(task => new StageTask(
            task, measures.WeakErrors?[task], measures.StudentErrors?[task], measures.StrongErrors?[task], measures.Misfits?[task]));
        return new StageRun(stage, folder, weakRun, options.Seed, engine.Name, measures.Representations, [.. tasks], elapsed.TotalSeconds);
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
