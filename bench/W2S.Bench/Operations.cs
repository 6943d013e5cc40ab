using W2S.Models;

namespace W2S.Bench;

/// <summary>
/// Floating-point operations that the arithmetic itself needs, a multiply-add counted as two; optimiser, shuffles and checks are not
/// counted.
/// </summary>
internal static class Operations
{
    /// <summary>An epoch's batches of 32 hold 2000 / 63 samples on average, for the last one is partial.</summary>
    public static double SamplesPerStep(int samples = Problems.Samples, int batch = 32) => samples / Math.Ceiling((double)samples / batch);

    /// <summary>Forward and weight gradient for all layers, deltas for all but the lowest.</summary>
    public static double RepresentationStep(MlpShape shape)
    {
        double multiplyAdds = 0;
        for (var layer = 0; layer < shape.Depth; layer++)
            multiplyAdds += (layer == 0 ? 2.0 : 3.0) * shape.FanIn(layer) * shape.FanOut(layer);
        return 2 * multiplyAdds * SamplesPerStep();
    }

    /// <summary>Prediction and gradient, for one task.</summary>
    public static double HeadStep(int width) => 4.0 * width * SamplesPerStep();

    /// <summary>Logits and gradient of so many classes, for one task; exponentials are not counted.</summary>
    public static double SoftmaxHeadStep(int width, int classes) => classes * HeadStep(width);

    public static double Features(MlpShape shape, double samples) =>
        2 * samples * Enumerable.Range(0, shape.Depth).Sum(layer => (double)shape.FanIn(layer) * shape.FanOut(layer));

    /// <summary>The features' products with each other, half of them by symmetry, and with the labels, for one task.</summary>
    public static double ExactHeads(int width, double samples) => samples * width * (width + 1) + 2 * samples * width;
}
