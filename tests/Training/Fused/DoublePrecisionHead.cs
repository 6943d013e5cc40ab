using W2S.Training;

namespace W2S.Training.Tests.Fused;

/// <summary>Fitting one task's head, plainly and in double precision, by what the objective says of its loss and gradient.</summary>
internal sealed class DoublePrecisionHead
{
    private readonly HeadProblem _problem;
    private readonly int _task, _outputs, _width, _targets;
    private readonly double[] _second;

    public DoublePrecisionHead(HeadProblem problem, int task)
    {
        (_problem, _task, _targets) = (problem, task, problem.Labels.Width);
        (_outputs, _width) = (problem.Initial.Outputs, problem.Initial.Width);
        Parameters = [.. Flat(problem.Initial.Weight(task), problem.Initial.Bias(task)).Select(value => (double)value)];
        FirstMoments = new double[Parameters.Length];
        _second = new double[Parameters.Length];
    }

    /// <summary>The weights [outputs, width], then the biases [outputs].</summary>
    public double[] Parameters { get; }

    /// <summary>In the order of <see cref="Parameters"/>.</summary>
    public double[] FirstMoments { get; }

    /// <summary>In the order of <see cref="Parameters"/>.</summary>
    public static IEnumerable<float> Flat(ReadOnlySpan<float> weights, ReadOnlySpan<float> biases) => [.. weights, .. biases];

    /// <summary>The rows of a step in the order that every engine promises.</summary>
    public static int[] Batch(HeadProblem problem, long step)
    {
        var (samples, batch) = (problem.Features.Samples, problem.Optimiser.Batch);
        var (epoch, number) = Math.DivRem(step, (long)Math.Ceiling((double)samples / batch));
        return PlainOrder.Batches(samples, batch, problem.Seed, problem.Stream, epoch)[number];
    }

    /// <summary>Does one step and returns its loss.</summary>
    /// <param name="batch">The rows; null: those of the promised order.</param>
    public double Step(long step, int[]? batch = null)
    {
        batch ??= Batch(_problem, step);
        double[] gradient = new double[Parameters.Length], logits = new double[_outputs], slopes = new double[_outputs];
        double loss = 0;
        foreach (var sample in batch)
        {
            var features = _problem.Features.Task(_task).Slice(sample * _width, _width);
            double[] label = [.. _problem.Labels.Task(_task).Slice(sample * _targets, _targets).ToArray().Select(value => (double)value)];
            for (var output = 0; output < _outputs; output++)
            {
                logits[output] = Parameters[_outputs * _width + output];
                for (var feature = 0; feature < _width; feature++)
                    logits[output] += Parameters[output * _width + feature] * features[feature];
            }
            loss += _problem.Objective.Loss(logits, label, slopes) / batch.Length;
            for (var output = 0; output < _outputs; output++)
            {
                var slope = slopes[output] / batch.Length;
                for (var feature = 0; feature < _width; feature++) gradient[output * _width + feature] += slope * features[feature];
                gradient[_outputs * _width + output] += slope;
            }
        }
        var trained = _outputs * (_width + (_problem.Initial.HasBias ? 1 : 0));
        for (var at = 0; at < trained; at++)
            PlainAdamW.Update(_problem.Optimiser, step, ref Parameters[at], ref FirstMoments[at], ref _second[at], gradient[at]);
        return loss;
    }
}
