using W2S.Data;
using W2S.Training;

namespace W2S.Experiments;

/// <summary>Features and labels without an encoder.</summary>
internal static class HeadExamples
{
    public static MoleculeHeads Heads(MoleculeHeadOptions? options = null) => new(options ?? new MoleculeHeadOptions(), seed: 0, "cpu", threads: 1, checkpoints: null, RunServices.Silent);

    public static MoleculeHeadOptions Descent(int epochs, double decay = 0) =>
        new() { Solver = HeadSolver.AdamW, Optimiser = new OptimiserOptions { Batch = 16, Epochs = epochs, WeightDecay = decay, LearningRate = 3e-3 } };

    /// <summary>Random features, and labels that are linear in them but for noise: feature u has spread 1/(1 + u), all share a part.</summary>
    public static (MoleculeFeatures Features, double[] Labels) Draw(int molecules, int width, double noise, long seed = 1)
    {
        var random = new RandomStream(seed, "head examples");
        var (values, labels) = (new float[molecules * width], new double[molecules]);
        for (var molecule = 0; molecule < molecules; molecule++)
        {
            var common = random.NextNormal();
            for (var unit = 0; unit < width; unit++)
            {
                values[molecule * width + unit] = (float)((random.NextNormal() + 0.5 * common) / (1 + unit));
                labels[molecule] += values[molecule * width + unit] * (unit % 2 == 0 ? 1 : -0.5);
            }
            labels[molecule] += 3 + noise * random.NextNormal();
        }
        return (new MoleculeFeatures("drawn", width, values), labels);
    }

    public static int[] Rows(int from, int to) => [.. Enumerable.Range(from, to - from)];
}
