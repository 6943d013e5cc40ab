using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Numerics.Tensors;

namespace W2S.Experiments;

// What labels are, and what is done to them before somebody learns from them.
public sealed partial record Study
{
    /// <summary>What labels of Gaussian tasks of classes are.</summary>
    public enum LabelKind
    {
        /// <summary>The true probabilities.</summary>
        Soft,

        /// <summary>One class for each example, drawn from them.</summary>
        Hard,
    }

    /// <summary>Classes: of Gaussian tasks, which then are softmax heads on h*, or of a table.</summary>
    public sealed record ClassOptions
    {
        [Description("Classes of each Gaussian task.")]
        [Range(2, 1000)]
        public int Count { get; init; } = 5;

        [Description("Standard deviation of a task's true logits; the larger, the surer is the true answer.")]
        [Range(0.0, 1e6, MinimumIsExclusive = true)]
        public double LogitStd { get; init; } = 2;

        [Description("What weak model and ceiling are fitted to: soft (the true probabilities), or hard (a class drawn from them). Errors "
            + "are measured on the probabilities.")]
        public LabelKind Labels { get; init; } = LabelKind.Soft;

        [Description("Tables of numbers: so many classes, cut at the quantiles of the labels of each split's train part (2: below and "
            + "above their median); 0: the labels must be classes.")]
        [Range(0, 1000)]
        public int FromNumbers { get; init; }

        [Description("Tables: ε of true labels (1 − ε) y + ε / classes, which all stages and errors see; "
            + "above 0 a divergence from a row of one class is finite.")]
        [Range(0.0, 1.0, MaximumIsExclusive = true)]
        public double Smoothing { get; init; }
    }

    /// <summary>
    /// How noisy the labels of classes are that the weak model is fitted to; nothing else sees the noise, the ceiling least of all. On a
    /// share of the rows y becomes 1/k + α (y − 1/k): towards the uniform distribution, or past it where α is negative. With two classes
    /// that is 0.5 + α (y − 0.5), the noise of the program of 2505.24313; the form for k classes is ours.
    /// </summary>
    public sealed record LabelNoiseOptions
    {
        [Description("Share of the weak model's own rows whose labels are noisy, in each cell; 0: none.")]
        [Range(0.0, 1.0)]
        public double Share { get; init; }

        [Description("α of a noisy label, 1/k + α (y − 1/k) for k classes: 1 leaves it, 0 says nothing, −1 swaps two classes; "
            + "at least −1/(k − 1).")]
        [Range(-1.0, 1.0)]
        public double Alpha { get; init; }

        /// <summary>What is wrong with it for so many classes; null: nothing.</summary>
        internal string? Problem(int classes) =>
            Share > 0 && Alpha < -1.0 / (classes - 1)
                ? "Noisy labels would have probabilities below 0: alpha is at least −1 / (classes − 1)."
                : null;

        /// <summary>
        /// The labels with noise on the nearest whole number of rows to the share; others are left to the bit. The rows of a smaller
        /// share are among those of a larger one, so a sweep over shares adds noise and does not draw it anew.
        /// </summary>
        /// <param name="labels">[cells, samples, classes].</param>
        /// <param name="stream">Which random stream draws the rows.</param>
        /// <param name="numbers">The cells' numbers, each of which has rows of its own.</param>
        public Targets On(Targets labels, long seed, string stream, IEnumerable<int> numbers)
        {
            var hit = (int)Math.Round(Share * labels.Samples);
            if (hit == 0) return labels;
            var uniform = 1.0 / labels.Outputs;
            var noisy = new Targets(labels.Cells, labels.Samples, labels.Outputs, [.. labels.Values]);
            var order = new int[labels.Samples];
            foreach (var (cell, number) in numbers.Index())
            {
                new RandomStream(seed, stream, number).Permutation(order);
                foreach (var row in order.AsSpan(0, hit))
                    foreach (ref var probability in noisy.Cell(cell).Slice(row * labels.Outputs, labels.Outputs))
                        probability = uniform + Alpha * (probability - uniform);
            }
            return noisy;
        }
    }

    /// <summary>
    /// What becomes of the weak model's probabilities before the student learns from them; the weak model itself stays as it is.
    /// </summary>
    public sealed record WeakLabelOptions
    {
        [Description("Temperature τ of weak labels of classes, p^(1/τ) made to sum to 1: below 1 over-confident, above 1 under-confident.")]
        [Range(0.0, 1e6, MinimumIsExclusive = true)]
        public double Temperature { get; init; } = 1;

        [Description("Whether weak labels of classes are hardened to the likeliest class.")]
        public bool Hard { get; init; }

        /// <summary>The labels that the student is given: those of the weak model to the bit where nothing is asked for.</summary>
        /// <param name="predictions">[cells, samples, classes].</param>
        public Targets Of(Targets predictions)
        {
            if (Temperature == 1 && !Hard) return predictions;
            var labels = Hard ? new Targets(predictions.Cells, predictions.Samples, predictions.Outputs)
                : TemperatureScaling.At(Temperature, predictions);
            if (!Hard) return labels;
            for (var row = 0; row < labels.Values.Length; row += labels.Outputs)
                labels.Values[row + TensorPrimitives.IndexOfMax<double>(predictions.Values.AsSpan(row, labels.Outputs))] = 1;
            return labels;
        }
    }
}
