namespace W2S.Training.Fused;

/// <summary>The passes over one block of sequences, for one instruction set.</summary>
internal abstract unsafe class EncoderPass
{
    /// <summary>Transposes the weights anew, after they have changed.</summary>
    public abstract void Transpose();

    /// <summary>Losses of the block as sums, not means, and its part of the gradients.</summary>
    public abstract BlockLosses AddGradients(EncoderBlock block, EncoderTargets targets, LossShares shares, float* gradients);

    /// <summary>[sequences of the block, hidden].</summary>
    public abstract void Features(EncoderBlock block, EncoderPooling pooling, Span<float> features);

    /// <summary>One AdamW step of a region's weights, on gradients times a factor.</summary>
    /// <param name="first">First moments; like the second ones and the gradients as <see cref="PaddedEncoder"/> lays them out.</param>
    /// <param name="isShared">Whether other cores read the weights.</param>
    public abstract void Update(
        PaddedEncoder.Region region, float* first, float* second, float* gradients, float factor, AdamWStep step, bool isShared);

    /// <summary>What one answer's loss counts in the total: 1 / number of answers in the batch.</summary>
    public readonly record struct LossShares(float Masked, float Descriptors, float SameMolecule);

    /// <summary>Sums of a block's losses.</summary>
    public readonly record struct BlockLosses(double Masked, int RightTokens, double Descriptors, double SameMolecule, int RightPairs)
    {
        public static BlockLosses operator +(BlockLosses a, BlockLosses b) => new(
            a.Masked + b.Masked, a.RightTokens + b.RightTokens, a.Descriptors + b.Descriptors, a.SameMolecule + b.SameMolecule,
            a.RightPairs + b.RightPairs);
    }
}
