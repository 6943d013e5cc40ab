using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace W2S.Training;

/// <summary>Fits heads together with the last blocks of their representation, of which each task has a copy.</summary>
internal sealed class TorchBlockJob : ModuleJob<HeadBatches.Batch>
{
    private readonly Network _network;

    private TorchBlockJob(HeadProblem problem, TorchEngine engine, Network blocks, HeadBatches batches) : base(
        [blocks], batches, batch => batch.Loss(problem.Objective, blocks.forward(batch.Features)),
            engine.Training(problem.Optimiser, problem.Name) with
            {
                Models = problem.Initial.Tasks,
                RateShares = problem.BlockRate == 1 ? null : name => blocks.IsOfHeads(name) ? 1 : problem.BlockRate,
            }) => _network = blocks;

    /// <summary>Blocks and heads as they are now.</summary>
    public Fitted Heads => _network.ToHeads();

    /// <param name="problem">Its features are those below the blocks, its initial heads read what the blocks give.</param>
    /// <param name="blocks">Where the blocks of every task begin.</param>
    /// <exception cref="ArgumentException">Features, blocks, heads and labels do not fit one another.</exception>
    public static TorchBlockJob Start(HeadProblem problem, MlpWeights blocks, TorchEngine engine)
    {
        if ((problem.Features.Width, problem.Initial.Width) != (blocks.Shape.Inputs, blocks.Shape.Outputs))
            throw new ArgumentException(
                $"{problem.Name}: blocks {blocks.Shape} stand between features of width {problem.Features.Width} and heads of width "
                + $"{problem.Initial.Width}.");
        if (problem.Initial.Outputs != problem.Objective.Outputs(problem.Labels.Width) || problem.Initial.Tasks != problem.Features.Tasks)
            throw new ArgumentException(
                $"{problem.Name}: {problem.Objective.Name} on {problem.Labels.Width} targets of {problem.Features.Tasks} tasks needs "
                + "other heads.");
        return new TorchBlockJob(
            problem, engine, new Network(problem.Initial, blocks, engine.Device), new HeadBatches(problem, engine.Device));
    }

    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        _network.Dispose();
    }

    /// <summary>Heads and, a copy for each task, the blocks below them: what a representation that is no longer frozen trains.</summary>
    /// <param name="Blocks">One for each task, from the features upwards.</param>
    public sealed record Fitted(IReadOnlyList<MlpWeights> Blocks, LinearHeads Heads);

    /// <summary>Blocks of Linear + ReLU and a head, one of each a task: [tasks, n, inputs] → [tasks, n, outputs].</summary>
    private sealed class Network : nn.Module<Tensor, Tensor>
    {
        private readonly LinearHeads _initial;
        private readonly MlpShape _shape;
        private readonly List<(Parameter Weight, Parameter Bias)> _layers = [];

        public Network(LinearHeads initial, MlpWeights blocks, Device device) : base("blocks")
        {
            using var scope = NewDisposeScope();
            (_initial, _shape) = (initial, blocks.Shape);
            for (var layer = 0; layer < _shape.Depth; layer++)
            {
                var weight = tensor(blocks.Weight(layer).ToArray(), [1, _shape.FanOut(layer), _shape.FanIn(layer)], device: device);
                var bias = tensor(blocks.Bias(layer).ToArray(), [1, _shape.FanOut(layer)], device: device);
                Add(layer, weight.expand(initial.Tasks, -1, -1).contiguous(), bias.expand(initial.Tasks, -1).contiguous());
            }
            Add(_shape.Depth, tensor(initial.Weights, [initial.Tasks, initial.Outputs, initial.Width], device: device),
                tensor(initial.Biases, [initial.Tasks, initial.Outputs], device: device));
            foreach (var parameter in parameters()) parameter.DetachFromDisposeScope();
        }

        public override Tensor forward(Tensor features)
        {
            using var scope = NewDisposeScope();
            var values = features;
            for (var layer = 0; layer < _layers.Count; layer++)
            {
                var linear = values.bmm(_layers[layer].Weight.transpose(1, 2)).Plus(_layers[layer].Bias.unsqueeze(1));
                values = layer == _shape.Depth ? linear : linear.relu();
            }
            return values.MoveToOuterDisposeScope();
        }

        /// <summary>Whether a parameter is one of the heads above the blocks.</summary>
        public bool IsOfHeads(string name) => name == $"weight{_shape.Depth}" || name == $"bias{_shape.Depth}";

        /// <summary>A copy in main memory.</summary>
        public Fitted ToHeads()
        {
            using var scope = NewDisposeScope();
            var heads = new LinearHeads(_initial.Tasks, _initial.Width, _initial.HasBias, _initial.Outputs);
            _layers[^1].Weight.detach().cpu().data<float>().CopyTo(heads.Weights);
            if (_initial.HasBias) _layers[^1].Bias.detach().cpu().data<float>().CopyTo(heads.Biases);
            MlpWeights[] blocks =
                [.. Enumerable.Range(0, _initial.Tasks).Select(_ => new MlpWeights(_shape, new float[_shape.ParameterCount]))];
            for (var layer = 0; layer < _shape.Depth; layer++)
            {
                var weights = _layers[layer].Weight.detach().cpu().data<float>().ToArray();
                var biases = _layers[layer].Bias.detach().cpu().data<float>().ToArray();
                foreach (var (task, block) in blocks.Index())
                {
                    weights.AsSpan(task * block.Weight(layer).Length, block.Weight(layer).Length).CopyTo(block.Weight(layer));
                    biases.AsSpan(task * block.Bias(layer).Length, block.Bias(layer).Length).CopyTo(block.Bias(layer));
                }
            }
            return new Fitted(blocks, heads);
        }

        private void Add(int layer, Tensor weight, Tensor bias)
        {
            var (ofWeight, ofBias) = (nn.Parameter(weight), nn.Parameter(bias, requires_grad: layer < _shape.Depth || _initial.HasBias));
            register_parameter($"weight{layer}", ofWeight);
            register_parameter($"bias{layer}", ofBias);
            _layers.Add((ofWeight, ofBias));
        }
    }
}
