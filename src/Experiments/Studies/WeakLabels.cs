using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Numerics.Tensors;

namespace W2S.Experiments;

/// <summary>
/// What becomes of the weak model's probabilities before the student learns from them; the weak model itself stays as it is.
/// </summary>
public sealed record WeakLabelOptions
{
    [Description("Temperature τ of weak labels of classes, p^(1/τ) made to sum to 1: below 1 over-confident, above 1 under-confident.")]
    [Range(0.0, 1e6, MinimumIsExclusive = true)]
    public double Temperature { get; init; } = 1;

    [Description("Whether weak labels of classes are hardened to the likeliest class.")]
    public bool Hard { get; init; }

    /// <summary>The labels that the student is given: those of the weak model to the bit where nothing is asked for.</summary>
    /// <param name="predictions">[cells, samples, classes].</param>
    public Targets Of(Targets predictions)
    {
        if (Temperature == 1 && !Hard) return predictions;
        var labels = Hard ? new Targets(predictions.Cells, predictions.Samples, predictions.Outputs)
            : TemperatureScaling.At(Temperature, predictions);
        if (!Hard) return labels;
        for (var row = 0; row < labels.Values.Length; row += labels.Outputs)
            labels.Values[row + TensorPrimitives.IndexOfMax<double>(predictions.Values.AsSpan(row, labels.Outputs))] = 1;
        return labels;
    }
}
