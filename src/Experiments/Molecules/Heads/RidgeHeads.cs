using System.Numerics.Tensors;
using W2S.Training;

namespace W2S.Experiments;

/// <summary>
/// Heads in closed form, float64: ridge regression on standardised features, its strength chosen for each head by
/// generalised cross-validation on that head's own fitting labels (Golub, Heath and Wahba 1979). Our choice; docs/molecules.md
/// has the measurements.
/// </summary>
/// <remarks>
/// Plain least squares will not do: there are 513 to 3,360 samples for features of up to hundreds of units, many of them
/// nearly collinear. No label but the fitting ones is looked at, so a student's strength answers to its weak labels alone.
/// One factorisation of the features serves all heads on them.
/// </remarks>
internal static class RidgeHeads
{
    // Strengths as shares of the widest direction's squared spread, ten for each factor of ten. Weak labels are a linear function
    // of other features without noise, so the criterion would have a student follow them along directions that hardly vary on
    // the train part, and fly off elsewhere: hence the floor.
    private const double Least = 1e-6, Greatest = 10;
    private const int StepsForTen = 10;

    // The share of the samples that must remain after effective parameters: where a head can go through every sample, the
    // criterion is 0 / 0.
    private const double LeastLeft = 0.1;

    /// <param name="tasks">All on the same features and rows.</param>
    public static IReadOnlyList<MoleculeHead> Fit(IReadOnlyList<MoleculeHeadTask> tasks)
    {
        var directions = PrincipalDirections.Of(new StandardisedSamples(tasks[0]));
        return [.. tasks.Select(task => Fit(directions, directions.Samples.With(task)))];
    }

    private static MoleculeHead Fit(PrincipalDirections directions, StandardisedSamples samples)
    {
        var products = directions.Products(samples.Labels);
        var strength = Choose(directions, products, TensorPrimitives.Dot<double>(samples.Labels, samples.Labels));
        var weights = new double[samples.Width];
        for (var index = 0; index < products.Length; index++)
            TensorPrimitives.MultiplyAdd(directions.Direction(index), products[index] / (directions.Squares[index] + strength), weights, weights);
        return samples.InRepresentation(weights, 0);
    }

    /// <summary>The strength with the least mean squared error to expect on a fresh sample: n · residual / (n − effective parameters)².</summary>
    private static double Choose(PrincipalDirections directions, double[] products, double labelSquares)
    {
        var widest = directions.Squares.DefaultIfEmpty(0).Max();
        var steps = (int)Math.Round(StepsForTen * Math.Log10(Greatest / Least));
        var (chosen, least) = (Greatest * widest, double.PositiveInfinity);
        // From the strongest down: where nothing is to be gained by less, the stronger one stays.
        for (var step = 0; step <= steps; step++)
        {
            var strength = widest * Greatest * Math.Pow(10, -(double)step / StepsForTen);
            var (residual, parameters) = (labelSquares, 1.0);
            for (var index = 0; index < products.Length; index++)
            {
                var square = directions.Squares[index];
                var kept = square / (square + strength);
                residual -= kept * (2 - kept) * products[index] * products[index] / square;
                parameters += kept;
            }
            var left = directions.Samples.Count - parameters;
            if (left < LeastLeft * directions.Samples.Count) break;
            var expected = Math.Max(0, residual) / (left * left);
            if (!(expected < least)) continue;
            (chosen, least) = (strength, expected);
        }
        return chosen;
    }
}
