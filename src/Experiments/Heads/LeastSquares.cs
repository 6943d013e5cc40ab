using W2S.Data;
using W2S.Training;

namespace W2S.Experiments;

/// <summary>Heads by least squares in float64 (<see cref="ExactHeads"/>), all cells side by side.</summary>
internal sealed class LeastSquares(bool hasBias, int threads) : IHeadSolver
{
    public string Description => "least squares";

    public SolvedHeads Fit(HeadFit fit)
    {
        try
        {
            var (weights, biases) = ExactHeads.Fit(fit.Features, fit.Labels, hasBias, threads);
            return new SolvedHeads(new DoubleHeads(fit.Features.Width, weights, biases));
        }
        catch (ArgumentException error)
        {
            throw new UserErrorException($"No {fit.Stage} heads can be fitted on {fit.Data.Title}: {error.Message}");
        }
    }
}
