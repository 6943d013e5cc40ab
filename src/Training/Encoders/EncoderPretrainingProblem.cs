namespace W2S.Training;

/// <summary>
/// Pretraining of an encoder on MolBERT's tasks: masked tokens always, descriptors and pairs where asked for. The losses are summed.
/// </summary>
/// <param name="Encoder">The weights at step 0.</param>
/// <param name="Heads">Those of the pretraining heads.</param>
/// <param name="Batches">What each step sees.</param>
/// <param name="Seed">Of the chance that is not the batches': dropout.</param>
internal sealed record EncoderPretrainingProblem(
    string Name, EncoderShape Shape, EncoderWeights Encoder, EncoderWeights Heads, EncoderBatches Batches,
    EncoderPretrainingOptions Options, long Seed)
{
    /// <summary>Optimiser steps of an epoch.</summary>
    public int StepsPerEpoch => Options.StepsPerEpoch(Batches.Count);

    public long TotalSteps => (long)StepsPerEpoch * Options.Epochs;

    /// <summary>Outputs of the descriptor head; 0: there is none.</summary>
    public int Descriptors => Batches.DescriptorCount;

    /// <summary>Whether there is a head that tells pairs of one molecule from others.</summary>
    public bool HasPairs => Batches.HasPairs;

    /// <summary>The batches of a step: <see cref="OptimiserOptions.Accumulate"/> of them, fewer at the end of an epoch.</summary>
    public IEnumerable<EncoderBatch> BatchesOf(long step)
    {
        var (epoch, first) = Math.DivRem(step, StepsPerEpoch);
        var begin = (int)first * Options.Accumulate;
        for (var batch = begin; batch < Math.Min(begin + Options.Accumulate, Batches.Count); batch++) yield return Batches[epoch, batch];
    }

    /// <summary>How many batches a step has.</summary>
    public int CountOf(long step) => Math.Min(Options.Accumulate, Batches.Count - (int)(step % StepsPerEpoch) * Options.Accumulate);
}

/// <summary>Does the arithmetic of encoders. Engines agree up to the order of summation.</summary>
internal interface IEncoderEngine
{
    /// <summary>"fused (AVX-512)", "torch (cuda)": shown in reports, and part of a trained encoder's identity.</summary>
    string Name { get; }

    IJob Pretrain(EncoderPretrainingProblem problem);

    /// <summary>A job that pretrains an encoder.</summary>
    public interface IJob : ITrainingJob
    {
        /// <summary>The weights as they are now.</summary>
        EncoderWeights Encoder { get; }

        /// <summary>Those of the pretraining heads.</summary>
        EncoderWeights Heads { get; }

        /// <summary>The weights' losses on batches, weighted by what each batch asks; nothing is learned.</summary>
        EncoderBatch.Losses Measure(IEnumerable<EncoderBatch> batches);
    }
}
