using System.Numerics.Tensors;
using W2S.Training.Objectives;

namespace W2S.Training;

/// <summary>
/// A softmax head on frozen features, in float64: the logit of class k is w_k·h + b_k. One number added to the logits of all
/// classes changes nothing, so weights and biases sum to 0 over the classes.
/// </summary>
/// <param name="Weights">[classes, width].</param>
/// <param name="Biases">[classes]; all 0 for a head without bias.</param>
public sealed record SoftmaxHead(double[] Weights, double[] Biases)
{
    /// <summary>Logits that it gives.</summary>
    public int Classes => Biases.Length;

    /// <summary>Features that it reads.</summary>
    public int Width => Weights.Length / Biases.Length;

    /// <summary>[width]: the weights of one class's logit.</summary>
    public ReadOnlySpan<double> Weight(int label) => Weights.AsSpan(label * Width, Width);

    /// <summary>Features [samples, width] → logits [samples, classes].</summary>
    /// <exception cref="ArgumentException">The features are no rows of this width.</exception>
    public double[] Logits(ReadOnlySpan<double> features)
    {
        if (features.Length % Width != 0)
            throw new ArgumentException($"{features.Length} values are no rows of width {Width}.", nameof(features));
        var logits = new double[features.Length / Width * Classes];
        for (var index = 0; index < logits.Length; index++)
        {
            var (row, label) = (index / Classes, index % Classes);
            logits[index] = TensorPrimitives.Dot(features.Slice(row * Width, Width), Weight(label)) + Biases[label];
        }
        return logits;
    }

    /// <summary>Features [samples, width] → probabilities [samples, classes].</summary>
    /// <exception cref="ArgumentException">The features are no rows of this width.</exception>
    public double[] Predict(ReadOnlySpan<double> features)
    {
        var rows = Logits(features);
        for (var row = 0; row < rows.Length; row += Classes)
        {
            var probabilities = rows.AsSpan(row, Classes);
            Link.Softmax.Apply(probabilities, probabilities);
        }
        return rows;
    }
}
