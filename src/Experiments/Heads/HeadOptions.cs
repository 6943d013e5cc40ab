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

    [Description("adamw (the authors' way), exact (least squares), ridge (its strength by generalised cross-validation), or newton (exact, "
        + "for cross-entropy).")]
    public HeadSolver Solver { get; init; } = HeadSolver.AdamW;

    [Description("Whether heads, those of the tasks included, have a bias; the authors' code has. Ridge always has one.")]
    public bool Bias { get; init; } = true;

    [Description("Whether adamw sees features and labels with mean 0 and spread 1; the head reads raw features all the same.")]
    public bool Standardise { get; init; }

    [Description("Last blocks of the strong representation, a network or an encoder, that train together with the student's and the "
        + "ceiling's heads, a copy for each task or split: it is no longer frozen. adamw only; 0: none.")]
    [Range(0, 1000)]
    public int TrainableBlocks { get; init; }

    [Description("The same of the weak representation and the weak model's heads.")]
    [Range(0, 1000)]
    public int WeakTrainableBlocks { get; init; }

    [Description("Learning rate of blocks that train, as a share of the heads'.")]
    [Range(0.0, 1000.0)]
    public double BlockRate { get; init; } = 1;

    [Description("In which numbers the matrix products of an encoder are computed whose blocks train: single, or bfloat16 on CUDA; "
        + "all else is single.")]
    public EncoderPrecision Precision { get; init; }

    [Description("Ends a fit in the best of the states that it passed; adamw only.")]
    public EarlyStoppingOptions EarlyStopping { get; init; } = new();

    [Description("Newton's method; newton only.")]
    public NewtonHeads.Options Newton { get; init; } = new();

    [Description("Optimiser and duration; adamw only.")]
    public OptimiserOptions Optimiser { get; init; } = new();

    /// <summary>Whether a representation is not frozen in some stage.</summary>
    internal bool TrainsBlocks => TrainableBlocks > 0 || WeakTrainableBlocks > 0;

    /// <summary>By what a fit is judged on the samples that it holds out.</summary>
    public enum StoppingCriterion
    {
        /// <summary>It runs to its end.</summary>
        None,

        /// <summary>The objective's loss on the labels that are fitted: a student's weak ones.</summary>
        Loss,

        /// <summary>The objective's misfit to these labels.</summary>
        Misfit,

        /// <summary>
        /// The objective's loss on the true labels of these samples. A student is supposed to have none, so this says what early stopping
        /// could give at best, or what a few true labels are worth.
        /// </summary>
        Truth,
    }

    /// <summary>Whether and how a fit ends in the best of the states that it passed.</summary>
    public sealed record EarlyStoppingOptions
    {
        [Description("none, or what is least on samples held out from the fit: loss or misfit on the labels that are fitted, or truth, the "
            + "loss on true labels, which a student is supposed not to have; adamw only.")]
        public StoppingCriterion Criterion { get; init; } = StoppingCriterion.None;

        [Description("Share of the samples that is held out.")]
        [Range(0.0, 1.0, MinimumIsExclusive = true, MaximumIsExclusive = true)]
        public double HeldOut { get; init; } = 0.2;

        [Description("How often it looks, evenly over the training.")]
        [Range(1, 10_000)]
        public int Looks { get; init; } = 20;

        [Description("Looks in a row without a better value after which the fit ends; 0: it goes to its end.")]
        [Range(0, 10_000)]
        public int Patience { get; init; }

        /// <summary>
        /// What belongs to the samples of a fit, features or labels, in two parts: of those that are fitted, and of those held out. Each
        /// cell's rows are drawn by its number, the same ones whatever is divided.
        /// </summary>
        internal (TaskSamples Fitted, TaskSamples HeldOut) Divide(HeadFit fit, TaskSamples samples, long seed)
        {
            var held = Math.Clamp((int)Math.Round(HeldOut * samples.Samples), 1, samples.Samples - 1);
            var orders = fit.Cells.Select(number =>
            {
                var order = new int[samples.Samples];
                new RandomStream(seed, fit.Stream("held out"), number).Permutation(order);
                return order;
            }).ToArray();
            return (Rows(held, samples.Samples), Rows(0, held));

            TaskSamples Rows(int first, int last)
            {
                var rows = new TaskSamples(samples.Tasks, last - first, samples.Width);
                foreach (var (cell, order) in orders.Index())
                    for (var place = first; place < last; place++)
                        samples.Task(cell).Slice(order[place] * samples.Width, samples.Width)
                            .CopyTo(rows.Task(cell)[((place - first) * samples.Width)..]);
                return rows;
            }
        }

        /// <summary>The mean of the criterion over all rows of all cells.</summary>
        internal double Judge(Objective objective, Targets outputs, Targets labels)
        {
            if (Criterion == StoppingCriterion.Misfit)
                return Errors.Of(objective.Misfit, objective.Predict(outputs, labels.Outputs), labels).Average();
            var (sum, gradient, rows) = (0.0, new double[outputs.Outputs], outputs.Cells * outputs.Samples);
            for (var row = 0; row < rows; row++)
                sum += objective.Loss(
                    outputs.Values.AsSpan(row * outputs.Outputs, outputs.Outputs),
                    labels.Values.AsSpan(row * labels.Outputs, labels.Outputs), gradient);
            return sum / rows;
        }
    }
}
