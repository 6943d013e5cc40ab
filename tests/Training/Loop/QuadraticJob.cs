using W2S.Data;
using W2S.Models;

namespace W2S.Training.Tests;

/// <summary>
/// A small but real training: gradient descent with momentum on a noisy quadratic, whose noise is a function of the
/// step. Its loss and its state are in floating point, so every reordering would show in the bits.
/// </summary>
internal sealed class QuadraticJob(long totalSteps, int width = 5, Action<long>? beforeStep = null) : ITrainingJob
{
    private readonly double[] _position = [.. Enumerable.Range(1, width).Select(i => 1.0 / i)];
    private readonly double[] _momentum = new double[width];
    private double _lossSum;
    private long _lossCount;

    public string Name => "a quadratic";
    public string Engine => "test";
    public int StepsPerEpoch => 10;
    public long TotalSteps => totalSteps;

    /// <summary>The lengths of all chunks so far.</summary>
    public List<int> Chunks { get; } = [];

    public void Advance(long step, int count)
    {
        Chunks.Add(count);
        for (var current = step; current < step + count; current++)
        {
            beforeStep?.Invoke(current);
            var noise = new RandomStream(7, "quadratic", current);
            double loss = 0;
            for (var i = 0; i < _position.Length; i++)
            {
                var gradient = _position[i] + 0.1 * noise.NextNormal();
                loss += gradient * gradient;
                _momentum[i] = 0.9 * _momentum[i] + gradient;
                _position[i] -= 0.01 * _momentum[i];
            }
            if (!double.IsFinite(loss)) throw new NonFiniteLossException(current, Name);
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

    public IReadOnlyList<NamedTensor> Save() =>
    [
        NamedTensor.Of("position", _position, _position.Length),
        NamedTensor.Of("momentum", _momentum, _momentum.Length),
        NamedTensor.Of("loss_sum", [_lossSum], 1),
        NamedTensor.Of("loss_count", [_lossCount], 1),
    ];

    public void Load(IReadOnlyDictionary<string, NamedTensor> state)
    {
        var position = state.Doubles("position", _position.Length);
        var momentum = state.Doubles("momentum", _momentum.Length);
        var (sum, count) = (state.Doubles("loss_sum", 1)[0], state.Longs("loss_count", 1)[0]);
        position.CopyTo(_position);
        momentum.CopyTo(_momentum);
        (_lossSum, _lossCount) = (sum, count);
    }

    public void Dispose() { }
}
