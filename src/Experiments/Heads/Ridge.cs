using System.Numerics.Tensors;
using System.Runtime.ExceptionServices;
using W2S.Data;

namespace W2S.Experiments;

/// <summary>
/// Heads in closed form, float64: ridge regression on standardised features, its strength chosen for each head by
/// generalised cross-validation on that head's own fitting labels (Golub, Heath and Wahba 1979). Our choice;
/// docs/molecule-heads.md has the measurements.
/// </summary>
/// <remarks>
/// Plain least squares will not do: there are 513 to 3,360 samples for features of up to hundreds of units, many of them
/// nearly collinear. No label but the fitting ones is looked at, so a student's strength answers to its weak labels alone.
/// </remarks>
internal sealed class Ridge(int threads) : IHeadSolver
{
    // Strengths as shares of the widest direction's squared spread, ten for each factor of ten. Weak labels are a linear function
    // of other features without noise, so the criterion would have a student follow them along directions that hardly vary on
    // the train part, and fly off elsewhere: hence the floor.
    private const double Least = 1e-6, Greatest = 10;
    private const int StepsForTen = 10;

    // The share of the samples that must remain after effective parameters: where a head can go through every sample, the
    // criterion is 0 / 0.
    private const double LeastLeft = 0.1;

    // Student and ceiling are fitted on the same features: what is costly, their directions, is found once.
    private (TaskSamples Features, PrincipalDirections?[] OfCells)? _last;

    public string Description => "ridge in closed form";

    public SolvedHeads Fit(HeadFit fit)
    {
        var (cells, width) = (fit.Features.Tasks, fit.Features.Width);
        var (weights, biases) = (new double[cells * width], new double[cells]);
        if (_last?.Features != fit.Features) _last = (fit.Features, new PrincipalDirections?[cells]);
        var directions = _last!.Value.OfCells;
        try
        {
            Parallel.For(0, cells, new ParallelOptions { MaxDegreeOfParallelism = threads }, cell =>
            {
                var samples = directions[cell]?.Samples.With(fit, cell) ?? new StandardisedSamples(fit, cell);
                directions[cell] ??= PrincipalDirections.Of(samples);
                biases[cell] = Fit(directions[cell]!, samples, weights.AsSpan(cell * width, width));
            });
        }
        catch (AggregateException failures)
        {
            ExceptionDispatchInfo.Throw(failures.InnerExceptions[0]);
        }
        return new SolvedHeads(new DoubleHeads(width, weights, biases));
    }

    private static double Fit(PrincipalDirections directions, StandardisedSamples samples, Span<double> raw)
    {
        var products = directions.Products(samples.Labels);
        var strength = Choose(directions, products, TensorPrimitives.Dot<double>(samples.Labels, samples.Labels));
        var weights = new double[samples.Width];
        for (var index = 0; index < products.Length; index++)
            TensorPrimitives.MultiplyAdd(directions.Direction(index), products[index] / (directions.Squares[index] + strength), weights, weights);
        return samples.InRepresentation(weights, 0, raw);
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
