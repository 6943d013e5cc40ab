using W2S.Training;

namespace W2S.Bench;

/// <summary>
/// Whether all programs compute the same: the losses of the first steps of training, from the same weights on the same samples,
/// beside the fused engine's. A wrong gradient or optimiser shows from the second step on: an encoder without weight decay is off by 2e-5.
/// </summary>
internal sealed class Agreement
{
    private const double Most = 1e-5; // Single precision summed in other orders is off by less than 1e-6 over some twenty steps.

    private readonly Dictionary<string, double> _differences = [];

    /// <summary>The greatest relative difference of a loss from the fused engine's, by program.</summary>
    public IReadOnlyDictionary<string, double> Differences => _differences;

    /// <summary>The job's first losses, step by step.</summary>
    public static double[] Losses(ITrainingJob job, int steps)
    {
        var losses = new double[steps];
        for (var step = 0; step < steps; step++)
        {
            job.Advance(step, 1);
            losses[step] = job.TakeMeanLoss();
        }
        return losses;
    }

    /// <exception cref="InvalidOperationException">They differ by more than rounding: the times would be of different things.</exception>
    public void Check(string program, IReadOnlyDictionary<string, double[]> expected, IReadOnlyDictionary<string, double[]> found)
    {
        foreach (var (name, losses) in expected)
            for (var step = 0; step < losses.Length; step++)
            {
                var difference = Math.Abs(found[name][step] / losses[step] - 1);
                if (!(difference <= Most))
                    throw new InvalidOperationException($"{program}'s loss of step {step + 1} of {name} is {found[name][step]:g7}, and "
                        + $"the fused engine's {losses[step]:g7}: they do not compute the same.");
                _differences[program] = Math.Max(difference, _differences.GetValueOrDefault(program));
            }
    }
}
