using System.Runtime.CompilerServices;

namespace W2S.Training.Fused;

/// <summary>
/// Attention of one layer, a sequence and a head at a time, so that everything it touches lies in the first-level cache.
/// Sequences are taken in order: a product writes whole tiles of rows, and what is too much belongs to the next sequence,
/// which overwrites it.
/// </summary>
internal sealed unsafe class AttentionPass<TSimd, TVector>(PaddedEncoder layout, EncoderMemory memory)
    where TSimd : struct, ISimd<TVector> where TVector : unmanaged
{
    private readonly float _scale = (float)(1 / Math.Sqrt(layout.Shape.HeadSize));

    /// <param name="offsets">Where each sequence's rows (queries) begin; null: every token is a row.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Forward(in EncoderMemory.Layer layer, EncoderBlock block, int[]? offsets)
    {
        nint attention = layout.AttentionWidth, head = layout.HeadWidth, keyStride = 2 * attention;
        var probabilities = layer.Probabilities;
        for (var sequence = 0; sequence < block.Sequences; sequence++)
        {
            var (start, length) = (block.Start(sequence), block.Length(sequence));
            var firstRow = offsets?[sequence] ?? start;
            var rows = (offsets?[sequence + 1] ?? start + length) - firstRow;
            if (rows == 0) continue;
            nint width = layout.Pad(length);
            for (nint column = 0; column < width; column++) memory.Penalties[column] = column < length ? 0 : EncoderMemory.Never;
            for (nint column = 0; column < attention; column += head)
            {
                var keys = layer.KeysAndValues + start * keyStride + column;
                var values = keys + attention;
                RowWork<TSimd, TVector>.Transpose(keys, keyStride, width, head, memory.KeysTransposed, width);
                MatrixProduct<TSimd, TVector>.Run(
                    Strided.RowMajor(layer.Queries + firstRow * attention + column, attention), rows, memory.KeysTransposed, width, width,
                    layout.Shape.HeadSize, null, new Finishes.Keep<TSimd, TVector> { Target = probabilities, Stride = width });
                for (var row = 0; row < rows; row++)
                    RowWork<TSimd, TVector>.Softmax(probabilities + row * width, width, _scale, memory.Penalties, out _, out _);
                MatrixProduct<TSimd, TVector>.Run(
                    Strided.RowMajor(probabilities, width), rows, values, keyStride, head, length, null,
                    new Finishes.Keep<TSimd, TVector> { Target = layer.Context + firstRow * attention + column, Stride = attention });
                probabilities += AlignedMemory.RoundUp(rows, MatrixProduct<TSimd, TVector>.Rows) * width;
            }
        }
    }

    /// <summary>From <see cref="EncoderMemory.ContextDeltas"/> to those of queries, keys and values.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Backward(in EncoderMemory.Layer layer, EncoderBlock block, int[]? offsets)
    {
        nint attention = layout.AttentionWidth, head = layout.HeadWidth, keyStride = 2 * attention;
        var probabilities = layer.Probabilities;
        for (var sequence = 0; sequence < block.Sequences; sequence++)
        {
            var (start, length) = (block.Start(sequence), block.Length(sequence));
            var firstRow = offsets?[sequence] ?? start;
            var rows = (offsets?[sequence + 1] ?? start + length) - firstRow;
            nint width = layout.Pad(length);
            for (nint column = 0; column < attention; column += head)
            {
                var keys = layer.KeysAndValues + start * keyStride + column;
                var contextDeltas = memory.ContextDeltas + firstRow * attention + column;
                var keyDeltas = memory.KeyValueDeltas + start * keyStride + column;
                MatrixProduct<TSimd, TVector>.Run( // values: probabilitiesᵀ · context
                    Strided.Transposed(probabilities, width), length, contextDeltas, attention, head, rows, null,
                    new Finishes.Keep<TSimd, TVector> { Target = keyDeltas + attention, Stride = keyStride });
                if (rows > 0)
                {
                    RowWork<TSimd, TVector>.Transpose(keys + attention, keyStride, width, head, memory.ValuesTransposed, width);
                    MatrixProduct<TSimd, TVector>.Run(
                        Strided.RowMajor(contextDeltas, attention), rows, memory.ValuesTransposed, width, width, layout.Shape.HeadSize,
                        null, new Finishes.Keep<TSimd, TVector> { Target = memory.ScoreDeltas, Stride = width });
                    for (var row = 0; row < rows; row++) BelowSoftmax(probabilities + row * width, memory.ScoreDeltas + row * width, width);
                    MatrixProduct<TSimd, TVector>.Run(
                        Strided.RowMajor(memory.ScoreDeltas, width), rows, keys, keyStride, head, length, null,
                        new Finishes.Keep<TSimd, TVector>
                        {
                            Target = memory.QueryDeltas + firstRow * attention + column, Stride = attention,
                        });
                }
                MatrixProduct<TSimd, TVector>.Run(
                    Strided.Transposed(memory.ScoreDeltas, width), length, layer.Queries + firstRow * attention + column, attention, head,
                    rows, null,
                    new Finishes.Keep<TSimd, TVector> { Target = keyDeltas, Stride = keyStride });
                probabilities += AlignedMemory.RoundUp(rows, MatrixProduct<TSimd, TVector>.Rows) * width;
            }
        }
    }

    /// <summary>Deltas of probabilities become deltas of unscaled scores: p · (δ − Σ p·δ) · scale.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void BelowSoftmax(float* probabilities, float* deltas, nint width)
    {
        var product = TSimd.Zero;
        for (nint column = 0; column < width; column += TSimd.Lanes)
            product = TSimd.MultiplyAdd(TSimd.Load(probabilities + column), TSimd.Load(deltas + column), product);
        var (mean, scale) = (TSimd.Broadcast(TSimd.Sum(product)), TSimd.Broadcast(_scale));
        for (nint column = 0; column < width; column += TSimd.Lanes)
        {
            var share = TSimd.Multiply(TSimd.Load(probabilities + column), scale);
            TSimd.Store(deltas + column, TSimd.Multiply(share, TSimd.Subtract(TSimd.Load(deltas + column), mean)));
        }
    }
}
