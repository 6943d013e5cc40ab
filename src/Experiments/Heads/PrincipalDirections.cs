using System.Numerics.Tensors;

namespace W2S.Experiments;

/// <summary>
/// The principal directions of features that are standardised to mean 0 and spread 1, for closed-form fits of many labels on one
/// set of features. Both maps are affine, so what is fitted is a linear head on the frozen representation all the same.
/// </summary>
internal sealed class PrincipalDirections
{
    // What centred products in float64 know of a direction ends here, as a share of the widest's squared spread.
    private const double Rounding = 1e-14;

    // Features are float32, whose last place is 2^-23: one whose spread is below eight of them against its size is constant.
    private const double Constant = 8.0 / (1 << 23);

    private readonly FeatureRows _rows;
    private readonly int _cell;
    private readonly double[] _means, _spreads, _directions;

    /// <param name="rows">What these are the moments of.</param>
    public PrincipalDirections(FeatureRows rows, int cell, FeatureMoments moments)
    {
        var width = moments.Width;
        (_rows, _cell, _means, _spreads, Count) = (rows, cell, moments.Means, new double[width], moments.Samples);
        for (var unit = 0; unit < width; unit++)
        {
            var spread = Math.Sqrt(Math.Max(0, moments.Gram[unit * width + unit]) / moments.Samples);
            _spreads[unit] = spread > Constant * moments.Largest[unit] ? spread : 0;
        }
        var gram = new double[width * width];
        for (var unit = 0; unit < width; unit++)
            for (var other = 0; other < width; other++)
                if (_spreads[unit] > 0 && _spreads[other] > 0) gram[unit * width + other] = moments.Gram[unit * width
                    + other] / (_spreads[unit] * _spreads[other]);
        var squares = new double[width];
        SymmetricMatrix.Decompose(gram, squares);
        var least = Rounding * squares.Max();
        int[] kept = [.. Enumerable.Range(0, width).Where(index => squares[index] > least)];
        Squares = [.. kept.Select(index => squares[index])];
        _directions = new double[kept.Length * width];
        foreach (var (place, index) in kept.Index()) gram.AsSpan(index * width, width).CopyTo(_directions.AsSpan(place * width));
    }

    /// <summary>Samples.</summary>
    public int Count { get; }

    /// <summary>Sums of squares of the standardised samples along each direction, all greater than 0.</summary>
    public double[] Squares { get; }

    /// <summary>A unit vector, [width].</summary>
    public ReadOnlySpan<double> Direction(int index) => _directions.AsSpan(index * _means.Length, _means.Length);

    /// <summary>Each direction's product with labels of mean 0: dᵀ Xᵀ y, in a pass over the features.</summary>
    public double[] Products(double[] labels)
    {
        var units = FeatureMoments.Products((first, rows) => _rows.Read(_cell, first, rows), _means, labels);
        for (var unit = 0; unit < units.Length; unit++) units[unit] = _spreads[unit] > 0 ? units[unit] / _spreads[unit] : 0;
        return [.. Enumerable.Range(0, Squares.Length).Select(index => TensorPrimitives.Dot<double>(Direction(index), units))];
    }

    /// <summary>A head on standardised features as one on the representation.</summary>
    /// <param name="weights">[width].</param>
    /// <param name="raw">[width]: receives the weights on the representation.</param>
    /// <returns>What the bias is to be lowered by.</returns>
    public double InRepresentation(ReadOnlySpan<double> weights, double scale, Span<double> raw)
    {
        double offset = 0;
        for (var unit = 0; unit < raw.Length; unit++)
        {
            raw[unit] = _spreads[unit] > 0 ? weights[unit] * scale / _spreads[unit] : 0;
            offset += raw[unit] * _means[unit];
        }
        return offset;
    }
}
