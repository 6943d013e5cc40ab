using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace W2S.Experiments;

/// <summary>How heads are fitted.</summary>
public enum HeadSolver
{
    /// <summary>Gradient descent, as the authors do.</summary>
    AdamW,

    /// <summary>Least squares in float64.</summary>
    Exact,

    /// <summary>Ridge regression on standardised features, its strength by generalised cross-validation.</summary>
    Ridge,

    /// <summary>Cross-entropy by Newton's method in float64.</summary>
    Newton,
}

/// <summary>The new tasks, and how heads are fitted in all three stages.</summary>
public sealed record HeadOptions
{
    [Description("Number of new Gaussian tasks, each a random head on h* (M in the paper).")]
    [Range(1, 1_000_000)]
    public int Tasks { get; init; } = 100;

    [Description("Samples of each Gaussian task in each stage (N_f in the paper).")]
    [Range(1, 10_000_000)]
    public int Samples { get; init; } = 2000;

    [Description("adamw (the authors' way), exact (least squares), ridge (its strength by generalised cross-validation), or newton (exact, for cross-entropy).")]
    public HeadSolver Solver { get; init; } = HeadSolver.AdamW;

    [Description("Whether heads, those of the tasks included, have a bias; the authors' code has. Ridge always has one.")]
    public bool Bias { get; init; } = true;

    [Description("Whether adamw sees features and labels with mean 0 and spread 1; the head reads raw features all the same.")]
    public bool Standardise { get; init; }

    [Description("Last blocks of the strong representation, a network or an encoder, that train together with the student's and the ceiling's heads, a copy for each task or split: it is no longer frozen. adamw only; 0: none.")]
    [Range(0, 1000)]
    public int TrainableBlocks { get; init; }

    [Description("The same of the weak representation and the weak model's heads.")]
    [Range(0, 1000)]
    public int WeakTrainableBlocks { get; init; }

    [Description("Learning rate of blocks that train, as a share of the heads'.")]
    [Range(0.0, 1000.0)]
    public double BlockRate { get; init; } = 1;

    [Description("In which numbers the matrix products of an encoder are computed whose blocks train: single, or bfloat16 on CUDA; all else is single.")]
    public EncoderPrecision Precision { get; init; }

    [Description("Ends a fit in the best of the states that it passed; adamw only.")]
    public EarlyStoppingOptions EarlyStopping { get; init; } = new();

    [Description("Newton's method; newton only.")]
    public NewtonOptions Newton { get; init; } = new();

    [Description("Optimiser and duration; adamw only.")]
    public OptimiserOptions Optimiser { get; init; } = new();

    /// <summary>Whether a representation is not frozen in some stage.</summary>
    internal bool TrainsBlocks => TrainableBlocks > 0 || WeakTrainableBlocks > 0;
}
