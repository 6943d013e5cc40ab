using W2S.Data;

namespace W2S.Training;

/// <summary>
/// The samples of one task as float64 columns with their means taken out, and their inner products: what least squares
/// and the spectrum of features need. Centring comes before any product, so a large mean costs no precision.
/// </summary>
public sealed class CentredColumns
{
    private readonly double[] _values;

    /// <param name="width">Columns.</param>
    /// <param name="samples">Rows.</param>
    public CentredColumns(int width, int samples)
    {
        (Width, Samples) = (width, samples);
        _values = new double[checked(width * samples)];
        Means = new double[width];
    }

    public int Width { get; }
    public int Samples { get; }

    /// <summary>The columns' means; zero where they were left in.</summary>
    public double[] Means { get; }

    /// <summary>Root mean square of all values before centring: rounding of float32 input is relative to it.</summary>
    public double RawMagnitude { get; private set; }

    /// <summary>One column's samples, centred.</summary>
    public ReadOnlySpan<double> Column(int column) => Values(column);

    /// <summary>Takes over the rows [samples, width] of one task.</summary>
    /// <param name="centre">Whether to take out the means: a fit with a bias does, one without does not.</param>
    public void Load(ReadOnlySpan<float> rows, bool centre)
    {
        double squares = 0;
        for (var column = 0; column < Width; column++)
        {
            var values = Values(column);
            DoubleLoops.Gather(rows, Width, column, values);
            squares += DoubleLoops.Dot(values, values);
            Means[column] = centre ? DoubleLoops.Sum(values) / Samples : 0;
            if (centre) DoubleLoops.Subtract(values, Means[column]);
        }
        RawMagnitude = Math.Sqrt(squares / _values.Length);
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

    private Span<double> Values(int column) => _values.AsSpan(column * Samples, Samples);
}
