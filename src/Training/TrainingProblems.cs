using W2S.Training.Objectives;

namespace W2S.Training;

/// <summary>
/// Representation learning with known heads (2405.15116, section 5.1): only the representation moves, the mean squared
/// error is taken batch by batch. In each epoch the tasks follow one another in fixed order, each through all its batches,
/// in the order that <see cref="EpochOrder"/> gives for (seed, stream, epoch, task).
/// </summary>
/// <param name="Initial">The weights at step 0.</param>
/// <param name="Inputs">[T, N_r, inputs].</param>
/// <param name="Labels">[T, N_r, 1].</param>
/// <param name="Heads">The T frozen heads on the representation; they never change.</param>
/// <param name="Seed">Seed of the shuffles.</param>
/// <param name="Stream">Name of the shuffles' stream.</param>
public sealed record PretrainingProblem(
    string Name, MlpWeights Initial, TaskSamples Inputs, TaskSamples Labels, LinearHeads Heads, OptimiserOptions Optimiser, long Seed,
    string Stream)
{
    /// <summary>In one epoch, the smaller last one counted.</summary>
    public int BatchesPerTask => (Inputs.Samples + Optimiser.Batch - 1) / Optimiser.Batch;

    /// <summary>Optimiser steps of an epoch; batches are accumulated across tasks.</summary>
    public int StepsPerEpoch => Optimiser.StepsPerEpoch(BatchesPerTask * Inputs.Tasks);
}

/// <summary>
/// Fitting one head per task on features that were computed once. Step s of every task uses the same sample numbers,
/// in the order that <see cref="EpochOrder"/> gives for (seed, stream, epoch, 0): the samples themselves differ.
/// </summary>
/// <param name="Initial">The heads at step 0.</param>
/// <param name="Features">[tasks, samples, width].</param>
/// <param name="Labels">[tasks, samples, targets].</param>
public sealed record HeadProblem(
    string Name, LinearHeads Initial, TaskSamples Features, TaskSamples Labels, OptimiserOptions Optimiser, long Seed, string Stream)
{
    /// <summary>What is minimised, the mean over the samples of a batch; its link makes predictions of the heads' outputs.</summary>
    public Objective Objective { get; init; } = new Squared();

    /// <summary>Where blocks below the heads train with them: what of the rate they learn by.</summary>
    internal double BlockRate { get; init; } = 1;

    /// <summary>Optimiser steps of an epoch; all tasks step together.</summary>
    public int StepsPerEpoch => Optimiser.StepsPerEpoch((Features.Samples + Optimiser.Batch - 1) / Optimiser.Batch);

    /// <summary>Of all epochs.</summary>
    public long TotalSteps => (long)StepsPerEpoch * Optimiser.Epochs;

    /// <exception cref="ArgumentException">Heads, labels and objective do not fit one another.</exception>
    public void Check()
    {
        if (Initial.Outputs != Objective.Outputs(Labels.Width))
            throw new ArgumentException($"{Name}: {Objective.Name} on {Labels.Width} targets needs heads with "
                + $"{Objective.Outputs(Labels.Width)} outputs, not {Initial.Outputs}.");
        if ((Features.Tasks, Features.Samples, Features.Width) != (Initial.Tasks, Labels.Samples, Initial.Width)
            || Labels.Tasks != Initial.Tasks)
            throw new ArgumentException($"{Name}: heads [{Initial.Tasks}, {Initial.Width}], features [{Features.Tasks}, "
                + $"{Features.Samples}, {Features.Width}] and labels [{Labels.Tasks}, {Labels.Samples}, {Labels.Width}] do not fit one "
                + "another.");
    }
}

/// <summary>The order of samples in an epoch, the same for every engine.</summary>
internal static class EpochOrder
{
    /// <summary>Fills <paramref name="order"/> with the permutation of 0 .. Length − 1 for this epoch and task.</summary>
    public static void Fill(Span<int> order, long seed, string stream, long epoch, int task, int tasks) =>
        new RandomStream(seed, stream, epoch * tasks + task).Permutation(order);
}

/// <summary>
/// Does the arithmetic: trains representations, computes features, fits heads. Engines agree up to the order of summation.
/// </summary>
public interface IEngine
{
    /// <summary>"fused (AVX-512)", "torch (cpu)": shown in the report.</summary>
    string Name { get; }

    /// <summary>A job that trains a representation from tasks with known heads.</summary>
    IRepresentationJob Pretrain(PretrainingProblem problem);

    /// <summary>The frozen representation's features: inputs [tasks, samples, inputs] → [tasks, samples, outputs].</summary>
    TaskSamples Features(MlpWeights representation, TaskSamples inputs);

    /// <summary>A job that fits the heads of all tasks at once.</summary>
    IHeadJob FitHeads(HeadProblem problem);

    /// <summary>A job that trains a representation.</summary>
    public interface IRepresentationJob : ITrainingJob
    {
        /// <summary>The weights as they are now.</summary>
        MlpWeights Weights { get; }
    }

    /// <summary>A job that fits heads.</summary>
    public interface IHeadJob : ITrainingJob
    {
        /// <summary>The heads as they are now.</summary>
        LinearHeads Heads { get; }
    }

    /// <summary>Which engine is asked for.</summary>
    public enum Choice
    {
        /// <summary>The fastest engine that can do the job.</summary>
        Auto,

        /// <summary>Kernels on the processor.</summary>
        Fused,

        /// <summary>TorchSharp.</summary>
        Torch,
    }
}
