using W2S.Data;
using W2S.Training.Objectives;

namespace W2S.Experiments;

/// <summary>An objective's predictions, of the outputs of heads.</summary>
internal static class Predictions
{
    /// <param name="outputs">[cells, samples, outputs].</param>
    /// <returns>[cells, samples, targets].</returns>
    public static Targets Of(Objective objective, Targets outputs, int targets)
    {
        var predictions = new Targets(outputs.Cells, outputs.Samples, targets);
        for (var row = 0; row < outputs.Cells * outputs.Samples; row++)
            objective.Predict(outputs.Values.AsSpan(row * outputs.Outputs, outputs.Outputs), predictions.Values.AsSpan(row * targets, targets));
        return predictions;
    }
}
