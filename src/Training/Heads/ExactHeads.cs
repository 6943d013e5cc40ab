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
    // Features are float32, whose last place is 2^-23: eight of them against a feature's own magnitude are rounding.
    private const double Rounding = 8.0 / (1 << 23);

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
        var heads = new LinearHeads(features.Tasks, features.Width, hasBias);
        Fit(features, Targets.Of(labels), hasBias, threads, (task, weights, means) =>
        {
            // The bias answers to the weights as they are stored.
            var stored = heads.Weight(task);
            var bias = means.Label;
            for (var unit = 0; unit < weights.Length; unit++)
            {
                stored[unit] = (float)weights[unit];
                bias -= stored[unit] * means.Features[unit];
            }
            heads.Biases[task] = hasBias ? (float)bias : 0;
        });
        return heads;
    }

    /// <summary>As above for labels that float32 does not hold, such as energies with a large offset: nothing is rounded.</summary>
    /// <returns>Weights [tasks, width] and biases [tasks].</returns>
    /// <inheritdoc cref="Fit(TaskSamples, TaskSamples, bool, int)"/>
    public static (double[] Weights, double[] Biases) Fit(TaskSamples features, Targets labels, bool hasBias, int threads)
    {
        var (all, biases) = (new double[features.Tasks * features.Width], new double[features.Tasks]);
        Fit(features, labels, hasBias, threads, (task, weights, means) =>
        {
            weights.CopyTo(all.AsSpan(task * weights.Length));
            biases[task] = hasBias ? means.Label - DoubleLoops.Dot(weights, means.Features) : 0;
        });
        return (all, biases);
    }

    private delegate void Store(int task, ReadOnlySpan<double> weights, (double Label, double[] Features) means);

    private static void Fit(TaskSamples features, Targets labels, bool hasBias, int threads, Store store)
    {
        if (labels.Cells != features.Tasks || labels.Samples != features.Samples || labels.Outputs != 1)
            throw new ArgumentException(
                $"Labels [{labels.Cells}, {labels.Samples}, {labels.Outputs}] do not belong to features [{features.Tasks}, "
                    + $"{features.Samples}, {features.Width}].", nameof(labels));
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(threads);
        var finite = new bool[features.Tasks];
        Parallel.For(0, features.Tasks, new ParallelOptions { MaxDegreeOfParallelism = threads },
            () => new Workspace(features.Width, features.Samples),
            (task, _, workspace) =>
            {
                finite[task] = workspace.TryFit(features.Task(task), labels.Cell(task), hasBias);
                if (finite[task]) store(task, workspace.Weights, workspace.Means);
                return workspace;
            },
            _ => { });
        if (Array.IndexOf(finite, false) is >= 0 and var refused)
            throw new ArgumentException(
                $"The features or labels of task {refused} are not finite, or too large to be squared.", nameof(features));
    }

    /// <summary>As above for one affine head, on features that need not be in memory together.</summary>
    /// <param name="moments">Of the features.</param>
    /// <param name="read">Reads them.</param>
    /// <param name="labels">[samples].</param>
    /// <returns>Weights [width] and the bias.</returns>
    /// <exception cref="ArgumentException">A label is not finite.</exception>
    public static (double[] Weights, double Bias) Fit(FeatureMoments moments, FeatureMoments.RowReader read, ReadOnlySpan<double> labels)
    {
        var column = new CentredColumns(1, labels.Length);
        column.Load(labels, centre: true);
        if (!column.IsFinite) throw new ArgumentException("The labels are not finite, or too large to be squared.", nameof(labels));
        double[] directions = [.. moments.Gram], weights = new double[moments.Width];
        var products = FeatureMoments.Products(read, moments.Means, column.Column(0).ToArray());
        Project(directions, new double[moments.Width], products, moments.RawMagnitudes, moments.Samples, weights);
        return (weights, column.Means[0] - DoubleLoops.Dot(weights, moments.Means));
    }

    /// <summary>The weights of the labels' projection onto the directions that the sample can speak for.</summary>
    /// <param name="directions">The products of all pairs of columns; their directions afterwards.</param>
    private static void Project(
        Span<double> directions, double[] eigenvalues, double[] products, double[] rawMagnitudes, int samples, double[] weights)
    {
        var width = weights.Length;
        SymmetricMatrix.Decompose(directions, eigenvalues);
        var least = SmallestShare(samples) * Math.Sqrt(eigenvalues.Max());
        Array.Clear(weights);
        for (var index = 0; index < width; index++)
        {
            var direction = directions.Slice(index * width, width);
            if (eigenvalues[index] <= 0
                || Math.Sqrt(eigenvalues[index]) < Math.Max(least, RoundingAlong(direction, rawMagnitudes, samples)))
                continue;
            var coefficient = DoubleLoops.Dot(direction, products) / eigenvalues[index];
            for (var unit = 0; unit < width; unit++) weights[unit] += coefficient * direction[unit];
        }
    }

    /// <summary>
    /// What rounding of the features gives a direction for spread: that of a feature with a large offset concerns no other.
    /// </summary>
    private static double RoundingAlong(ReadOnlySpan<double> direction, double[] rawMagnitudes, int samples)
    {
        var squares = 0.0;
        for (var unit = 0; unit < direction.Length; unit++) squares += Math.Pow(direction[unit] * rawMagnitudes[unit], 2);
        return Rounding * Math.Sqrt(squares * samples);
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

        /// <summary>Those of the last fit.</summary>
        public ReadOnlySpan<double> Weights => _weights;

        public (double Label, double[] Features) Means => (_labels.Means[0], _features.Means);

        /// <summary>Fits one task; false where its features or labels are not finite.</summary>
        public bool TryFit(ReadOnlySpan<float> features, ReadOnlySpan<double> labels, bool hasBias)
        {
            _features.Load(features, hasBias);
            _labels.Load(labels, hasBias);
            if (!_features.IsFinite || !_labels.IsFinite) return false;
            // The products of centred float64 columns lose directions below 1e-8 of the widest; those fitted lie far above.
            _features.Gram(_directions);
            for (var unit = 0; unit < width; unit++) _products[unit] = DoubleLoops.Dot(_features.Column(unit), _labels.Column(0));
            Project(_directions, _eigenvalues, _products, _features.RawMagnitudes, samples, _weights);
            return true;
        }
    }
}
