using W2S.Models;

namespace W2S.Experiments;

/// <summary>
/// A linear head, y = w·z + b, in the units of the representation and of the labels. In float64: features may lie in a
/// narrow band around a large mean, where weights are large and their sum cancels.
/// </summary>
public sealed class MoleculeHead(double[] weights, double bias)
{
    private const string WeightName = "weight", BiasName = "bias";

    /// <summary>[width].</summary>
    public IReadOnlyList<double> Weights => weights;

    public double Bias => bias;

    /// <summary>What it says about every molecule, from clean features.</summary>
    public double[] Predict(MoleculeFeatures features)
    {
        if (features.Width != weights.Length)
            throw new ArgumentException($"A head of {weights.Length} weights cannot read the {features.Width} features of {features.Encoder}.", nameof(features));
        var predictions = new double[features.Molecules];
        for (var molecule = 0; molecule < predictions.Length; molecule++)
        {
            var row = features.Clean.AsSpan(molecule * weights.Length, weights.Length);
            var sum = bias;
            for (var unit = 0; unit < row.Length; unit++) sum += weights[unit] * row[unit];
            predictions[molecule] = sum;
        }
        return predictions;
    }

    /// <param name="prefix">Put before the names weight and bias.</param>
    public IReadOnlyList<NamedTensor> ToTensors(string prefix = "") =>
        [NamedTensor.Of(prefix + WeightName, weights, weights.Length), NamedTensor.Of(prefix + BiasName, [bias], 1)];

    /// <exception cref="InvalidDataException">A tensor is missing or of another shape.</exception>
    public static MoleculeHead From(IReadOnlyDictionary<string, NamedTensor> tensors, int width, string prefix = "") =>
        new(tensors.Doubles(prefix + WeightName, width).ToArray(), tensors.Doubles(prefix + BiasName, 1)[0]);
}
