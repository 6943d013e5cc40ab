namespace W2S.Training.Fused;

/// <summary>
/// What works on one part of a batch: passes, gradients and memory of its own over weights that all parts share. The transposed
/// weights are its own as well: what one core writes and another has read costs more than transposing.
/// </summary>
internal sealed unsafe class EncoderPart : IDisposable
{
    private readonly EncoderMemory _memory;
    private readonly AlignedMemory _transposed;
    private readonly EncoderBlock _block = new();

    public EncoderPart(PaddedEncoder layout, InstructionSet instructions, float* weights)
    {
        _memory = new EncoderMemory(layout);
        (Gradients, _transposed) = (new AlignedMemory(layout.Length), new AlignedMemory(layout.Length));
        Pass = EncoderPass.Of(instructions, layout, _memory, weights, _transposed.Floats);
    }

    public EncoderPass Pass { get; }

    /// <summary>As <see cref="PaddedEncoder"/> lays them out.</summary>
    public AlignedMemory Gradients { get; }

    /// <summary>Sums over the sequences of the last <see cref="AddGradients"/>.</summary>
    public EncoderPass.BlockLosses Losses { get; private set; }

    /// <summary>Whether the weights have changed since they were transposed.</summary>
    public bool IsStale { get; set; } = true;

    /// <summary>The losses of the sequences [first, end), and their part of the gradients.</summary>
    public void AddGradients(
        PackedTokens batch, int first, int end, int blockTokens, EncoderTargets targets, EncoderPass.LossShares shares, bool needsFirst)
    {
        if (IsStale) Pass.Transpose();
        IsStale = false;
        var sum = new EncoderPass.BlockLosses();
        for (; first < end; first += _block.Sequences)
        {
            _block.Take(batch, first, end, blockTokens, targets.Masked, needsFirst, needsAll: false);
            sum += Pass.AddGradients(_block, targets, shares, Gradients.Floats);
        }
        Losses = sum;
    }

    /// <summary>Writes the features of all sequences into <paramref name="features"/>, [sequences, hidden].</summary>
    public void Features(PackedTokens batch, int blockTokens, EncoderPooling pooling, float[] features)
    {
        var hidden = features.Length / batch.Sequences;
        for (var first = 0; first < batch.Sequences; first += _block.Sequences)
        {
            _block.Take(
                batch, first, batch.Sequences, blockTokens, masked: null, needsFirst: true,
                needsAll: pooling is EncoderPooling.Mean or EncoderPooling.Max);
            Pass.Features(_block, pooling, features.AsSpan(first * hidden));
        }
    }

    public void Dispose()
    {
        _memory.Dispose();
        _transposed.Dispose();
        Gradients.Dispose();
    }
}
