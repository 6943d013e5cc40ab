namespace W2S.Experiments;

/// <summary>Heads by least squares in float64 (<see cref="ExactHeads"/>), all cells side by side; of features in a file by blocks of
/// rows.</summary>
internal sealed class LeastSquares(bool hasBias, int threads, RunServices run) : IHeadSolver
{
    public string Description => "least squares";

    public SolvedHeads Fit(HeadFit fit)
    {
        var (weights, biases) = fit.Solved(() => fit.Features.AreElsewhere && hasBias
            ? ByBlocks(fit) : ExactHeads.Fit(fit.Features.ToSamples(), fit.Labels, hasBias, threads));
        return new SolvedHeads(new DoubleHeads(fit.Features.Width, weights, biases));
    }

    private (double[] Weights, double[] Biases) ByBlocks(HeadFit fit)
    {
        var (weights, biases) = (new List<double>(), new List<double>());
        for (var cell = 0; cell < fit.Features.Tasks; cell++)
        {
            var here = cell;
            var moments = fit.Features.Moments(cell, threads, run, fit.TitleOf(cell));
            var head = ExactHeads.Fit(moments, (first, rows) => fit.Features.Read(here, first, rows), fit.Labels.Cell(cell));
            weights.AddRange(head.Weights);
            biases.Add(head.Bias);
        }
        return ([.. weights], [.. biases]);
    }
}
