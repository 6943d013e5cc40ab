using System.Globalization;
using System.Text.Json;
using W2S.Training;

namespace W2S.Experiments;

/// <summary>One panel of the synthetic study for one seed. Its pretrained representations are runs of their own, which other panels share.</summary>
public sealed class SyntheticRunKind : RunKind<StudyOptions>, IStudyKind
{
    internal const string KindName = "synthetic";
    private static readonly RepresentationRunKind Representations = new();

    public override string Name => KindName;

    public Type Options => typeof(StudyOptions);

    public IReadOnlyList<Panel> Bases(IReadOnlyList<string> names) => Panels.Find(names.Count == 0 ? ["fig2b"] : names);

    public IReadOnlyList<ConfigurationLayer> Below(string preset) => [Presets.Find(preset)];

    public object Bind(IReadOnlyList<ConfigurationLayer> layers, ConfigurationProblems problems) =>
        ConfigurationBinder.Bind<StudyOptions>(layers, StudyRules.Check, problems);

    protected override JsonElement Write(StudyOptions options) => JsonSerializer.SerializeToElement(options with { Threads = 0 }, SummaryJson.Compact.StudyOptions);

    protected override StudyOptions Read(JsonElement settings) => SummaryReader.ReadOptions(settings);

    protected override string NameOf(StudyOptions options) => string.Create(CultureInfo.InvariantCulture, $"{options.Name}-seed{options.Seed}");

    protected override IReadOnlyList<NeededRun> Needs(StudyOptions options) =>
        [.. Roles(options).Where(role => role.Representation.Source == RepresentationSource.Pretrained).Select(role => Need(options, role.Name, role.Representation))];

    protected override RunOutcome Run(StudyOptions options, RunPlace place, RunServices run)
    {
        var started = run.Time.GetTimestamp();
        var engine = Engines.Choose(options, place.Threads);
        var derived = new RepresentationStore(place.Folder, place.Training, "", run);
        var stages = new HeadStages(options, engine, place.Threads, place.Checkpoints(engine), place.Training with { SaveFinished = false, KeepBest = false }, run);
        var measured = new WeakToStrongStudy(options, engine, stages).Run(Obtain("weak", options.Weak), Obtain("strong", options.Strong));
        var seconds = run.Time.GetElapsedTime(started).TotalSeconds;
        var result = new PanelResult(options with { Threads = 0 }, engine.Name, measured.Representations, measured.Tasks, seconds);
        return new RunOutcome(Measures(result), folder =>
        {
            StudyFiles.WriteSummary(Path.Combine(folder, StudyOutputs.Summary), [result]);
            if (Directory.Exists(stages.Folder)) Directory.Delete(stages.Folder, recursive: true);
        });

        // Only the pretrained ones are trained, and they are by now; the others are derived from the truth.
        Representation Obtain(string role, RepresentationOptions representation) => representation.Source == RepresentationSource.Pretrained
            ? RepresentationRunKind.Load(place.FolderOf(Need(options, role, representation).Identity), options, representation)
            : derived.Obtain(options, representation, role, engine);
    }

    private static NeededRun Need(StudyOptions options, string role, RepresentationOptions representation) =>
        new(role, Representations, RepresentationRunKind.For(options, representation));

    private static IEnumerable<(string Name, RepresentationOptions Representation)> Roles(StudyOptions options) => [("weak", options.Weak), ("strong", options.Strong)];

    /// <summary>Means over tasks, and how gain follows misfit; intervals over tasks are in summary.json.</summary>
    private static OrderedDictionary<string, double?> Measures(PanelResult result)
    {
        var follow = new GainOnMisfit();
        foreach (var task in result.Tasks) follow.Add(task.Gain, task.Misfit);
        double[] recovered = [.. result.Tasks.Select(task => task.GapRecovered).OfType<double>().Where(double.IsFinite).Order()];
        return new()
        {
            ["weak_error"] = result.Tasks.Average(task => task.WeakError),
            ["student_error"] = result.Tasks.Average(task => task.StudentError),
            ["strong_error"] = result.Tasks.Average(task => task.StrongError),
            ["misfit"] = follow.MeanMisfit,
            ["gain"] = follow.MeanGain,
            ["gain_over_misfit"] = follow.Ratio,
            ["slope_through_origin"] = follow.SlopeThroughOrigin,
            ["correlation"] = follow.Correlation,
            ["median_gap_recovered"] = recovered.Length == 0 ? null : Quantiles.Of(recovered, 0.5),
            ["collapsed"] = result.Representations.Any(representation => representation.Collapsed) ? 1 : 0,
        };
    }
}
