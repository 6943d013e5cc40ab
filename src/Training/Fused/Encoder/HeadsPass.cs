using System.Runtime.CompilerServices;

namespace W2S.Training.Fused;

/// <summary>The pretraining heads of one block: losses, and deltas of the needed tokens' last vectors.</summary>
/// <param name="weights">As <see cref="PaddedEncoder"/> lays them out.</param>
/// <param name="transposed">Each matrix of the weights transposed, where it stands.</param>
internal sealed unsafe class HeadsPass<TSimd, TVector>(
    PaddedEncoder layout, EncoderMemory memory, LayerPass<TSimd, TVector> layers, float* weights, float* transposed)
    where TSimd : struct, ISimd<TVector> where TVector : unmanaged
{
    private readonly nint _width = layout.Width;
    private readonly int _hidden = layout.Shape.HiddenSize;

    /// <summary>
    /// The masked-token head over the asked tokens: Linear, GELU, LayerNorm, Linear, cross-entropy. Adds to
    /// <see cref="EncoderMemory.Deltas"/>.
    /// </summary>
    /// <param name="output">[needed tokens, width].</param>
    /// <param name="share">What one asked token's loss counts.</param>
    /// <returns>The sum of the tokens' cross-entropies, and how many are right.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public (double Loss, int Right) Masked(float* output, EncoderBlock block, float share, float* gradients)
    {
        var (rows, map) = (block.AskedCount, layout.Transform);
        if (rows == 0) return (0, 0);
        for (var row = 0; row < rows; row++)
            RowWork<TSimd, TVector>.Copy(output + block.Asked[row] * _width, memory.Gathered + row * _width, _width);
        Map(map, memory.Gathered, rows, memory.Transformed);
        RowWork<TSimd, TVector>.Gelu(memory.Transformed, memory.TransformedDerivative, rows * _width);
        layers.Norm(
            memory.Transformed, rows, layout.TransformNorm, memory.TransformNormalised, memory.TransformDeviations, memory.TransformOutput);
        Map(layout.Decoder, memory.TransformOutput, rows, memory.Logits);
        var (loss, right) = CrossEntropy(memory.Logits, rows, layout.Decoder.Columns, block.Answers, memory.ClassPenalties, share);

        LayerPass<TSimd, TVector>.AddGradients(layout.Decoder, memory.TransformOutput, memory.Logits, rows, gradients);
        MapBack(layout.Decoder, layout.Shape.VocabularySize, memory.Logits, rows, memory.Sum);
        layers.BackNorm(memory.Sum, rows, layout.TransformNorm, memory.TransformNormalised, memory.TransformDeviations, gradients);
        for (nint index = 0; index < rows * _width; index += TSimd.Lanes)
            TSimd.Store(
                memory.Sum + index, TSimd.Multiply(TSimd.Load(memory.Sum + index), TSimd.Load(memory.TransformedDerivative + index)));
        LayerPass<TSimd, TVector>.AddGradients(map, memory.Gathered, memory.Sum, rows, gradients);
        MapBack(map, _hidden, memory.Sum, rows, memory.Narrow);
        for (var row = 0; row < rows; row++)
            RowWork<TSimd, TVector>.Add(memory.Deltas + block.Asked[row] * _width, memory.Narrow + row * _width, _width);
        return (loss, right);
    }

    /// <summary>
    /// [sequences, width] into <see cref="EncoderMemory.Pooled"/>: tanh of a map of each sequence's first needed token, which is its first.
    /// </summary>
    public void Pool(float* output, EncoderBlock block)
    {
        for (var row = 0; row < block.Sequences; row++)
            RowWork<TSimd, TVector>.Copy(output + block.NeededOffsets[row] * _width, memory.Gathered + row * _width, _width);
        Map(layout.Pooler, memory.Gathered, block.Sequences, memory.Pooled);
        for (nint index = 0; index < block.Sequences * _width; index++) memory.Pooled[index] = MathF.Tanh(memory.Pooled[index]);
        new Span<float>(memory.PooledDeltas, block.Sequences * layout.Width).Clear();
    }

    /// <summary>
    /// From <see cref="EncoderMemory.PooledDeltas"/> through the pooler to <see cref="EncoderMemory.Deltas"/>; right after
    /// <see cref="Pool"/> and the pooled heads.
    /// </summary>
    public void Unpool(EncoderBlock block, float* gradients)
    {
        for (nint index = 0; index < block.Sequences * _width; index++)
            memory.PooledDeltas[index] *= 1 - memory.Pooled[index] * memory.Pooled[index];
        LayerPass<TSimd, TVector>.AddGradients(layout.Pooler, memory.Gathered, memory.PooledDeltas, block.Sequences, gradients);
        MapBack(layout.Pooler, _hidden, memory.PooledDeltas, block.Sequences, memory.Narrow);
        for (var row = 0; row < block.Sequences; row++)
            RowWork<TSimd, TVector>.Add(memory.Deltas + block.NeededOffsets[row] * _width, memory.Narrow + row * _width, _width);
    }

    /// <summary>Linear, ReLU, Linear, squared error; adds to <see cref="EncoderMemory.PooledDeltas"/>.</summary>
    /// <param name="descriptors">[sequences of the batch, descriptors].</param>
    /// <param name="share">What one squared error counts.</param>
    /// <returns>The sum of the squared errors.</returns>
    public double Descriptors(EncoderBlock block, ReadOnlySpan<float> descriptors, float share, float* gradients)
    {
        var head = layout.DescriptorHead!.Value;
        Up(head, block.Sequences);
        double loss = 0;
        for (var row = 0; row < block.Sequences; row++)
        {
            var outputs = memory.Logits + row * head.Output.Columns;
            var truth = descriptors.Slice((block.First + row) * layout.Descriptors, layout.Descriptors);
            for (var column = 0; column < truth.Length; column++)
            {
                var error = outputs[column] - truth[column];
                loss += (double)error * error;
                outputs[column] = 2 * share * error;
            }
        }
        Down(head, layout.Descriptors, block.Sequences, gradients);
        return loss;
    }

    /// <summary>Linear, ReLU, Linear, cross-entropy of two classes; adds to <see cref="EncoderMemory.PooledDeltas"/>.</summary>
    /// <param name="share">What one pair's loss counts.</param>
    /// <returns>The sum of the pairs' cross-entropies, and how many are right.</returns>
    public (double Loss, int Right) SameMolecule(EncoderBlock block, int[] labels, float share, float* gradients)
    {
        var head = layout.SameMoleculeHead!.Value;
        Up(head, block.Sequences);
        var result = CrossEntropy(
            memory.Logits, block.Sequences, head.Output.Columns, labels.AsSpan(block.First), memory.PairPenalties, share);
        Down(head, 2, block.Sequences, gradients);
        return result;
    }

    private void Up(PaddedEncoder.Head head, int rows)
    {
        Map(head.Hidden, memory.Pooled, rows, memory.Hidden);
        for (nint index = 0; index < rows * _width; index += TSimd.Lanes)
            TSimd.Store(memory.Hidden + index, TSimd.AtLeast(TSimd.Zero, TSimd.Load(memory.Hidden + index)));
        Map(head.Output, memory.Hidden, rows, memory.Logits);
    }

    private void Down(PaddedEncoder.Head head, int outputs, int rows, float* gradients)
    {
        LayerPass<TSimd, TVector>.AddGradients(head.Output, memory.Hidden, memory.Logits, rows, gradients);
        MapBack(head.Output, outputs, memory.Logits, rows, memory.Sum);
        for (nint index = 0; index < rows * _width; index += TSimd.Lanes)
            TSimd.Store(memory.Sum + index, TSimd.WherePositive(TSimd.Load(memory.Hidden + index), TSimd.Load(memory.Sum + index)));
        LayerPass<TSimd, TVector>.AddGradients(head.Hidden, memory.Pooled, memory.Sum, rows, gradients);
        MapBack(head.Hidden, _hidden, memory.Sum, rows, memory.Narrow);
        for (var row = 0; row < rows; row++)
            RowWork<TSimd, TVector>.Add(memory.PooledDeltas + row * _width, memory.Narrow + row * _width, _width);
    }

    private void Map(PaddedEncoder.Linear map, float* input, int rows, float* output) =>
        LayerPass<TSimd, TVector>.Product(
            input, rows, _width, weights + map.Weight, map.Columns, map.Columns, _hidden, weights + map.Bias, output, map.Columns);

    private void MapBack(PaddedEncoder.Linear map, int outputs, float* deltas, int rows, float* target) =>
        LayerPass<TSimd, TVector>.Product(
            deltas, rows, map.Columns, transposed + map.Weight, map.Rows, map.Rows, outputs, null, target, map.Rows);

    /// <summary>Logits become their deltas.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static (double Loss, int Right) CrossEntropy(
        float* logits, int rows, nint width, ReadOnlySpan<int> answers, float* penalties, float share)
    {
        var (loss, right) = (0.0, 0);
        for (var row = 0; row < rows; row++, logits += width)
        {
            var answer = answers[row];
            var logit = logits[answer];
            RowWork<TSimd, TVector>.Softmax(logits, width, 1, penalties, out var greatest, out var sum);
            loss += greatest - logit + Math.Log(sum);
            if (logit >= greatest) right++;
            for (nint column = 0; column < width; column += TSimd.Lanes)
                TSimd.Store(logits + column, TSimd.Multiply(TSimd.Load(logits + column), TSimd.Broadcast(share)));
            logits[answer] -= share;
        }
        return (loss, right);
    }
}
