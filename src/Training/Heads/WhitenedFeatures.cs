using System.Numerics.Tensors;

namespace W2S.Training;

/// <summary>
/// The features of one task in the coordinates in which Newton's method is well posed: principal directions, each of mean
/// square 1, behind a constant column where heads have a bias. Whatever the features' offset, scale and rank were, the columns
/// are of magnitude 1 and independent.
/// </summary>
internal sealed class WhitenedFeatures
{
    private readonly double[] _columns; // [columns, samples]
    private readonly double[] _means;
    private readonly double[] _directions;
    private readonly int[] _kept;
    private readonly double[] _spreads;
    private readonly bool _hasBias;

    /// <param name="rows">[samples, width].</param>
    /// <param name="hasBias">Whether to take out the means and lead with a constant column.</param>
    /// <param name="smallestShare">Directions of a smaller spread than this share of the widest one's are left out.</param>
    /// <param name="rounding">So are those below this share of the magnitude before centring of the features that they are made of.</param>
    public WhitenedFeatures(ReadOnlySpan<double> rows, int samples, int width, bool hasBias, double smallestShare, double rounding)
    {
        (Samples, _hasBias, _means, _directions) = (samples, hasBias, new double[width], new double[width * width]);
        var magnitudes = new double[width];
        var units = Enumerable.Range(0, width).Select(_ => new double[samples]).ToArray();
        for (var unit = 0; unit < width; unit++)
        {
            var column = units[unit];
            for (int sample = 0, index = unit; sample < samples; sample++, index += width) column[sample] = rows[index];
            magnitudes[unit] = Math.Sqrt(DoubleLoops.Dot(column, column) / samples);
            if (!hasBias) continue;
            // Twice: the mean of a large offset is off by the rounding of its sum.
            for (var pass = 0; pass < 2; pass++)
            {
                var mean = DoubleLoops.Sum(column) / samples;
                DoubleLoops.Subtract(column, mean);
                _means[unit] += mean;
            }
        }

        for (var i = 0; i < width; i++)
            for (var j = 0; j <= i; j++)
                _directions[i * width + j] = _directions[j * width + i] = DoubleLoops.Dot(units[i], units[j]) / samples;
        var squares = new double[width];
        SymmetricMatrix.Decompose(_directions, squares);
        // Products in float64 know no direction below 1e-8 of the widest.
        var least = Math.Max(smallestShare, 1e-8) * Math.Sqrt(squares.Max());
        _kept = [.. Enumerable.Range(0, width).Where(direction =>
            squares[direction] > 0 && Math.Sqrt(squares[direction]) >= Math.Max(least, RoundingAlong(direction)))];
        _spreads = [.. _kept.Select(direction => Math.Sqrt(squares[direction]))];
        Count = _kept.Length + (hasBias ? 1 : 0);
        _columns = new double[Count * samples];
        if (hasBias) _columns.AsSpan(0, samples).Fill(1);
        for (var index = 0; index < _kept.Length; index++)
            Project(units, index, _columns.AsSpan((Count - _kept.Length + index) * samples, samples));

        // Of a feature with a large offset it concerns no other.
        double RoundingAlong(int direction)
        {
            var sum = 0.0;
            for (var unit = 0; unit < width; unit++) sum += Math.Pow(_directions[direction * width + unit] * magnitudes[unit], 2);
            return rounding * Math.Sqrt(sum);
        }
    }

    public int Samples { get; }

    /// <summary>Columns: the constant one, if there is one, and the directions.</summary>
    public int Count { get; }

    /// <summary>[columns, samples].</summary>
    public ReadOnlySpan<double> Columns => _columns;

    public ReadOnlySpan<double> this[int column] => _columns.AsSpan(column * Samples, Samples);

    /// <summary>
    /// Mean square of the features along a column's direction; infinite for the constant column, which has no scale of its own.
    /// </summary>
    public double Square(int column) =>
        _hasBias && column == 0 ? double.PositiveInfinity : Math.Pow(_spreads[column - (_hasBias ? 1 : 0)], 2);

    /// <summary>The mean over all features, those without a direction of their own too.</summary>
    public double MeanSquare => _spreads.Sum(spread => spread * spread) / Math.Max(1, _means.Length);

    /// <summary>Turns coefficients of the columns into weights on the features themselves and a bias.</summary>
    public double InFeatures(ReadOnlySpan<double> coefficients, Span<double> weights)
    {
        weights.Clear();
        for (var index = 0; index < _kept.Length; index++)
            TensorPrimitives.MultiplyAdd(Direction(index), coefficients[index + (_hasBias ? 1 : 0)] / _spreads[index], weights, weights);
        return _hasBias ? coefficients[0] - TensorPrimitives.Dot<double>(weights, _means) : 0;
    }

    private ReadOnlySpan<double> Direction(int index) => _directions.AsSpan(_kept[index] * _means.Length, _means.Length);

    private void Project(double[][] units, int index, Span<double> column)
    {
        var direction = Direction(index);
        for (var unit = 0; unit < units.Length; unit++)
            TensorPrimitives.MultiplyAdd(units[unit], direction[unit] / _spreads[index], column, column);
    }
}
