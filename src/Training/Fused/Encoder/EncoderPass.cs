using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace W2S.Training.Fused;

/// <summary>The passes over one block of sequences, for one instruction set.</summary>
internal abstract unsafe class EncoderPass
{
    /// <param name="weights">As <see cref="PaddedEncoder"/> lays them out.</param>
    /// <param name="transposed">Room for as many: each matrix of the weights transposed, where it stands.</param>
    public static EncoderPass Of(
        InstructionSet instructions, PaddedEncoder layout, EncoderMemory memory, float* weights, float* transposed) => instructions switch
    {
        InstructionSet.Avx512 => new Simd<Simd512, Vector512<float>>(layout, memory, weights, transposed),
        InstructionSet.Avx2 => new Simd<Simd256, Vector256<float>>(layout, memory, weights, transposed),
        _ => new Simd<SimdScalar, float>(layout, memory, weights, transposed),
    };

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

    /// <summary>The passes over one block, written once for every instruction set.</summary>
    private sealed unsafe class Simd<TSimd, TVector> : EncoderPass where TSimd : struct, ISimd<TVector> where TVector : unmanaged
    {
        private readonly PaddedEncoder _layout;
        private readonly EncoderMemory _memory;
        private readonly float* _weights, _transposed;
        private readonly LayerPass<TSimd, TVector> _layers;
        private readonly HeadsPass<TSimd, TVector> _heads;

        public Simd(PaddedEncoder layout, EncoderMemory memory, float* weights, float* transposed)
        {
            (_layout, _memory) = (layout, memory);
            _weights = weights;
            _transposed = transposed;
            _layers = new LayerPass<TSimd, TVector>(layout, memory, weights, transposed);
            _heads = new HeadsPass<TSimd, TVector>(layout, memory, _layers, weights, transposed);
        }

        public override void Transpose()
        {
            foreach (var map in _layout.Matrices)
                RowWork<TSimd, TVector>.Transpose(
                    _weights + map.Weight, map.Columns, map.Rows, map.Columns, _transposed + map.Weight, map.Rows);
        }

        public override BlockLosses AddGradients(EncoderBlock block, EncoderTargets targets, LossShares shares, float* gradients)
        {
            var output = Forward(block);
            new Span<float>(_memory.Deltas, block.NeededCount * _layout.Width).Clear();
            var (masked, rightTokens) = _heads.Masked(output, block, shares.Masked, gradients);
            var (descriptors, same, rightPairs) = (0.0, 0.0, 0);
            if (targets.Descriptors != null || targets.SameMolecule != null)
            {
                _heads.Pool(output, block);
                if (targets.Descriptors != null)
                    descriptors = _heads.Descriptors(block, targets.Descriptors, shares.Descriptors, gradients);
                if (targets.SameMolecule != null)
                    (same, rightPairs) = _heads.SameMolecule(block, targets.SameMolecule, shares.SameMolecule, gradients);
                _heads.Unpool(block, gradients);
            }
            if (block.NeededCount > 0) Backward(block, gradients);
            return new BlockLosses(masked, rightTokens, descriptors, same, rightPairs);
        }

        public override void Features(EncoderBlock block, EncoderPooling pooling, Span<float> features)
        {
            var output = Forward(block);
            var (width, hidden) = (_layout.Width, _layout.Shape.HiddenSize);
            if (pooling == EncoderPooling.Pooled) _heads.Pool(output, block);
            for (var sequence = 0; sequence < block.Sequences; sequence++)
            {
                var pooled = _memory.Pooled + sequence * width;
                var first = output + (long)block.Start(sequence) * width;
                switch (pooling)
                {
                    case EncoderPooling.Mean:
                        new Span<float>(pooled, width).Clear();
                        RowWork<TSimd, TVector>.AddColumnSums(first, block.Length(sequence), width, width, pooled);
                        for (var column = 0; column < hidden; column++) pooled[column] /= block.Length(sequence);
                        break;
                    case EncoderPooling.Max:
                        RowWork<TSimd, TVector>.Copy(first, pooled, width);
                        for (var row = first + width; row < first + (long)block.Length(sequence) * width; row += width)
                            for (var column = 0; column < hidden; column++) pooled[column] = MathF.Max(pooled[column], row[column]);
                        break;
                    case EncoderPooling.Cls:
                        RowWork<TSimd, TVector>.Copy(output + (long)block.NeededOffsets[sequence] * width, pooled, width);
                        break;
                }
                new Span<float>(pooled, hidden).CopyTo(features[(sequence * hidden)..]);
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public override void Update(
            PaddedEncoder.Region region, float* first, float* second, float* gradients, float factor, AdamWStep step, bool isShared)
        {
            var scale = TSimd.Broadcast(factor);
            for (nint index = region.Start; index < region.Start + region.Length; index += TSimd.Lanes)
            {
                var gradient = TSimd.Multiply(TSimd.Load(gradients + index), scale);
                var updated = AdamW<TSimd, TVector>.Updated(TSimd.Load(_weights + index), first + index, second + index, gradient, &step);
                if (isShared) TSimd.StorePastCaches(_weights + index, updated);
                else TSimd.Store(_weights + index, updated);
            }
        }

        /// <returns>The needed tokens' vectors after the last layer.</returns>
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private float* Forward(EncoderBlock block)
        {
            Reserve(block);
            var width = _layout.Width;
            for (var sequence = 0; sequence < block.Sequences; sequence++)
                for (var (token, position) = (block.Start(sequence), 0); token < block.Start(sequence + 1); token++, position++)
                {
                    var sum = _memory.Sum + token * width;
                    RowWork<TSimd, TVector>.Copy(_weights + _layout.WordTable + block.Token(token) * width, sum, width);
                    RowWork<TSimd, TVector>.Add(
                        sum, (_layout.PositionTable is { } learned ? _weights + learned : _memory.Positions) + position * width, width);
                    RowWork<TSimd, TVector>.Add(sum, _weights + _layout.TypeTable + block.Type(token) * width, width);
                }
            _layers.Norm(
                _memory.Sum, block.Tokens, _layout.EmbeddingNorm, _memory.EmbeddingNormalised, _memory.EmbeddingDeviations,
                _memory.Layers[0].Input);
            var last = _layout.Layers.Length - 1;
            for (var layer = 0; layer <= last; layer++)
            {
                _layers.Forward(_layout.Layers[layer], _memory.Layers[layer], block, layer == last && !block.NeedsAll);
                if (layer < last) _memory.Layers[layer + 1].Input = _memory.Layers[layer].Output;
            }
            return _memory.Layers[last].Output;
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private void Backward(EncoderBlock block, float* gradients)
        {
            var last = _layout.Layers.Length - 1;
            for (var layer = last; layer >= 0; layer--)
                _layers.Backward(_layout.Layers[layer], _memory.Layers[layer], block, layer == last && !block.NeedsAll, gradients);
            var width = _layout.Width;
            var deltas = _memory.Deltas;
            _layers.BackNorm(
                deltas, block.Tokens, _layout.EmbeddingNorm, _memory.EmbeddingNormalised, _memory.EmbeddingDeviations, gradients);
            for (var sequence = 0; sequence < block.Sequences; sequence++)
                for (var (token, position) = (block.Start(sequence), 0); token < block.Start(sequence + 1); token++, position++)
                {
                    RowWork<TSimd, TVector>.Add(gradients + _layout.WordTable + block.Token(token) * width, deltas + token * width, width);
                    RowWork<TSimd, TVector>.Add(gradients + _layout.TypeTable + block.Type(token) * width, deltas + token * width, width);
                    if (_layout.PositionTable is { } learned)
                        RowWork<TSimd, TVector>.Add(gradients + learned + position * width, deltas + token * width, width);
                }
        }

        private void Reserve(EncoderBlock block)
        {
            var (attention, longest) = (0, 8);
            for (var sequence = 0; sequence < block.Sequences; sequence++)
            {
                var width = _layout.Pad(block.Length(sequence));
                attention += _layout.Shape.Heads * AlignedMemory.RoundUp(block.Length(sequence), 8) * width;
                longest = Math.Max(longest, width);
            }
            _memory.Reserve(block.Tokens, attention, longest, block.Sequences);
        }
    }
}
