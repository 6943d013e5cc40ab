namespace W2S.Training;

/// <summary>
/// The samples of one task as float64 columns with their means taken out, and their inner products: what least squares
/// and the spectrum of features need. Centring comes before any product, so a large mean costs no precision.
/// </summary>
internal sealed class CentredColumns
{
    private readonly double[] _values;

    /// <param name="width">Columns.</param>
    /// <param name="samples">Rows.</param>
    public CentredColumns(int width, int samples)
    {
        (Width, Samples) = (width, samples);
        _values = new double[checked(width * samples)];
        (Means, RawMagnitudes) = (new double[width], new double[width]);
    }

    public int Width { get; }
    public int Samples { get; }

    /// <summary>The columns' means; zero where they were left in.</summary>
    public double[] Means { get; }

    /// <summary>Root mean square of each column before centring: rounding of its input is relative to it.</summary>
    public double[] RawMagnitudes { get; }

    /// <summary>Whether all values were finite, and not so large that their squares are not.</summary>
    public bool IsFinite => double.IsFinite(DoubleLoops.Sum(RawMagnitudes));

    /// <summary>One column's samples, centred.</summary>
    public ReadOnlySpan<double> Column(int column) => Values(column);

    /// <summary>Takes over the rows [samples, width] of one task.</summary>
    /// <param name="centre">Whether to take out the means: a fit with a bias does, one without does not.</param>
    public void Load(ReadOnlySpan<float> rows, bool centre)
    {
        for (var column = 0; column < Width; column++)
        {
            DoubleLoops.Gather(rows, Width, column, Values(column));
            Prepare(column, centre);
        }
    }

    /// <summary>Takes over a single column.</summary>
    /// <inheritdoc cref="Load(ReadOnlySpan{float}, bool)"/>
    public void Load(ReadOnlySpan<double> column, bool centre)
    {
        column.CopyTo(Values(0));
        Prepare(0, centre);
    }

    /// <summary>Fills <paramref name="gram"/> [width, width] with the columns' inner products.</summary>
    public void Gram(Span<double> gram)
    {
        gram.Clear();
        DoubleLoops.AddGram(_values, Width, gram);
        for (var i = 0; i < Width; i++)
            for (var j = 0; j < i; j++)
                gram[j * Width + i] = gram[i * Width + j];
    }

    private void Prepare(int column, bool centre)
    {
        var values = Values(column);
        (Means[column], RawMagnitudes[column]) = (0, Math.Sqrt(DoubleLoops.Dot(values, values) / Samples));
        // Twice: the mean of a large offset is off by the rounding of its sum.
        for (var pass = 0; centre && pass < 2; pass++)
        {
            var mean = DoubleLoops.Sum(values) / Samples;
            DoubleLoops.Subtract(values, mean);
            Means[column] += mean;
        }
    }

    private Span<double> Values(int column) => _values.AsSpan(column * Samples, Samples);
}
