namespace W2S.Training.Fused;

/// <summary>The passes over one block of sequences, for one instruction set.</summary>
internal abstract unsafe class EncoderPass
{
    /// <summary>Writes each matrix of <paramref name="weights"/> transposed to the same place of <paramref name="transposed"/>.</summary>
    public abstract void Transpose(PaddedEncoder layout, float* weights, float* transposed);

    /// <summary>Losses of the block as sums, not means, and its part of the gradients.</summary>
    public abstract BlockLosses AddGradients(EncoderBlock block, EncoderTargets targets, LossShares shares, float* gradients);

    /// <summary>[sequences of the block, hidden].</summary>
    public abstract void Features(EncoderBlock block, EncoderPooling pooling, Span<float> features);

    /// <summary>One AdamW step over part of the padded memory, on gradients times a factor.</summary>
    public abstract void Update(float* parameters, float* first, float* second, float* gradients, int length, float factor, AdamWStep* step);
}

/// <summary>What one answer's loss counts in the total: 1 / number of answers in the batch.</summary>
internal readonly record struct LossShares(float Masked, float Descriptors, float SameMolecule);

/// <summary>Sums of a block's losses.</summary>
internal readonly record struct BlockLosses(double Masked, int RightTokens, double Descriptors, double SameMolecule, int RightPairs)
{
    public static BlockLosses operator +(BlockLosses a, BlockLosses b) => new(
        a.Masked + b.Masked, a.RightTokens + b.RightTokens, a.Descriptors + b.Descriptors, a.SameMolecule + b.SameMolecule, a.RightPairs + b.RightPairs);
}
