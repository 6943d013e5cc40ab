using Serilog;

namespace W2S.Experiments;

/// <summary>Softmax heads by Newton's method in float64 (<see cref="NewtonHeads"/>), all cells side by side.</summary>
internal sealed class Newton(HeadOptions options, int threads, ILogger log) : IHeadSolver
{
    public string Description => "Newton's method";

    public SolvedHeads Fit(HeadFit fit)
    {
        var fits = fit.Solved(() =>
            NewtonHeads.Fit(fit.Features.ToSamples(), fit.Labels.ToSamples(), options.Bias, threads, options.Newton));
        if (fits.Count(one => one.Separated) is > 0 and var separated)
            log.Warning("{Separated} of {Count} {Stage} heads on {Title} separate the classes: "
                + "cross-entropy has no minimum there, and their logits say nothing", separated, fits.Count, fit.Stage, fit.Data.Title);
        return new SolvedHeads(new DoubleHeads(
            fit.Features.Width, [.. fits.SelectMany(one => one.Head.Weights)], [.. fits.SelectMany(one => one.Head.Biases)],
            fit.Labels.Outputs));
    }
}
