using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace W2S.Training;

/// <summary>
/// Softmax heads by Newton's method in float64: the exact minimiser of cross-entropy on soft or hard labels that gradient
/// descent approaches, and so the heads for which the law of gain and misfit holds (Objectives.CrossEntropy).
/// </summary>
/// <remarks>
/// As in <see cref="ExactHeads"/> features are centred (where heads have a bias) and split into principal directions, and
/// without a ridge those narrower than 2/n of the widest are left out: the reasons of docs/exact-heads.md hold for any loss. With
/// a ridge, which bounds the weights itself, only rounding is left out. Directions are then scaled to mean square 1, in which
/// the gradient E (s − t) h is a number without unit: the fit ends where its norm is at most <see cref="Tolerance"/>,
/// whatever the features' offset and scale, and takes one more step, which leaves about the square of that.
/// Where classes separate (or one is absent, or there are no fewer directions than samples) the loss has no minimum: every step
/// moves the logits by about 1 and divides gradient and loss by e, so the same criterion is met after some 25 steps, with finite
/// weights; <see cref="Outcome.Separated"/> tells. Steps are halved until the loss falls (Armijo), which makes the descent
/// global, for the loss is convex.
/// A stage of c classes and d directions costs n c² d² / 4 and c³ d³ / 3 multiplications a step, and memory for (c d)² numbers.
/// </remarks>
public static class NewtonHeads
{
    /// <summary>The gradient norm at which a fit has converged.</summary>
    public const double Tolerance = 1e-10;

    // The features' own rounding against their magnitude.
    private const double SingleRounding = 1e-7, DoubleRounding = 1e-14;

    /// <summary>Fits one head.</summary>
    /// <param name="features">[samples, width].</param>
    /// <param name="labels">[samples, classes], probabilities.</param>
    /// <param name="hasBias">Whether the head is affine; else its biases are 0.</param>
    /// <exception cref="ArgumentException">
    /// The shapes do not belong together, a feature is not finite, or a label is no distribution; the message names row and column.
    /// </exception>
    public static Outcome Fit(
        ReadOnlySpan<double> features, ReadOnlySpan<double> labels, int samples, bool hasBias, Options? options = null) =>
        Fit(features, labels, samples, hasBias, options ?? new Options(), DoubleRounding);

    /// <summary>Fits one head to each task's labels. The result does not depend on <paramref name="threads"/>.</summary>
    /// <param name="features">[tasks, samples, width].</param>
    /// <param name="labels">[tasks, samples, classes], probabilities.</param>
    /// <param name="hasBias">Whether the heads are affine; else their biases are 0.</param>
    /// <param name="threads">Tasks fitted at the same time, at least 1.</param>
    /// <exception cref="ArgumentException">
    /// The shapes do not belong together, a feature is not finite, or a label is no distribution; the message names task, row and
    /// column.
    /// </exception>
    public static IReadOnlyList<Outcome> Fit(
        TaskSamples features, TaskSamples labels, bool hasBias, int threads, Options? options = null)
    {
        if (labels.Tasks != features.Tasks || labels.Samples != features.Samples)
            throw new ArgumentException(
                $"Labels [{labels.Tasks}, {labels.Samples}, {labels.Width}] do not belong to features "
                + $"[{features.Tasks}, {features.Samples}, {features.Width}].", nameof(labels));
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(threads);
        options ??= new Options();
        var (fits, problems) = (new Outcome[features.Tasks], new string?[features.Tasks]);
        Parallel.For(0, features.Tasks, new ParallelOptions { MaxDegreeOfParallelism = threads }, task =>
        {
            try
            {
                var (own, ownLabels) = (Doubles(features.Task(task)), Doubles(labels.Task(task)));
                fits[task] = Fit(own, ownLabels, features.Samples, hasBias, options, SingleRounding);
            }
            catch (ArgumentException refused)
            {
                problems[task] = refused.Message;
            }
        });
        var first = Array.FindIndex(problems, problem => problem != null);
        return first < 0 ? fits : throw new ArgumentException($"Task {first}: {problems[first]}");
    }

    private static Outcome Fit(
        ReadOnlySpan<double> features, ReadOnlySpan<double> labels, int samples, bool hasBias, Options options, double rounding)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(samples);
        if (features.Length % samples != 0 || labels.Length % samples != 0 || features.IsEmpty || labels.IsEmpty)
            throw new ArgumentException($"{features.Length} features and {labels.Length} labels are not those of {samples} samples.");
        var (width, classes) = (features.Length / samples, labels.Length / samples);
        ThrowIfNotFinite(features, width);
        var objective = new Objectives.CrossEntropy();
        for (var row = 0; row < samples; row++)
            if (objective.Problem(labels.Slice(row * classes, classes)) is { } problem)
                throw new ArgumentException($"The label of row {row}: {problem}.");
        var smallestShare = options.Ridge > 0 || options.RidgeShare > 0 ? 0 : ExactHeads.SmallestShare(samples);
        var whitened = new WhitenedFeatures(features, samples, width, hasBias, smallestShare, rounding);
        return new SoftmaxNewton(whitened, labels, classes, options).Fit(width);
    }

    private static void ThrowIfNotFinite(ReadOnlySpan<double> features, int width)
    {
        for (var index = 0; index < features.Length; index++)
            if (!double.IsFinite(features[index]))
                throw new ArgumentException($"The feature of row {index / width}, column {index % width} is {features[index]}.");
    }

    private static double[] Doubles(ReadOnlySpan<float> values)
    {
        var doubles = new double[values.Length];
        for (var index = 0; index < doubles.Length; index++) doubles[index] = values[index];
        return doubles;
    }

    /// <summary>How Newton's method fits softmax heads (<see cref="NewtonHeads"/>).</summary>
    public sealed record Options
    {
        [Description("Adds ridge/2 · Σ w² to the mean cross-entropy, w on the features as they are; biases are free. 0: none.")]
        [Range(0.0, 1e12)]
        public double Ridge { get; init; }

        [Description("Adds to ridge this share of the features' mean squared spread, so that their scale does not matter. 0: nothing.")]
        [Range(0.0, 1e12)]
        public double RidgeShare { get; init; }

        [Description("Newton steps at most.")]
        [Range(1, 100_000)]
        public int Steps { get; init; } = 200;
    }

    /// <summary>How a Newton fit ended.</summary>
    /// <param name="Steps">Newton steps taken.</param>
    /// <param name="Loss">Mean cross-entropy in nats, and the ridge's term.</param>
    /// <param name="GradientNorm">Euclidean, in the coordinates of <see cref="NewtonHeads"/>, in which features have mean square 1.</param>
    /// <param name="Converged">Whether that is at most <see cref="NewtonHeads.Tolerance"/>.</param>
    /// <param name="Separated">
    /// Whether the head was still growing: a further Newton step would have changed logits by more than 0.1. Then there is no
    /// finite optimum, or none within 1e-10 of where the probabilities are. They are within some 1e-10 of their limits, while
    /// weights and logits, which have none, say nothing.
    /// </param>
    public sealed record Outcome(SoftmaxHead Head, int Steps, double Loss, double GradientNorm, bool Converged, bool Separated);
}
