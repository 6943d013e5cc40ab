using System.Text.Json.Serialization;

namespace W2S.Experiments;

/// <summary>
/// The measures of one cell, a task or a split: mean squared errors on the evaluation examples (2405.15116, section 5). Null
/// for what was not fitted. Gain = weak error − student error; the paper's claim is gain ≈ misfit.
/// </summary>
/// <param name="Cell">The task's number, or the split's seed.</param>
/// <param name="StrongError">The ceiling's.</param>
/// <param name="Measures">Further measures by name: "student_mae", "weak_valid_r2".</param>
public sealed record CellResult(
    int Cell, double? WeakError, double? StudentError, double? StrongError, double? Misfit, OrderedDictionary<string,
    double?>? Measures = null)
{
    /// <summary>Weak error − student error: what the student gains over its teacher.</summary>
    public double? Gain => WeakError - StudentError;

    /// <summary>Of these measures, over the evaluation rows; where this is the only cell, and null elsewhere.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public MeanIntervals? Intervals { get; init; }

    /// <summary>What the paper's theorem bounds the student's error by, and its heuristic sorts by.</summary>
    [JsonIgnore]
    public double? WeakMinusMisfit => WeakError - Misfit;

    /// <summary>
    /// Performance gap recovered (Burns et al. 2023): gain / (weak error − ceiling error); null where a model is missing, or the
    /// strong model is not better than the weak one, for then there is no gap to recover.
    /// </summary>
    [JsonIgnore]
    public double? GapRecovered => StrongError < WeakError ? Gain / (WeakError - StrongError) : null;

    /// <summary>A further measure; null where there is none.</summary>
    public double? Measure(string name) => Measures?.GetValueOrDefault(name);
}

/// <summary>One weak and one strong representation on one data set for one seed.</summary>
/// <param name="Options">Resolved: one data set, one weak representation.</param>
/// <param name="DataTitle">As papers write it.</param>
/// <param name="Unit">Of the labels.</param>
/// <param name="Engine">What did the arithmetic: "fused (AVX-512)", "torch (cpu)".</param>
/// <param name="Examples">Of one cell, by the part that they play.</param>
/// <param name="Seconds">Wall time, everything counted; what was resumed or shared counts where it ran.</param>
public sealed record PanelResult(
    Study Options, string DataTitle, string Unit, string Engine, OrderedDictionary<string, int> Examples,
    IReadOnlyList<PanelResult.Representation> Representations, IReadOnlyList<CellResult> Cells, double Seconds)
{
    /// <summary>The weak models' mean error over all cells; null where there are none, as of the others.</summary>
    [JsonIgnore]
    public double? WeakError => Cells.Average(cell => cell.WeakError);

    /// <summary>The students' mean error.</summary>
    [JsonIgnore]
    public double? StudentError => Cells.Average(cell => cell.StudentError);

    /// <summary>The ceilings' mean error.</summary>
    [JsonIgnore]
    public double? StrongError => Cells.Average(cell => cell.StrongError);

    /// <summary>The mean misfit of students to their teachers.</summary>
    [JsonIgnore]
    public double? Misfit => Cells.Average(cell => cell.Misfit);

    /// <summary>The mean gain: weak error − student error.</summary>
    [JsonIgnore]
    public double? Gain => Cells.Average(cell => cell.Gain);

    /// <summary>The panel's name: "fig2b".</summary>
    [JsonIgnore]
    public string Name => Options.Name;

    /// <summary>Of the study.</summary>
    [JsonIgnore]
    public long Seed => Options.Seed;

    /// <summary>The data set's name, a file's without its folder.</summary>
    [JsonIgnore]
    public string Data => Path.GetFileName(Options.Data[0]);

    /// <summary>The weak representation's name; "" where none was used.</summary>
    [JsonIgnore]
    public string Weak => NameOf(Stages.Weak);

    /// <summary>The strong representation's name, which may be the weak one too; "" where none was used.</summary>
    [JsonIgnore]
    public string Strong => NameOf(Stages.Strong) is "" && Cells.Any(cell => (cell.StudentError ?? cell.StrongError) != null)
        ? Weak
        : NameOf(Stages.Strong);

    private string NameOf(string role) => Representations.FirstOrDefault(representation => representation.Role == role)?.Name ?? "";

    /// <summary>A representation that a study used, and whether it still represents anything.</summary>
    /// <param name="Role">"weak" or "strong".</param>
    /// <param name="Description">For people: "pretrained 8-16-16".</param>
    /// <param name="Digest">SHA-256 of what decides its features.</param>
    /// <param name="Loss">Last training loss; null where nothing was trained.</param>
    /// <param name="AliveUnits">Features that are not constant over the evaluation sample; null where nobody looked.</param>
    /// <param name="EffectiveRank">
    /// exp(entropy) of the normalised spectrum of the centred features' covariance (Roy and Vetterli 2007); null where nobody looked.
    /// </param>
    /// <param name="Explained">
    /// Share of the true labels' variance that heads on it explain on the evaluation sample, all cells together; null where no head was
    /// fitted on true labels.
    /// </param>
    /// <param name="Collapsed">Whether it counts as collapsed, and is flagged by name.</param>
    public sealed record Representation(
        string Role, string Name, string Description, int Width, string Digest, long Steps, double? Loss, int? AliveUnits,
        double? EffectiveRank, double? Explained, bool Collapsed)
    {
        /// <param name="health">Of its features on the evaluation sample; null where nobody looked.</param>
        /// <param name="explained">By heads on it, of true labels.</param>
        /// <param name="sawTruth">
        /// Whether these heads were fitted on the truth itself. Drawn classes and noise on them spoil a head on any representation, so what
        /// it then explains is no sign of a collapse.
        /// </param>
        public static Representation Of(
            string role, IRepresentation representation, FeatureHealth? health, double? explained, bool sawTruth) => new(
            role, representation.Name, representation.Description, representation.Width, representation.Digest,
            representation.Origin.Steps, representation.Origin.Loss, health?.AliveUnits, health?.EffectiveRank, explained,
            health?.IsCollapsed(sawTruth ? explained : null) == true);
    }
}

/// <summary>What a command found: all stages of some panels, or a single stage of one.</summary>
/// <param name="Stage">"study", "weak", "student", "strong" or "evaluation".</param>
/// <param name="Panels">Seed by seed, panels in the order in which they were asked for.</param>
/// <param name="WeakRun">Folder of the weak run that labelled for a single student; null elsewhere.</param>
/// <param name="Parts">What a single stage used, in the order of their making; empty for a study.</param>
public sealed record Result(
    string Stage, IReadOnlyList<PanelResult> Panels, string? WeakRun = null, IReadOnlyList<Result.Part>? Parts = null)
{
    /// <summary>What <see cref="Stage"/> says of a result that has all three stages, and of one that fitted nothing.</summary>
    public const string StudyStage = "study", EvaluationStage = "evaluation";

    /// <summary>The run's folder; relative ones are relative to the working directory. Empty for an evaluation that was not kept.</summary>
    public string Folder { get; init; } = "";

    /// <summary>SHA-256 of the weak run's heads; null where there is none, or nobody kept it.</summary>
    public string? WeakDigest { get; init; }

    /// <summary>Wall time of the command that finished a study, which runs panels side by side; null where nobody kept it.</summary>
    public double? Seconds { get; init; }

    /// <summary>The one panel of a single stage.</summary>
    public PanelResult Panel => Panels.Single();

    /// <summary>Whether there is a student and its teacher, and so a gain and a misfit.</summary>
    public bool MeasuresGain => Panels.Any(panel => panel.Cells.Any(cell => cell is { Gain: not null, Misfit: not null }));

    /// <summary>A representation or the heads of a stage that a run used: how they were made and where they are kept.</summary>
    /// <param name="Name">"weak representation", "student heads".</param>
    /// <param name="How">For people: "pretrained 8-32-16", "100 tasks, adamw".</param>
    /// <param name="Steps">Training steps; 0 where nothing was trained.</param>
    /// <param name="Loss">Last training loss; null where nothing was trained.</param>
    /// <param name="Folder">The folder of the checkpoints; null where there are none.</param>
    public sealed record Part(string Name, string How, long Steps, double? Loss, string? Folder)
    {
        /// <summary>
        /// Whether it was complete before this command looked for it; null where no command did. Not kept, so that an interrupted run ends
        /// in the same files.
        /// </summary>
        [JsonIgnore]
        public bool? Found { get; init; }
    }
}
