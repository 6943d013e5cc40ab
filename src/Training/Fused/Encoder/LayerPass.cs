using System.Runtime.CompilerServices;

namespace W2S.Training.Fused;

/// <summary>One transformer layer forward and backward, over the tokens of a block.</summary>
/// <param name="weights">As <see cref="PaddedEncoder"/> lays them out.</param>
/// <param name="transposed">Each matrix of the weights transposed, where it stands.</param>
internal sealed unsafe class LayerPass<TSimd, TVector>(PaddedEncoder layout, EncoderMemory memory, float* weights, float* transposed)
    where TSimd : struct, ISimd<TVector> where TVector : unmanaged
{
    private readonly float _scale = (float)(1 / Math.Sqrt(layout.Shape.HeadSize));
    private readonly nint _width = layout.Width, _attentionWidth = layout.AttentionWidth;

    /// <param name="needed">Whether only the block's needed tokens get an output.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Forward(PaddedEncoder.Layer map, in EncoderMemory.Layer layer, EncoderBlock block, bool needed)
    {
        int tokens = block.Tokens, rows = needed ? block.NeededCount : tokens;
        if (needed)
            for (var row = 0; row < rows; row++)
                RowWork<TSimd, TVector>.Copy(layer.Input + block.Needed[row] * _width, layer.Rows + row * _width, _width);
        var input = needed ? layer.Rows : layer.Input;

        var attention = map.Attention;
        Product(
            input, rows, _width, weights + attention.Weight, attention.Columns, _attentionWidth, layout.Shape.HiddenSize,
            weights + attention.Bias, layer.Queries, _attentionWidth);
        Product(layer.Input, tokens, _width, weights + attention.Weight + _attentionWidth, attention.Columns, 2 * _attentionWidth,
            layout.Shape.HiddenSize, weights + attention.Bias + _attentionWidth, layer.KeysAndValues, 2 * _attentionWidth);
        // The last sequence's transposes read whole registers of rows: nothing left over from another block may stand there.
        new Span<float>(layer.KeysAndValues + tokens * 2 * _attentionWidth, 16 * 2 * layout.AttentionWidth).Clear();
        Attend(layer, block, needed ? block.NeededOffsets : null);

        MatrixProduct<TSimd, TVector>.Run(
            Strided.RowMajor(layer.Context, _attentionWidth), rows, weights + map.AttentionOutput.Weight, _width, _width,
            map.AttentionOutput.Rows, weights + map.AttentionOutput.Bias,
            new MatrixProduct<TSimd, TVector>.AddOther { Target = memory.Sum, Other = input, Stride = _width });
        Norm(memory.Sum, rows, map.AttentionNorm, layer.Normalised1, layer.Deviations1, layer.Middle);

        Product(
            layer.Middle, rows, _width, weights + map.Up.Weight, map.Up.Columns, map.Up.Columns, layout.Shape.HiddenSize,
            weights + map.Up.Bias, layer.Activations, map.Up.Columns);
        RowWork<TSimd, TVector>.Gelu(layer.Activations, layer.Derivatives, rows * map.Up.Columns);
        MatrixProduct<TSimd, TVector>.Run(
            Strided.RowMajor(layer.Activations, map.Up.Columns), rows, weights + map.Down.Weight, _width, _width,
            layout.Shape.IntermediateSize, weights + map.Down.Bias,
            new MatrixProduct<TSimd, TVector>.AddOther { Target = memory.Sum, Other = layer.Middle, Stride = _width });
        Norm(memory.Sum, rows, map.OutputNorm, layer.Normalised2, layer.Deviations2, layer.Output);
    }

    /// <summary>
    /// Turns deltas of the output, [rows], into deltas of the input, [tokens], both in <see cref="EncoderMemory.Deltas"/>, and adds to the
    /// gradients.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Backward(PaddedEncoder.Layer map, in EncoderMemory.Layer layer, EncoderBlock block, bool needed, float* gradients)
    {
        int tokens = block.Tokens, rows = needed ? block.NeededCount : tokens;
        var deltas = memory.Deltas;
        var narrow = memory.Narrow;
        var input = needed ? layer.Rows : layer.Input;

        BackNorm(deltas, rows, map.OutputNorm, layer.Normalised2, layer.Deviations2, gradients);
        AddGradients(map.Down, layer.Activations, deltas, rows, gradients);
        MatrixProduct<TSimd, TVector>.Run(
            Strided.RowMajor(deltas, _width), rows, transposed + map.Down.Weight, map.Down.Rows, map.Down.Rows,
            layout.Shape.HiddenSize, null,
            new MatrixProduct<TSimd, TVector>.MultiplyOther
            {
                Target = memory.WideDeltas, Factor = layer.Derivatives, Stride = map.Down.Rows,
            });
        AddGradients(map.Up, layer.Middle, memory.WideDeltas, rows, gradients);
        MatrixProduct<TSimd, TVector>.Run(
            Strided.RowMajor(memory.WideDeltas, map.Up.Columns), rows, transposed + map.Up.Weight, _width, _width,
            layout.Shape.IntermediateSize, null,
            new MatrixProduct<TSimd, TVector>.AddOther { Target = narrow, Other = deltas, Stride = _width });

        BackNorm(narrow, rows, map.AttentionNorm, layer.Normalised1, layer.Deviations1, gradients);
        AddGradients(map.AttentionOutput, layer.Context, narrow, rows, gradients);
        Product(
            narrow, rows, _width, transposed + map.AttentionOutput.Weight, _attentionWidth, _attentionWidth, layout.Shape.HiddenSize, null,
            memory.ContextDeltas, _attentionWidth);
        BackAttend(layer, block, needed ? block.NeededOffsets : null);

        var attention = map.Attention;
        MatrixProduct<TSimd, TVector>.AddOuterProducts(
            input, _width, _width, memory.QueryDeltas, _attentionWidth, _attentionWidth, rows, gradients + attention.Weight,
            attention.Columns);
        MatrixProduct<TSimd, TVector>.AddOuterProducts(
            layer.Input, _width, _width, memory.KeyValueDeltas, 2 * _attentionWidth, 2 * _attentionWidth, tokens,
            gradients + attention.Weight + _attentionWidth, attention.Columns);
        RowWork<TSimd, TVector>.AddColumnSums(memory.QueryDeltas, rows, _attentionWidth, _attentionWidth, gradients + attention.Bias);
        RowWork<TSimd, TVector>.AddColumnSums(
            memory.KeyValueDeltas, tokens, 2 * _attentionWidth, 2 * _attentionWidth, gradients + attention.Bias + _attentionWidth);

        var queryWeights = transposed + attention.Weight;
        Product(
            memory.KeyValueDeltas, tokens, 2 * _attentionWidth, queryWeights + _attentionWidth * _width, _width, _width,
            2 * _attentionWidth, null, deltas, _width);
        MatrixProduct<TSimd, TVector>.Run(
            Strided.RowMajor(memory.QueryDeltas, _attentionWidth), rows, queryWeights, _width, _width, _attentionWidth, null,
            new MatrixProduct<TSimd, TVector>.AddOther { Target = narrow, Other = narrow, Stride = _width });
        for (var row = 0; row < rows; row++)
            RowWork<TSimd, TVector>.Add(deltas + (needed ? block.Needed[row] : row) * _width, narrow + row * _width, _width);
    }

    public static void Product(
        float* left, nint rows, nint leftStride, float* right, nint rightStride, nint columns, nint terms, float* initial, float* target,
        nint stride) =>
        MatrixProduct<TSimd, TVector>.Run(
            Strided.RowMajor(left, leftStride), rows, right, rightStride, columns, terms, initial,
            new MatrixProduct<TSimd, TVector>.Keep { Target = target, Stride = stride });

    /// <summary>Adds a linear map's gradients, of its weights and its bias.</summary>
    public static void AddGradients(PaddedEncoder.Linear map, float* inputs, float* deltas, nint rows, float* gradients)
    {
        MatrixProduct<TSimd, TVector>.AddOuterProducts(
            inputs, map.Rows, map.Rows, deltas, map.Columns, map.Columns, rows, gradients + map.Weight, map.Columns);
        RowWork<TSimd, TVector>.AddColumnSums(deltas, rows, map.Columns, map.Columns, gradients + map.Bias);
    }

    public void Norm(float* input, nint rows, PaddedEncoder.Norm norm, float* normalised, float* deviations, float* output) =>
        RowWork<TSimd, TVector>.Norm(
            input, rows, _width, memory.Real, layout.Shape.HiddenSize, (float)layout.Shape.LayerNormEpsilon, weights + norm.Weight,
            weights + norm.Bias, normalised, deviations, output);

    public void BackNorm(float* deltas, nint rows, PaddedEncoder.Norm norm, float* normalised, float* deviations, float* gradients) =>
        RowWork<TSimd, TVector>.BackNorm(
            deltas, rows, _width, memory.Real, layout.Shape.HiddenSize, weights + norm.Weight, normalised, deviations,
            gradients + norm.Weight, gradients + norm.Bias);

    /// <summary>
    /// Attention, a sequence and a head at a time, so that everything it touches lies in the first-level cache. Sequences are taken
    /// in order: a product writes whole tiles of rows, and what is too much belongs to the next sequence, which overwrites it.
    /// </summary>
    /// <param name="offsets">Where each sequence's rows (queries) begin; null: every token is a row.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Attend(in EncoderMemory.Layer layer, EncoderBlock block, int[]? offsets)
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
                    layout.Shape.HeadSize, null, new MatrixProduct<TSimd, TVector>.Keep { Target = probabilities, Stride = width });
                for (var row = 0; row < rows; row++)
                    RowWork<TSimd, TVector>.Softmax(probabilities + row * width, width, _scale, memory.Penalties, out _, out _);
                MatrixProduct<TSimd, TVector>.Run(
                    Strided.RowMajor(probabilities, width), rows, values, keyStride, head, length, null,
                    new MatrixProduct<TSimd, TVector>.Keep { Target = layer.Context + firstRow * attention + column, Stride = attention });
                probabilities += AlignedMemory.RoundUp(rows, MatrixProduct<TSimd, TVector>.Rows) * width;
            }
        }
    }

    /// <summary>From <see cref="EncoderMemory.ContextDeltas"/> to those of queries, keys and values.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void BackAttend(in EncoderMemory.Layer layer, EncoderBlock block, int[]? offsets)
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
                    new MatrixProduct<TSimd, TVector>.Keep { Target = keyDeltas + attention, Stride = keyStride });
                if (rows > 0)
                {
                    RowWork<TSimd, TVector>.Transpose(keys + attention, keyStride, width, head, memory.ValuesTransposed, width);
                    MatrixProduct<TSimd, TVector>.Run(
                        Strided.RowMajor(contextDeltas, attention), rows, memory.ValuesTransposed, width, width, layout.Shape.HeadSize,
                        null, new MatrixProduct<TSimd, TVector>.Keep { Target = memory.ScoreDeltas, Stride = width });
                    for (var row = 0; row < rows; row++) BelowSoftmax(probabilities + row * width, memory.ScoreDeltas + row * width, width);
                    MatrixProduct<TSimd, TVector>.Run(
                        Strided.RowMajor(memory.ScoreDeltas, width), rows, keys, keyStride, head, length, null,
                        new MatrixProduct<TSimd, TVector>.Keep
                        {
                            Target = memory.QueryDeltas + firstRow * attention + column, Stride = attention,
                        });
                }
                MatrixProduct<TSimd, TVector>.Run(
                    Strided.Transposed(memory.ScoreDeltas, width), length, layer.Queries + firstRow * attention + column, attention, head,
                    rows, null,
                    new MatrixProduct<TSimd, TVector>.Keep { Target = keyDeltas, Stride = keyStride });
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
