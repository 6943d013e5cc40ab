using W2S.Models;
using W2S.Training;

namespace W2S.Training.Tests.Fused;

/// <summary>Fitting one task's head, plainly and in double precision.</summary>
internal sealed class DoublePrecisionHead(HeadProblem problem, int task)
{
    private readonly double[] _parameters =
        [.. problem.Initial.Weight(task).ToArray().Append(problem.Initial.Biases[task]).Select(value => (double)value)];

    private readonly double[] _first = new double[problem.Initial.Width + 1];
    private readonly double[] _second = new double[problem.Initial.Width + 1];

    /// <summary>The weights, then the bias.</summary>
    public double[] Parameters => _parameters;

    /// <summary>First moments of the weights, then of the bias.</summary>
    public double[] FirstMoments => _first;

    /// <summary>Does one step and returns its loss.</summary>
    public double Step(long step)
    {
        var order = new int[problem.Features.Samples];
        EpochOrder.Fill(order, problem.Seed, problem.Stream, step / problem.StepsPerEpoch, 0, 1);
        var batch = order.Chunk(problem.Optimiser.Batch).ElementAt((int)(step % problem.StepsPerEpoch));
        var width = problem.Initial.Width;
        var gradient = new double[width + 1];
        double loss = 0;
        foreach (var sample in batch)
        {
            var features = problem.Features.Task(task).Slice(sample * width, width);
            var linear = _parameters[width];
            for (var feature = 0; feature < width; feature++) linear += _parameters[feature] * features[feature];
            var (value, slope) = Activate(linear);
            var error = value - problem.Labels.Task(task)[sample];
            loss += error * error / batch.Length;
            var delta = 2 * error * slope / batch.Length;
            for (var feature = 0; feature < width; feature++) gradient[feature] += delta * features[feature];
            if (problem.Initial.HasBias) gradient[width] += delta;
        }
        for (var i = 0; i < width + (problem.Initial.HasBias ? 1 : 0); i++)
            PlainAdamW.Update(problem.Optimiser, step, ref _parameters[i], ref _first[i], ref _second[i], gradient[i]);
        return loss;
    }

    private (double Value, double Slope) Activate(double linear)
    {
        var tanh = Math.Tanh(linear);
        var sigmoid = 1 / (1 + Math.Exp(-linear));
        return problem.Initial.Activation switch
        {
            HeadActivation.Tanh => (tanh, 1 - tanh * tanh),
            HeadActivation.Relu => (Math.Max(linear, 0), linear > 0 ? 1 : 0),
            HeadActivation.Sigmoid => (sigmoid, sigmoid * (1 - sigmoid)),
            _ => (linear, 1),
        };
    }
}
