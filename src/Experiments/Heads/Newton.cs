using Serilog;

namespace W2S.Experiments;

/// <summary>Softmax heads by Newton's method in float64 (<see cref="NewtonHeads"/>), all cells side by side.</summary>
internal sealed class Newton(HeadOptions options, int threads, ILogger log) : IHeadSolver
{
    public string Description => "Newton's method";

    public SolvedHeads Fit(HeadFit fit)
    {
        var fits = Solve(fit);
        if (fits.Count(one => one.Separated) is > 0 and var separated)
            log.Warning("{Separated} of {Count} {Stage} heads on {Title} separate the classes: cross-entropy has no minimum there, and their logits say nothing", separated, fits.Count, fit.Stage, fit.Data.Title);
        return new SolvedHeads(new DoubleHeads(
            fit.Features.Width, [.. fits.SelectMany(one => one.Head.Weights)], [.. fits.SelectMany(one => one.Head.Biases)], fit.Labels.Outputs));
    }

    private IReadOnlyList<NewtonHeads.Outcome> Solve(HeadFit fit)
    {
        try
        {
            return NewtonHeads.Fit(fit.Features.ToSamples(), fit.Labels.ToSamples(), options.Bias, threads, options.Newton);
        }
        catch (ArgumentException error)
        {
            throw new UserErrorException($"No {fit.Stage} heads can be fitted on {fit.Data.Title}: {error.Message}");
        }
    }
}
