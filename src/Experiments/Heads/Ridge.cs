using System.Numerics.Tensors;
using System.Runtime.ExceptionServices;

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
internal sealed class Ridge(int threads, RunServices run) : IHeadSolver
{
    // Strengths as shares of the widest direction's squared spread, ten for each factor of ten. Weak labels are a linear function
    // of other features without noise, so the criterion would have a student follow them along directions that hardly vary on
    // the train part, and fly off elsewhere: hence the floor.
    private const double Least = 1e-6, Greatest = 10;
    private const int StepsForTen = 10;

    // The share of the samples that must remain after effective parameters: where a head can go through every sample, the
    // criterion is 0 / 0.
    private const double LeastLeft = 0.1;

    public string Description => "ridge in closed form";

    public SolvedHeads Fit(HeadFit fit)
    {
        var (cells, width) = (fit.Features.Tasks, fit.Features.Width);
        var (weights, biases) = (new double[cells * width], new double[cells]);
        try
        {
            // Cells side by side; where there is one, its products are shared out.
            Parallel.For(0, cells, new ParallelOptions { MaxDegreeOfParallelism = threads }, cell =>
                biases[cell] = Fit(fit, cell, Math.Max(1, threads / cells), weights.AsSpan(cell * width, width)));
        }
        catch (AggregateException failures)
        {
            ExceptionDispatchInfo.Throw(failures.InnerExceptions[0]);
        }
        return new SolvedHeads(new DoubleHeads(width, weights, biases));
    }

    private double Fit(HeadFit fit, int cell, int ownThreads, Span<double> raw)
    {
        var directions = fit.Features.Directions(cell, ownThreads, run, fit.TitleOf(cell), keep: fit.Stage != Stages.Weak);
        var (labels, mean, spread) = Standardised(fit, cell);
        var products = directions.Products(labels);
        var strength = Choose(directions, products, TensorPrimitives.Dot<double>(labels, labels));
        var weights = new double[raw.Length];
        for (var index = 0; index < products.Length; index++)
            TensorPrimitives.MultiplyAdd(directions.Direction(index), products[index] / (directions.Squares[index] + strength), weights,
                weights);
        return mean - directions.InRepresentation(weights, spread, raw);
    }

    /// <summary>A cell's labels with mean 0 and spread 1, or all 0 where they do not vary.</summary>
    private static (double[] Labels, double Mean, double Spread) Standardised(HeadFit fit, int cell)
    {
        var labels = fit.Labels.Cell(cell).ToArray();
        var varies = labels.AsSpan().ContainsAnyExcept(labels[0]);
        var mean = labels[0] + labels.Average(label => label - labels[0]);
        TensorPrimitives.Subtract(labels, mean, labels);
        var spread = Math.Sqrt(TensorPrimitives.SumOfSquares<double>(labels) / labels.Length);
        if (!double.IsFinite(mean + spread))
            throw new UserErrorException($"No {fit.Stage} head can be fitted on cell {fit.Data.Cells[fit.First + cell]} of "
                + $"{fit.Data.Title}: a label is no finite number.");
        if (varies && spread > 0) TensorPrimitives.Divide(labels, spread, labels);
        else Array.Clear(labels);
        return (labels, mean, varies ? spread : 0);
    }

    /// <summary>The strength with the least mean squared error to expect on a fresh sample: n · residual / (n − effective
    /// parameters)².</summary>
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
            var left = directions.Count - parameters;
            if (left < LeastLeft * directions.Count) break;
            var expected = Math.Max(0, residual) / (left * left);
            if (!(expected < least)) continue;
            (chosen, least) = (strength, expected);
        }
        return chosen;
    }
}
