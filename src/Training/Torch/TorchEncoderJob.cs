using TorchSharp;
using W2S.Data;
using W2S.Models;
using W2S.Training.Fused;
using static TorchSharp.torch;

namespace W2S.Training;

/// <summary>Pretrains an encoder by autograd.</summary>
/// <remarks>
/// Dropout's chance is a function of (seed, step), for the generator is seeded before each step, so an interrupted training
/// continues to the same bits. After a <see cref="NonFiniteLossException"/> the parameters are those before that step.
/// </remarks>
internal sealed class TorchEncoderJob : IEncoderJob
{
    private readonly EncoderPretrainingProblem _problem;
    private readonly LearningRateSchedule _schedule;
    private readonly Encoder _encoder;
    private readonly PretrainingHeads _heads;
    private readonly Tensor[] _gradients;
    private readonly AdamW[] _optimisers;
    private double _lossSum;
    private long _lossCount;

    public TorchEncoderJob(EncoderPretrainingProblem problem, string engine, Device device)
    {
        (_problem, Engine, _schedule) = (problem, engine, problem.Schedule);
        _encoder = new Encoder(problem.Shape, problem.Encoder, problem.Options.Dropout, device, problem.Options.Precision);
        _heads = new PretrainingHeads(problem.Shape, problem.Heads, problem.Options.Dropout, device, problem.Options.Precision);
        _gradients = [_encoder.GatherGradients(), _heads.GatherGradients()];
        var options = new OptimiserOptions { WeightDecay = problem.Options.WeightDecay };
        _optimisers = [new AdamW(_encoder.Flat, options, DecayOf(problem.Encoder)), new AdamW(_heads.Flat, options, DecayOf(problem.Heads))];
    }

    public string Name => _problem.Name;
    public string Engine { get; }
    public int StepsPerEpoch => _problem.StepsPerEpoch;
    public long TotalSteps => _problem.TotalSteps;
    public EncoderWeights Encoder => _encoder.ToWeights();
    public EncoderWeights Heads => _heads.ToWeights();

    public void Advance(long step, int count)
    {
        for (var end = step + count; step < end; step++)
        {
            using var scope = NewDisposeScope();
            if (_problem.Options.Dropout > 0) manual_seed((long)(new RandomStream(_problem.Seed, "dropout", step).NextUInt64() >> 1));
            var (loss, weight) = (0.0, 1.0 / _problem.CountOf(step));
            foreach (var gradient in _gradients) gradient.zero_();
            foreach (var batch in _problem.BatchesOf(step))
            {
                using var sum = Losses(batch).Sum(_problem.Options.DescriptorWeight) * weight;
                sum.backward();
                loss += sum.ToDouble();
            }
            if (!double.IsFinite(loss)) throw new NonFiniteLossException(step, $"{Name}, epoch {step / StepsPerEpoch + 1}");
            Clip();
            foreach (var (optimiser, gradient) in _optimisers.Zip(_gradients)) optimiser.Step(gradient, step, _schedule.At(step));
            _lossSum += loss;
            _lossCount++;
        }
    }

    public double TakeMeanLoss()
    {
        var mean = _lossSum / _lossCount;
        (_lossSum, _lossCount) = (0, 0);
        return mean;
    }

    public EncoderLosses Measure(IEnumerable<EncoderBatch> batches)
    {
        using var silent = no_grad();
        _encoder.eval();
        _heads.eval();
        var mean = new MeanEncoderLosses();
        foreach (var batch in batches)
        {
            using var scope = NewDisposeScope();
            var losses = Losses(batch);
            mean.Add(
                new EncoderLosses(
                    losses.Masked.ToDouble(), batch.Masked.Positions.Length, (int)losses.RightTokens.ToInt64(),
                    losses.Descriptors?.ToDouble() ?? 0, losses.SameMolecule?.ToDouble() ?? 0, (int)(losses.RightPairs?.ToInt64() ?? 0)),
                batch);
        }
        _encoder.train();
        _heads.train();
        return mean.Value;
    }

    public IReadOnlyList<NamedTensor> Save()
    {
        using var scope = NewDisposeScope();
        return
        [
            .. Encoder.ToTensors(), .. Heads.ToTensors(),
            .. TrainingTensors.Prefixed("encoder.", _optimisers[0].Save()), .. TrainingTensors.Prefixed("heads.", _optimisers[1].Save()),
            NamedTensor.Of("loss.sum", [_lossSum], 1), NamedTensor.Of("loss.count", [_lossCount], 1),
        ];
    }

    public void Load(IReadOnlyDictionary<string, NamedTensor> state)
    {
        using var scope = NewDisposeScope();
        var encoder = EncoderWeights.From(_problem.Encoder.Parameters, state);
        var heads = EncoderWeights.From(_problem.Heads.Parameters, state);
        var moments = new[] { "encoder.", "heads." }.Zip(_optimisers, (prefix, optimiser) => optimiser.Load(TrainingTensors.Unprefixed(prefix, state))).ToArray();
        var (sum, count) = (state.Doubles("loss.sum", 1)[0], state.Longs("loss.count", 1)[0]);
        using var silent = no_grad();
        _encoder.Flat.copy_(tensor(encoder.Values));
        _heads.Flat.copy_(tensor(heads.Values));
        foreach (var load in moments) load();
        (_lossSum, _lossCount) = (sum, count);
    }

    public void Dispose()
    {
        foreach (var owned in (IDisposable[])[.. _gradients, .. _optimisers, _encoder, _heads]) owned.Dispose();
    }

    private EncoderLoss Losses(EncoderBatch batch)
    {
        var device = _encoder.Flat.device;
        var descriptors = batch.Descriptors == null ? null : tensor(batch.Descriptors, [batch.Tokens.Sequences, _problem.Descriptors], device: device);
        var same = batch.SameMolecule == null ? null : tensor(Array.ConvertAll(batch.SameMolecule, label => (long)label), device: device);
        return EncoderLoss.Of(_encoder, _heads, batch.Masked, descriptors, same);
    }

    /// <summary>As PyTorch's clip_grad_norm_ does it: by the norm over all parameters, plus 1e-6.</summary>
    private void Clip()
    {
        if (double.IsPositiveInfinity(_problem.GreatestNorm)) return;
        var norm = Math.Sqrt(_gradients.Sum(gradient => gradient.pow(2).sum().ToDouble()));
        if (norm + 1e-6 <= _problem.GreatestNorm) return;
        foreach (var gradient in _gradients) gradient.mul_(_problem.GreatestNorm / (norm + 1e-6));
    }

    /// <summary>[floats]: 1 for parameters that are decayed, else 0.</summary>
    private static float[] DecayOf(EncoderWeights weights) =>
        [.. weights.Parameters.SelectMany(parameter => Enumerable.Repeat(parameter.IsDecayed ? 1f : 0f, parameter.Length))];
}
