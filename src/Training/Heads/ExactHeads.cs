using W2S.Data;
using W2S.Models;

namespace W2S.Training;

/// <summary>
/// Heads by least squares in float64, all tasks of a stage at once: the exact minimiser that the authors' gradient
/// descent approaches.
/// </summary>
/// <remarks>
/// Labels are projected onto the features' principal directions, without those that the sample cannot speak for: a
/// direction whose spread is below <see cref="SmallestShare"/>(samples) of the widest one's. Its coefficient would be
/// residual / spread, and a fresh sample on which the direction is as wide as the widest would return the residual
/// magnified. With the limit 2/n, once in n samples (what n samples can overlook) that adds at most a quarter of the
/// residual's variance; a head with weights of ordinary size loses (2/n)² of its variance, a millionth at n = 2000.
/// Features keep their own scale, because a true head weighs them with weights of one size: scaling columns to unit
/// spread would raise a nearly dead unit to the rank of a living one. As what is left is an orthogonal projection P,
/// gain − misfit = −2⟨(I−P)f_w, (I−P)f*⟩ holds on the fitting sample, whatever was dropped. docs/exact-heads.md has the
/// evidence against rules by samples alive, participation, leverage and ridge.
/// </remarks>
public static class ExactHeads
{
    // Features are float32: what is smaller than this against their magnitude is rounding.
    private const double Rounding = 1e-6;

    /// <summary>The least spread of a direction, as a share of the widest direction's, at which its coefficient is fitted.</summary>
    public static double SmallestShare(int samples) => 2.0 / samples;

    /// <summary>Fits one head to each task's labels by least squares. The result does not depend on <paramref name="threads"/>.</summary>
    /// <param name="features">[tasks, samples, width].</param>
    /// <param name="labels">[tasks, samples, 1].</param>
    /// <param name="hasBias">Whether the heads are affine; else the biases are 0.</param>
    /// <param name="threads">Tasks fitted at the same time, at least 1.</param>
    /// <exception cref="ArgumentException">The shapes do not belong together, or a value is not finite.</exception>
    public static LinearHeads Fit(TaskSamples features, TaskSamples labels, bool hasBias, int threads)
    {
        if (labels.Tasks != features.Tasks || labels.Samples != features.Samples || labels.Width != 1)
            throw new ArgumentException(
                $"Labels [{labels.Tasks}, {labels.Samples}, {labels.Width}] do not belong to features [{features.Tasks}, {features.Samples}, {features.Width}].", nameof(labels));
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(threads);
        var heads = new LinearHeads(features.Tasks, features.Width, hasBias);
        var finite = new bool[features.Tasks];
        Parallel.For(0, features.Tasks, new ParallelOptions { MaxDegreeOfParallelism = threads },
            () => new Workspace(features.Width, features.Samples),
            (task, _, workspace) =>
            {
                finite[task] = workspace.TryFit(features, labels, heads, task);
                return workspace;
            },
            _ => { });
        if (Array.IndexOf(finite, false) is >= 0 and var refused)
            throw new ArgumentException($"The features or labels of task {refused} are not finite.", nameof(features));
        return heads;
    }

    /// <summary>Fits one affine head to features that need not be in memory together.</summary>
    /// <param name="moments">Of the features.</param>
    /// <param name="read">Reads them.</param>
    /// <param name="labels">[samples].</param>
    /// <param name="heads">Receives the head, in the place of the task.</param>
    /// <exception cref="ArgumentException">A label is not finite.</exception>
    public static void Fit(FeatureMoments moments, RowReader read, ReadOnlySpan<double> labels, LinearHeads heads, int task)
    {
        var mean = labels[0] + Mean(labels, labels[0]);
        if (!double.IsFinite(mean)) throw new ArgumentException($"The labels of task {task} are not finite.", nameof(labels));
        var centred = labels.ToArray();
        DoubleLoops.Subtract(centred, mean);
        double[] directions = [.. moments.Gram], eigenvalues = new double[moments.Width], weights = new double[moments.Width];
        Project(directions, eigenvalues, FeatureMoments.Products(read, moments.Means, centred), moments.RawMagnitude, moments.Samples, weights);
        Store(weights, moments.Means, mean, heads, task);
    }

    private static double Mean(ReadOnlySpan<double> values, double about)
    {
        double sum = 0;
        foreach (var value in values) sum += value - about;
        return sum / values.Length;
    }

    /// <summary>The weights of the labels' projection onto the directions that the sample can speak for.</summary>
    /// <param name="directions">The Gram matrix; its directions afterwards.</param>
    private static void Project(double[] directions, double[] eigenvalues, double[] products, double rawMagnitude, int samples, double[] weights)
    {
        var width = weights.Length;
        SymmetricEigen.Decompose(directions, eigenvalues);
        var widest = Math.Sqrt(eigenvalues.Max());
        var least = Math.Max(SmallestShare(samples) * widest, Rounding * rawMagnitude * Math.Sqrt(samples));
        Array.Clear(weights);
        for (var index = 0; index < width; index++)
        {
            if (eigenvalues[index] <= 0 || Math.Sqrt(eigenvalues[index]) < least) continue;
            var direction = directions.AsSpan(index * width, width);
            var coefficient = DoubleLoops.Dot(direction, products) / eigenvalues[index];
            for (var unit = 0; unit < width; unit++) weights[unit] += coefficient * direction[unit];
        }
    }

    /// <summary>The bias answers to the weights as they are stored.</summary>
    private static void Store(double[] weights, double[] means, double labelMean, LinearHeads heads, int task)
    {
        var bias = labelMean;
        var stored = heads.Weight(task);
        for (var unit = 0; unit < weights.Length; unit++)
        {
            stored[unit] = (float)weights[unit];
            bias -= stored[unit] * means[unit];
        }
        heads.Biases[task] = heads.HasBias ? (float)bias : 0;
    }

    /// <summary>What one thread needs to fit one task after the other.</summary>
    private sealed class Workspace(int width, int samples)
    {
        private readonly CentredColumns _features = new(width, samples);
        private readonly CentredColumns _labels = new(1, samples);
        private readonly double[] _directions = new double[width * width];
        private readonly double[] _eigenvalues = new double[width];
        private readonly double[] _products = new double[width];
        private readonly double[] _weights = new double[width];

        /// <summary>Fits one task; false where its features or labels are not finite.</summary>
        public bool TryFit(TaskSamples features, TaskSamples labels, LinearHeads heads, int task)
        {
            _features.Load(features.Task(task), heads.HasBias);
            _labels.Load(labels.Task(task), heads.HasBias);
            if (!double.IsFinite(_features.RawMagnitude + _labels.RawMagnitude)) return false;
            // The products of centred float64 columns lose directions below 1e-8 of the widest; those fitted lie far above.
            _features.Gram(_directions);
            for (var unit = 0; unit < width; unit++) _products[unit] = DoubleLoops.Dot(_features.Column(unit), _labels.Column(0));
            Project(_directions, _eigenvalues, _products, _features.RawMagnitude, samples, _weights);
            Store(_weights, _features.Means, _labels.Means[0], heads, task);
            return true;
        }
    }
}
