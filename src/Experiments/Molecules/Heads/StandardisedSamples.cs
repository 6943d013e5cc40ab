namespace W2S.Experiments;

/// <summary>
/// The samples that one head is fitted on, every feature and the labels with mean 0 and spread 1. Gradient descent would
/// take very long on features that hardly vary around a large mean, as pooled ones do; both maps are affine, so what is
/// fitted is a linear head on the frozen representation all the same.
/// </summary>
internal sealed class StandardisedSamples
{
    // A feature whose spread is less than this share of its size is constant but for rounding of float32.
    private const double Rounding = 1e-6;

    private readonly double[] _means, _spreads;
    private readonly double _labelMean, _labelSpread;

    public StandardisedSamples(MoleculeHeadTask task)
    {
        var (features, rows) = (task.Features, task.Rows);
        (Width, Count) = (features.Width, rows.Count * features.Fitting.Count);
        Inputs = new double[Count * Width];
        (_means, _spreads) = (new double[Width], new double[Width]);
        for (var sample = 0; sample < Count; sample++)
        {
            var row = rows[sample % rows.Count];
            var values = features.Fitting[sample / rows.Count].AsSpan(row * Width, Width);
            for (var unit = 0; unit < Width; unit++) Inputs[sample * Width + unit] = values[unit];
        }
        for (var unit = 0; unit < Width; unit++) (_means[unit], _spreads[unit]) = Standardise(Inputs, unit, Width);
        (Labels, _labelMean, _labelSpread) = LabelsOf(task);
    }

    private StandardisedSamples(StandardisedSamples alike, MoleculeHeadTask task)
    {
        (Width, Count, Inputs, _means, _spreads) = (alike.Width, alike.Count, alike.Inputs, alike._means, alike._spreads);
        (Labels, _labelMean, _labelSpread) = LabelsOf(task);
    }

    public int Width { get; }

    /// <summary>Molecules times draws.</summary>
    public int Count { get; }

    /// <summary>[samples, width]; a feature that does not vary is 0.</summary>
    public double[] Inputs { get; }

    /// <summary>[samples].</summary>
    public double[] Labels { get; }

    /// <summary>The same features and rows with the labels of another task.</summary>
    public StandardisedSamples With(MoleculeHeadTask task) => new(this, task);

    /// <summary>A head on these samples as one on the representation.</summary>
    public MoleculeHead InRepresentation(ReadOnlySpan<double> weights, double bias)
    {
        var raw = new double[Width];
        var offset = _labelMean + _labelSpread * bias;
        for (var unit = 0; unit < Width; unit++)
        {
            if (_spreads[unit] > 0) raw[unit] = weights[unit] * _labelSpread / _spreads[unit];
            offset -= raw[unit] * _means[unit];
        }
        return new MoleculeHead(raw, offset);
    }

    private static (double[] Labels, double Mean, double Spread) LabelsOf(MoleculeHeadTask task)
    {
        double[] labels = [.. Enumerable.Range(0, task.Features.Fitting.Count).SelectMany(_ => task.Rows.Select(row => task.Labels[row]))];
        var (mean, spread) = Standardise(labels, 0, 1);
        return double.IsFinite(mean + spread) ? (labels, mean, spread) : throw new ArgumentException($"{task.Name}: a label is not finite.", nameof(task));
    }

    private static (double Mean, double Spread) Standardise(double[] values, int column, int width)
    {
        var count = values.Length / width;
        double sum = 0, squares = 0, size = 0;
        for (var place = column; place < values.Length; place += width) sum += values[place];
        var mean = sum / count;
        for (var place = column; place < values.Length; place += width)
        {
            size = Math.Max(size, Math.Abs(values[place]));
            values[place] -= mean;
            squares += values[place] * values[place];
        }
        var spread = Math.Sqrt(squares / count);
        if (spread <= Rounding * size) spread = 0;
        for (var place = column; place < values.Length; place += width) values[place] = spread > 0 ? values[place] / spread : 0;
        return (mean, spread);
    }
}
