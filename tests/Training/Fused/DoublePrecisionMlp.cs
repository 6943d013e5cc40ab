using W2S.Data;
using W2S.Models;
using W2S.Training;

namespace W2S.Training.Tests.Fused;

/// <summary>Pretraining written as plainly as can be, in double precision: what the fused kernels are compared with.</summary>
internal sealed class DoublePrecisionMlp
{
    private readonly PretrainingProblem _problem;
    private readonly MlpShape _shape;
    private readonly double[][,] _weights, _weightFirst, _weightSecond;
    private readonly double[][] _biases, _biasFirst, _biasSecond;

    public DoublePrecisionMlp(PretrainingProblem problem)
    {
        (_problem, _shape) = (problem, problem.Initial.Shape);
        _weights = Matrices();
        _weightFirst = Matrices();
        _weightSecond = Matrices();
        _biases = Vectors();
        _biasFirst = Vectors();
        _biasSecond = Vectors();
        for (var layer = 0; layer < _shape.Depth; layer++)
            for (var output = 0; output < _shape.FanOut(layer); output++)
            {
                _biases[layer][output] = problem.Initial.Bias(layer)[output];
                for (var input = 0; input < _shape.FanIn(layer); input++)
                    _weights[layer][output, input] = problem.Initial.Weight(layer)[output * _shape.FanIn(layer) + input];
            }
    }

    /// <summary>Parameters in MlpWeights' order.</summary>
    public double[] Parameters => Flat(_weights, _biases);

    /// <summary>First moments in MlpWeights' order.</summary>
    public double[] FirstMoments => Flat(_weightFirst, _biasFirst);

    /// <summary>Does one step and returns its loss.</summary>
    public double Step(long step)
    {
        var (samples, size) = (_problem.Inputs.Samples, _problem.Optimiser.Batch);
        // An epoch goes through task after task, so turns are numbered as the streams of their orders are.
        var (turn, number) = Math.DivRem(step, (long)Math.Ceiling((double)samples / size));
        var task = (int)(turn % _problem.Inputs.Tasks);
        var batch = PlainOrder.Batches(samples, size, _problem.Seed, _problem.Stream, turn)[number];

        var weightGradients = Matrices();
        var biasGradients = Vectors();
        var loss = batch.Sum(sample => Backpropagate(task, sample, batch.Length, weightGradients, biasGradients)) / batch.Length;
        for (var layer = 0; layer < _shape.Depth; layer++)
            for (var output = 0; output < _shape.FanOut(layer); output++)
            {
                PlainAdamW.Update(
                    _problem.Optimiser, step, ref _biases[layer][output], ref _biasFirst[layer][output], ref _biasSecond[layer][output],
                    biasGradients[layer][output]);
                for (var input = 0; input < _shape.FanIn(layer); input++)
                    PlainAdamW.Update(
                        _problem.Optimiser, step, ref _weights[layer][output, input], ref _weightFirst[layer][output, input],
                        ref _weightSecond[layer][output, input], weightGradients[layer][output, input]);
            }
        return loss;
    }

    /// <summary>Rounds every parameter to single precision: the least that any float32 engine does after a step.</summary>
    public void RoundParameters()
    {
        for (var layer = 0; layer < _shape.Depth; layer++)
            for (var output = 0; output < _shape.FanOut(layer); output++)
            {
                _biases[layer][output] = (float)_biases[layer][output];
                for (var input = 0; input < _shape.FanIn(layer); input++)
                    _weights[layer][output, input] = (float)_weights[layer][output, input];
            }
    }

    /// <summary>What the network computes from one input.</summary>
    public double[] Represent(ReadOnlySpan<float> input)
    {
        var values = new double[input.Length];
        for (var i = 0; i < values.Length; i++) values[i] = input[i];
        for (var layer = 0; layer < _shape.Depth; layer++) values = Block(layer, values);
        return values;
    }

    private double Backpropagate(int task, int sample, int batch, double[][,] weightGradients, double[][] biasGradients)
    {
        var activations = new double[_shape.Depth + 1][];
        activations[0] = [.. _problem.Inputs.Task(task).Slice(sample * _shape.Inputs, _shape.Inputs).ToArray().Select(x => (double)x)];
        for (var layer = 0; layer < _shape.Depth; layer++) activations[layer + 1] = Block(layer, activations[layer]);

        var head = _problem.Heads.Weight(task).ToArray();
        var prediction = activations[^1].Zip(head, (z, w) => z * w).Sum() + _problem.Heads.Biases[task];
        var error = prediction - _problem.Labels.Task(task)[sample];
        var delta = head.Select(w => 2 * error / batch * w).ToArray();
        for (var layer = _shape.Depth - 1; layer >= 0; layer--)
        {
            var below = new double[_shape.FanIn(layer)];
            for (var output = 0; output < delta.Length; output++)
            {
                if (activations[layer + 1][output] <= 0) continue;
                biasGradients[layer][output] += delta[output];
                for (var input = 0; input < below.Length; input++)
                {
                    weightGradients[layer][output, input] += delta[output] * activations[layer][input];
                    below[input] += delta[output] * _weights[layer][output, input];
                }
            }
            delta = below;
        }
        return error * error;
    }

    private double[] Block(int layer, double[] values)
    {
        var next = new double[_shape.FanOut(layer)];
        for (var output = 0; output < next.Length; output++)
        {
            next[output] = _biases[layer][output];
            for (var input = 0; input < values.Length; input++) next[output] += _weights[layer][output, input] * values[input];
            next[output] = Math.Max(0, next[output]);
        }
        return next;
    }

    private double[][,] Matrices() =>
        [.. Enumerable.Range(0, _shape.Depth).Select(layer => new double[_shape.FanOut(layer), _shape.FanIn(layer)])];

    private double[][] Vectors() => [.. Enumerable.Range(0, _shape.Depth).Select(layer => new double[_shape.FanOut(layer)])];

    private static double[] Flat(double[][,] matrices, double[][] vectors) =>
        [.. matrices.Zip(vectors, (matrix, vector) => matrix.Cast<double>().Concat(vector)).SelectMany(values => values)];
}
