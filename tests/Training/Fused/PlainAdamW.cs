using W2S.Training;

namespace W2S.Training.Tests.Fused;

/// <summary>AdamW on one number in double precision, as PyTorch's single-tensor form writes it.</summary>
internal static class PlainAdamW
{
    public static void Update(
        OptimiserOptions options, long step, ref double parameter, ref double first, ref double second, double gradient)
    {
        parameter *= 1 - options.LearningRate * options.WeightDecay;
        first = options.Beta1 * first + (1 - options.Beta1) * gradient;
        second = options.Beta2 * second + (1 - options.Beta2) * gradient * gradient;
        var correction1 = 1 - Math.Pow(options.Beta1, step + 1);
        var correction2 = 1 - Math.Pow(options.Beta2, step + 1);
        parameter -= options.LearningRate / correction1 * first / (Math.Sqrt(second) / Math.Sqrt(correction2) + options.Epsilon);
    }
}
