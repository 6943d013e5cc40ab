using System.Numerics.Tensors;
using W2S.Training;

namespace W2S.Experiments;

/// <summary>The principal directions of standardised samples, for closed-form fits of many labels on one set of features.</summary>
internal sealed class PrincipalDirections
{
    // What centred products in float64 know of a direction ends here, as a share of the widest's squared spread.
    private const double Rounding = 1e-14;

    private readonly double[] _columns, _directions;

    private PrincipalDirections(StandardisedSamples samples, double[] columns, double[] directions, double[] squares) =>
        (Samples, _columns, _directions, Squares) = (samples, columns, directions, squares);

    public StandardisedSamples Samples { get; }

    /// <summary>Sums of squares of the samples along each direction, all greater than 0.</summary>
    public double[] Squares { get; }

    /// <summary>A unit vector, [width].</summary>
    public ReadOnlySpan<double> Direction(int index) => _directions.AsSpan(index * Samples.Width, Samples.Width);

    /// <summary>Each direction's product with labels: dᵀ Xᵀ y.</summary>
    public double[] Products(double[] labels)
    {
        var units = new double[Samples.Width];
        for (var unit = 0; unit < units.Length; unit++) units[unit] = TensorPrimitives.Dot<double>(Column(_columns, unit, Samples.Count), labels);
        return [.. Enumerable.Range(0, Squares.Length).Select(index => TensorPrimitives.Dot<double>(Direction(index), units))];
    }

    public static PrincipalDirections Of(StandardisedSamples samples)
    {
        var (width, count) = (samples.Width, samples.Count);
        var columns = new double[width * count];
        for (var sample = 0; sample < count; sample++)
            for (var unit = 0; unit < width; unit++)
                columns[unit * count + sample] = samples.Inputs[sample * width + unit];
        var gram = new double[width * width];
        for (var unit = 0; unit < width; unit++)
            for (var other = 0; other <= unit; other++)
                gram[unit * width + other] = gram[other * width + unit] = TensorPrimitives.Dot<double>(Column(columns, unit, count), Column(columns, other, count));
        var squares = new double[width];
        SymmetricEigen.Decompose(gram, squares);
        var least = Rounding * squares.Max();
        var kept = Enumerable.Range(0, width).Where(index => squares[index] > least).ToArray();
        return new PrincipalDirections(samples, columns, [.. kept.SelectMany(index => gram[(index * width)..((index + 1) * width)])], [.. kept.Select(index => squares[index])]);
    }

    private static ReadOnlySpan<double> Column(double[] columns, int unit, int count) => columns.AsSpan(unit * count, count);
}
