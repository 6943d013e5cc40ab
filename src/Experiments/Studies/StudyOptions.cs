using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using W2S.Models;
using W2S.Training;

namespace W2S.Experiments;

/// <summary>
/// One panel of the synthetic study (2405.15116, section 5.1) for one seed. The defaults are Figure 2b at the paper's
/// settings; every file in configs/ sets only what differs. YAML keys are the property names in snake_case.
/// </summary>
public sealed record StudyOptions
{
    [Description("Name of the panel; also the name of its folder and plot.")]
    public string Name { get; init; } = "fig2b";

    [Description("Heading of the panel's plot.")]
    public string Title { get; init; } = "Pretraining: weak 2 layers, strong 8 layers";

    [Description("What to expect, shown beside the measured numbers.")]
    public string Expectation { get; init; } = "on y = x";

    [Description("Seed of every random stream of the study.")]
    [Range(0, long.MaxValue)]
    public long Seed { get; init; }

    [Description("Width of an input x.")]
    [Range(1, 4096)]
    public int InputWidth { get; init; } = 8;

    [Description("Standard deviation of every coordinate of x.")]
    [Range(0.0, 1e9, MinimumIsExclusive = true)]
    public double Sigma { get; init; } = 500;

    [Description("Width of every representation: what the heads read.")]
    [Range(1, 4096)]
    public int RepresentationWidth { get; init; } = 16;

    [Description("The true representation h*: a random network.")]
    public TruthOptions Truth { get; init; } = new();

    [Description("The weak representation h_w.")]
    public RepresentationOptions Weak { get; init; } = new() { Depth = 2 };

    [Description("The strong representation h_s.")]
    public RepresentationOptions Strong { get; init; } = new() { Depth = 8 };

    [Description("How pretrained representations are trained.")]
    public PretrainingOptions Pretraining { get; init; } = new();

    [Description("The new tasks, and how heads are fitted in all three stages.")]
    public HeadOptions Heads { get; init; } = new();

    [Description("On what the errors are measured.")]
    public EvaluationOptions Evaluation { get; init; } = new();

    [Description("auto takes the fastest engine that can do the job; fused is the CPU kernel, torch is TorchSharp.")]
    public EngineChoice Engine { get; init; } = EngineChoice.Auto;

    [Description("cpu, cuda or cuda:N.")]
    public string Device { get; init; } = "cpu";

    [Description("Threads to use; 0 means one for each core.")]
    [Range(0, 1024)]
    public int Threads { get; init; }

    /// <summary>These options with what the stage does not depend on put back to its default, so that it cannot count as a difference.</summary>
    /// <param name="stage">"weak", "student" or "strong".</param>
    public StudyOptions For(string stage) => stage switch
    {
        "weak" => this with { Strong = new StudyOptions().Strong, Threads = 0 },
        "strong" => this with { Weak = new StudyOptions().Weak, Threads = 0 },
        _ => this with { Threads = 0 },
    };
}

public enum EngineChoice
{
    Auto,
    Fused,
    Torch,
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

/// <summary>Where a representation comes from.</summary>
public enum RepresentationSource
{
    /// <summary>Trained by gradient descent on the pretraining tasks.</summary>
    Pretrained,

    /// <summary>The true representation itself (the realisable case).</summary>
    Truth,

    /// <summary>The true representation with Gaussian noise on its weights.</summary>
    Perturbed,
}

public sealed record RepresentationOptions
{
    [Description("pretrained, truth (h = h*: the realisable case) or perturbed (h* plus noise).")]
    public RepresentationSource Source { get; init; } = RepresentationSource.Pretrained;

    [Description("Blocks of Linear + ReLU; only for pretrained.")]
    [Range(1, 1000)]
    public int Depth { get; init; } = 2;

    [Description("Width between the blocks; only for pretrained.")]
    [Range(1, 4096)]
    public int Hidden { get; init; } = 16;

    [Description("Standard deviation of the noise on every weight; only for perturbed.")]
    [Range(0.0, 1e6)]
    public double Noise { get; init; }

    [Description("Whether the noise acts on biases too; the paper speaks of weight matrices. Only for perturbed.")]
    public bool NoiseOnBiases { get; init; }
}

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

/// <summary>How heads are fitted.</summary>
public enum HeadSolver
{
    /// <summary>Gradient descent, as the authors do.</summary>
    AdamW,

    /// <summary>Least squares in float64.</summary>
    Exact,
}

public sealed record HeadOptions
{
    [Description("Number of new tasks, each a random head on h* (M in the paper).")]
    [Range(1, 1_000_000)]
    public int Tasks { get; init; } = 100;

    [Description("Samples of each task in each stage (N_f in the paper).")]
    [Range(1, 10_000_000)]
    public int Samples { get; init; } = 2000;

    [Description("adamw (the authors' way) or exact (least squares).")]
    public HeadSolver Solver { get; init; } = HeadSolver.AdamW;

    [Description("Whether heads, those of the tasks included, have a bias; the authors' code has.")]
    public bool Bias { get; init; } = true;

    [Description("Activation on the linear head, for tasks, weak and student alike; other than none needs adamw.")]
    public HeadActivation Activation { get; init; } = HeadActivation.None;

    [Description("Optimiser and duration; adamw only.")]
    public OptimiserOptions Optimiser { get; init; } = new();
}

public sealed record EvaluationOptions
{
    [Description("Fresh samples of each task on which errors are measured.")]
    [Range(1, 10_000_000)]
    public int Samples { get; init; } = 2000;

    [Description("true: weak labels are given to fresh inputs (paper); false: to the weak model's own inputs (notebook).")]
    public bool FreshWeakLabels { get; init; } = true;

    [Description("false: misfit on the sample of the errors (paper); true: on a sample of its own (notebook).")]
    public bool SeparateMisfitSample { get; init; }
}
