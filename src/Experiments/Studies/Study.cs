using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace W2S.Experiments;

/// <summary>
/// A study: data, weak and strong representations, how heads are fitted, and what is measured. The defaults are Figure 2b at
/// the paper's settings (2405.15116, section 5.1); on tables those of configs/presets/tables.yaml are laid over them. Every
/// file in configs/ sets only what differs. YAML keys are the property names in snake_case.
/// </summary>
public sealed partial record Study
{
    [Description("Name of the panel; also the name of its folder and plot.")]
    public string Name { get; init; } = "study";

    [Description("Heading of the panel's plot.")]
    [Required(AllowEmptyStrings = true)]
    public string Title { get; init; } = "";

    [Description("What to expect, shown beside the measured numbers.")]
    [Required(AllowEmptyStrings = true)]
    public string Expectation { get; init; } = "";

    [Description("Seed of every random stream of the study; splits of tables have seeds of their own.")]
    [Range(0, long.MaxValue)]
    public long Seed { get; init; }

    [Description("gaussian (tasks on random networks), or labelled tables: esol, freesolv, lipop, synthetic-smiles, essays, "
        + "french-reviews, or a file of labels (.csv, .npy, .npz:KEY, .safetensors:NAME); several are one after another.")]
    public IReadOnlyList<string> Data { get; init; } = [GaussianTasks.DataName];

    [Description("How labels, features and splits in files are read.")]
    public TableOptions Table { get; init; } = new();

    [Description("SHA-256 of each table with its splits; filled in when it is read.")]
    public IReadOnlyList<string> DataDigests { get; init; } = [];

    [Description("A table's own splits, by their seeds; empty: all.")]
    public IReadOnlyList<int> Splits { get; init; } = [];

    [Description("Random splits of a table instead, 80 % train, 10 % valid and the rest test, by any seeds.")]
    public IReadOnlyList<int> RandomSplits { get; init; } = [];

    [Description("Cross-validation on a table instead: so many folds, drawn by the study's seed. Each is tested once, the next one is "
        + "valid, all others train. 0: splits.")]
    [Range(0, 10_000)]
    public int Folds { get; init; }

    [Description("Where the student gets weak labels. Gaussian: fresh samples (paper) or the weak model's own (notebook). Tables: train "
        + "(where the weak model was fitted), valid, or half (the weak model is fitted on the other half of train).")]
    public Dataset.Protocol Protocol { get; init; } = Dataset.Protocol.Fresh;

    [Description("Width of an input x of a Gaussian task.")]
    [Range(1, 4096)]
    public int InputWidth { get; init; } = 8;

    [Description("Standard deviation of every coordinate of x.")]
    [Range(0.0, 1e9, MinimumIsExclusive = true)]
    public double Sigma { get; init; } = 500;

    [Description("Width of every representation of Gaussian inputs: what the heads read.")]
    [Range(1, 4096)]
    public int RepresentationWidth { get; init; } = 16;

    [Description("The true representation h*: a random network.")]
    public TruthOptions Truth { get; init; } = new();

    [Description("The weak representation h_w.")]
    public RepresentationOptions Weak { get; init; } = new() { Depth = 2 };

    [Description("The strong representation h_s.")]
    public RepresentationOptions Strong { get; init; } =
        new() { Depth = 8, Encoder = new EncoderSettings { Hidden = 64, Layers = 4, Heads = 4 } };

    [Description("How pretrained representations of Gaussian inputs are trained.")]
    public PretrainingOptions Pretraining { get; init; } = new();

    [Description("What frozen encoders say about a molecule or text.")]
    public FeatureOptions Features { get; init; } = new();

    [Description("What heads are fitted to, and what errors and misfit are measured by.")]
    public ObjectiveOptions Objective { get; init; } = new();

    [Description("Classes, where the objective is one of probabilities.")]
    public ClassOptions Classes { get; init; } = new();

    [Description("Noise on the labels of classes that the weak model is fitted to; the ceiling and the errors see the true ones.")]
    public LabelNoiseOptions LabelNoise { get; init; } = new();

    [Description("What becomes of the weak labels before the student learns from them.")]
    public WeakLabelOptions WeakLabels { get; init; } = new();

    [Description("The new tasks, and how heads are fitted in all three stages.")]
    public HeadOptions Heads { get; init; } = new();

    [Description("On what the errors are measured.")]
    public EvaluationOptions Evaluation { get; init; } = new();

    [Description("auto takes the fastest engine that can do the job; fused is the CPU kernel, torch is TorchSharp.")]
    public IEngine.Choice Engine { get; init; } = IEngine.Choice.Auto;

    [Description("cpu, cuda or cuda:N.")]
    public string Device { get; init; } = "cpu";

    [Description("Threads to use; 0 means one for each core.")]
    [Range(0, 1024)]
    public int Threads { get; init; }

    /// <summary>A panel by its name ("2b") or the YAML file of one, as reproduce takes them, with settings that differ.</summary>
    /// <param name="settings">As --set takes them: "heads.tasks=20".</param>
    /// <exception cref="W2S.Data.UserErrorException">There is no such panel, or settings are wrong; all are named.</exception>
    public static Study Named(string panel, params IEnumerable<string> settings) => StudyConfiguration.Resolve(
        Panel.Find([panel]), Panel.DefaultPreset, [.. settings.Select(ConfigurationLayer.FromAssignment)], seeds: [])[0];

    /// <summary>
    /// A study with the defaults of tables (configs/presets/tables.yaml), of a table called so: ridge heads, fitted on its train part.
    /// </summary>
    public static Study OnTable(string name) => ConfigurationBinder.Bind<Study>(
    [
        Panel.Preset(Panel.DefaultPreset, isGaussian: false), ConfigurationLayer.FromOption("a table", "data", "[esol]"),
    ]) with { Data = [name] };

    /// <summary>Whether its data are Gaussian tasks rather than a table.</summary>
    [System.Text.Json.Serialization.JsonIgnore]
    public bool IsGaussian => Data is [GaussianTasks.DataName];

    /// <summary>Whether it pretrains MLPs: a representation of Gaussian inputs that is neither the truth nor near it.</summary>
    internal bool Pretrains =>
        IsGaussian && (Weak.Source == RepresentationSource.Pretrained || Strong.Source == RepresentationSource.Pretrained);

    /// <summary>Whether heads have a bias. Those of preferences have none: it would prefer whatever stands first.</summary>
    internal bool HasHeadBias => Heads.Bias && !Table.ArePreferences;

    /// <summary>
    /// Numbers of a label of Gaussian tasks: 1, or the classes' probabilities. Of tables only whether it is 1; see
    /// <see cref="Dataset.LabelWidth"/>.
    /// </summary>
    /// <exception cref="W2S.Data.UserErrorException">There is no such objective.</exception>
    [System.Text.Json.Serialization.JsonIgnore]
    public int Targets => Objective.Create().Link == Link.Softmax ? Classes.Count : 1;

    /// <summary>The representation of a role, "weak" or "strong".</summary>
    public RepresentationOptions Of(string role) => role == "weak" ? Weak : Strong;

    /// <summary>With another representation of a role.</summary>
    public Study With(string role, RepresentationOptions representation) =>
        role == "weak" ? this with { Weak = representation } : this with { Strong = representation };

    /// <summary>One study for each data set and weak representation: what <see cref="Comparison"/> runs.</summary>
    public IEnumerable<Study> Comparisons() =>
        from data in Data.Index()
        from weak in Weak.From.Count == 0 ? [Weak] : Weak.From.Select((_, index) => Weak.Only(index))
        select this with { Data = [data.Item], DataDigests = DataDigests.Count > data.Index ? [DataDigests[data.Index]] : [], Weak = weak };

    /// <summary>
    /// These settings with what the stage does not depend on put back to its default, so that it cannot count as a difference.
    /// </summary>
    /// <param name="stage">"weak", "student" or "strong".</param>
    public Study For(string stage) => stage switch
    {
        // A weak model fitted on the train part may label either part.
        "weak" => this with
        {
            Strong = new Study().Strong, Heads = Heads with { TrainableBlocks = 0 }, WeakLabels = new(), Threads = 0,
            Protocol = Protocol == Dataset.Protocol.Valid ? Dataset.Protocol.Train : Protocol,
        },
        "strong" => this with
        {
            Weak = new Study().Weak, Heads = Heads with { WeakTrainableBlocks = 0 }, LabelNoise = new(), WeakLabels = new(), Threads = 0,
        },
        _ => this with { Threads = 0 },
    };

    /// <summary>
    /// What decides the results, as canonical text: names and threads do not, nor where files lie whose content is known.
    /// </summary>
    public string Identity() => Fingerprint.Of(Anywhere() with { Name = "", Title = "", Expectation = "", Threads = 0 });

    /// <summary>With what is known of files by their content left, and not where they lie.</summary>
    internal Study Anywhere() => this with
    {
        Data = DataDigests.Count == 0 ? Data : [.. Data.Select(name => Path.GetFileName(name)!)],
        Weak = Weak.Anywhere(), Strong = Strong.Anywhere(),
        Table = DataDigests.Count == 0 ? Table : Table with { Splits = Path.GetFileName(Table.Splits) },
    };

    /// <summary>The part of a table's splits on which errors are measured.</summary>
    public enum EvaluationPart
    {
        Test,
        Valid,
    }

    /// <summary>The examples on which errors and misfit are measured.</summary>
    public sealed record EvaluationOptions
    {
        [Description("Fresh samples of each Gaussian task on which errors are measured.")]
        [Range(1, 10_000_000)]
        public int Samples { get; init; } = 2000;

        [Description("Gaussian: false, misfit on the sample of the errors (paper); true, on a sample of its own (notebook).")]
        public bool SeparateMisfitSample { get; init; }

        [Description("Tables: test or valid.")]
        public Study.EvaluationPart Part { get; init; } = Study.EvaluationPart.Test;
    }

    /// <summary>The true representation: a randomly initialised ReLU MLP.</summary>
    public sealed record TruthOptions
    {
        [Description("Blocks of Linear + ReLU.")]
        [Range(1, 1000)]
        public int Depth { get; init; } = 5;

        [Description("Width between the blocks.")]
        [Range(1, 4096)]
        public int Hidden { get; init; } = 16;
    }

    /// <summary>How representations of Gaussian inputs are pretrained: on tasks whose heads are known.</summary>
    public sealed record PretrainingOptions
    {
        [Description("Number of pretraining tasks (T in the paper).")]
        [Range(1, 100_000)]
        public int Tasks { get; init; } = 10;

        [Description("Samples of each pretraining task (N_r in the paper).")]
        [Range(1, 10_000_000)]
        public int Samples { get; init; } = 2000;

        [Description("Optimiser and duration.")]
        public OptimiserOptions Optimiser { get; init; } = new();
    }
}
