using TorchSharp;
using static TorchSharp.torch;

namespace W2S.Training;

/// <summary>Trains a module and a loss of one's own: examples/own-model.cs.</summary>
public static class ModuleJob
{
    /// <summary>
    /// A training on samples in main memory or on a device, shuffled anew in each epoch. Run it with <see cref="TrainingLoop"/>.
    /// </summary>
    /// <param name="module">Trained in place; the caller's. May hold dropout, buffers and frozen parameters.</param>
    /// <param name="loss">Predictions and labels of a batch → their mean loss, a scalar: <c>nn.MSELoss().call</c> and its like.</param>
    /// <param name="inputs">[samples, …], on the module's device; the caller's.</param>
    /// <param name="labels">[samples, …], likewise.</param>
    /// <param name="seed">Of the shuffles and of the module's own random numbers.</param>
    /// <exception cref="ArgumentException">Inputs and labels differ in number or device, or nothing in the module is trainable.</exception>
    public static ModuleJob<(Tensor Inputs, Tensor Labels)> Start(
        nn.Module<Tensor, Tensor> module, Func<Tensor, Tensor, Tensor> loss, Tensor inputs, Tensor labels, OptimiserOptions optimiser,
        long seed = 0, string name = "module") => new(
        [module], new SampleBatches(inputs, labels, optimiser.Batch, seed), batch => loss(module.call(batch.Inputs), batch.Labels),
        new ModuleTraining(optimiser) { Name = name, Engine = $"torch ({inputs.device})", RandomSeed = seed });

    /// <summary>Batches of samples that are one tensor.</summary>
    internal sealed class SampleBatches : IBatches<(Tensor Inputs, Tensor Labels)>
    {
        private readonly BatchRows _rows;
        private readonly Tensor _inputs, _labels;

        public SampleBatches(Tensor inputs, Tensor labels, int batch, long seed)
        {
            if (inputs.dim() == 0 || labels.dim() == 0 || inputs.shape[0] != labels.shape[0] || inputs.shape[0] == 0)
                throw new ArgumentException(
                    $"Inputs [{string.Join(", ", inputs.shape)}] and labels [{string.Join(", ", labels.shape)}] "
                    + "must have the same number of samples in front, at least one.", nameof(labels));
            if (inputs.device.ToString() != labels.device.ToString())
                throw new ArgumentException($"Inputs are on {inputs.device}, labels on {labels.device}.", nameof(labels));
            (_inputs, _labels) = (inputs, labels);
            _rows = new BatchRows((int)inputs.shape[0], batch, seed, "order", inputs.device);
        }

        public int StepsPerEpoch => _rows.Count;

        public IReadOnlyList<(Tensor Inputs, Tensor Labels)> Of(long step)
        {
            var (epoch, number) = Math.DivRem(step, StepsPerEpoch);
            var rows = _rows.Of(epoch, (int)number);
            return [(_inputs.index_select(0, rows), _labels.index_select(0, rows))];
        }

        public void Dispose() => _rows.Dispose();
    }
}
