using W2S.Training;

namespace W2S.Training.Tests.Fused;

/// <summary>Fitting one task's softmax head, plainly and in double precision, on batches that the caller chooses.</summary>
internal sealed class DoublePrecisionSoftmaxHead
{
    private readonly HeadProblem _problem;
    private readonly int _task, _classes, _width;
    private readonly double[] _second;

    public DoublePrecisionSoftmaxHead(HeadProblem problem, int task)
    {
        (_problem, _task, _classes, _width) = (problem, task, problem.Initial.Outputs, problem.Initial.Width);
        Parameters = [.. Flat(problem.Initial.Weight(task), problem.Initial.Bias(task)).Select(value => (double)value)];
        FirstMoments = new double[Parameters.Length];
        _second = new double[Parameters.Length];
    }

    /// <summary>The weights [classes, width], then the biases [classes].</summary>
    public double[] Parameters { get; }

    /// <summary>In the order of <see cref="Parameters"/>.</summary>
    public double[] FirstMoments { get; }

    /// <summary>In the order of <see cref="Parameters"/>.</summary>
    public static IEnumerable<float> Flat(ReadOnlySpan<float> weights, ReadOnlySpan<float> biases) => [.. weights, .. biases];

    /// <summary>The rows of a step in the order that every engine promises.</summary>
    public static int[] Batch(HeadProblem problem, long step)
    {
        var order = new int[problem.Features.Samples];
        EpochOrder.Fill(order, problem.Seed, problem.Stream, step / problem.StepsPerEpoch, 0, 1);
        return order.Chunk(problem.Optimiser.Batch).ElementAt((int)(step % problem.StepsPerEpoch));
    }

    /// <summary>Does one step and returns its loss.</summary>
    public double Step(long step, int[] batch)
    {
        var gradient = new double[Parameters.Length];
        double loss = 0;
        foreach (var sample in batch)
        {
            var features = _problem.Features.Task(_task).Slice(sample * _width, _width);
            var labels = _problem.Labels.Task(_task).Slice(sample * _classes, _classes);
            var logits = new double[_classes];
            for (var k = 0; k < _classes; k++)
            {
                logits[k] = Parameters[_classes * _width + k];
                for (var feature = 0; feature < _width; feature++) logits[k] += Parameters[k * _width + feature] * features[feature];
            }
            var logPartition = logits.Max() + Math.Log(logits.Sum(logit => Math.Exp(logit - logits.Max())));
            double total = 0;
            foreach (var label in labels) total += label;
            for (var k = 0; k < _classes; k++)
            {
                loss += labels[k] * (logPartition - logits[k]) / batch.Length;
                var delta = (total * Math.Exp(logits[k] - logPartition) - labels[k]) / batch.Length;
                for (var feature = 0; feature < _width; feature++) gradient[k * _width + feature] += delta * features[feature];
                gradient[_classes * _width + k] += delta;
            }
        }
        var trained = _classes * (_width + (_problem.Initial.HasBias ? 1 : 0));
        for (var i = 0; i < trained; i++)
            PlainAdamW.Update(_problem.Optimiser, step, ref Parameters[i], ref FirstMoments[i], ref _second[i], gradient[i]);
        return loss;
    }
}
