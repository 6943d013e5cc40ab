namespace W2S.Training.Fused;

/// <summary>What the passes over one block of sequences write: made once, and again only when a larger block comes.</summary>
internal sealed unsafe class EncoderMemory : IDisposable
{
    private readonly PaddedEncoder _layout;
    private readonly float[] _positions;
    private AlignedMemory? _memory;
    private int _rows, _attention, _longest;
    private long _used;

    public EncoderMemory(PaddedEncoder layout)
    {
        _layout = layout;
        _positions = layout.PositionTable == null ? layout.Shape.SinusoidalPositions() : [];
        Layers = new Layer[layout.Shape.Layers];
        Reserve(8, 64, 8, 8);
    }

    public Layer[] Layers { get; }

    /// <summary>[rows, width]: deltas on their way down, those of a layer's own rows, and the input of a LayerNorm.</summary>
    public float* Deltas, Narrow, Sum;

    /// <summary>[rows, intermediate], [rows, attention] twice, [rows, 2 · attention].</summary>
    public float* WideDeltas, ContextDeltas, QueryDeltas, KeyValueDeltas;

    /// <summary>The embeddings' LayerNorm: [rows, width], [rows].</summary>
    public float* EmbeddingNormalised, EmbeddingDeviations;

    /// <summary>[rows, width] each: the masked-token head's and the pooled heads' values from bottom to top.</summary>
    public float* Gathered, Transformed, TransformedDerivative, TransformNormalised, TransformDeviations, TransformOutput, Pooled,
        PooledDeltas, Hidden;

    /// <summary>[rows, widest output of a head].</summary>
    public float* Logits;

    /// <summary>[head width, longest] each and [longest, longest]: one head of one sequence.</summary>
    public float* KeysTransposed, ValuesTransposed, ScoreDeltas;

    /// <summary>[longest]: 0, or hugely negative for the padding of the sequence at hand.</summary>
    public float* Penalties;

    /// <summary>[width]: 1 for real columns. [outputs padded]: 0 for real classes, else hugely negative.</summary>
    public float* Real, ClassPenalties, PairPenalties;

    /// <summary>[maximal length, width]: the fixed positions; zeros where they are learned.</summary>
    public float* Positions;

    public const float Never = -1e30f;

    /// <param name="tokens">Tokens of the block.</param>
    /// <param name="attention">Floats of all heads' attention probabilities in one layer.</param>
    /// <param name="longest">Of its sequences, padded.</param>
    public void Reserve(int tokens, int attention, int longest, int sequences)
    {
        // Products write whole tiles, transposes read whole registers.
        var rows = AlignedMemory.RoundUp(Math.Max(tokens, sequences), 8) + 32;
        if (rows <= _rows && attention <= _attention && longest <= _longest) return;
        (_rows, _attention, _longest) = (Math.Max(rows, _rows), Math.Max(attention, _attention), Math.Max(longest, _longest));
        Carve(null);
        _memory?.Dispose();
        _memory = new AlignedMemory(_used);
        Carve(_memory.Floats);
        Fill();
    }

    public void Dispose() => _memory?.Dispose();

    private void Carve(float* start)
    {
        _used = 0;
        long rows = _rows, width = _layout.Width, attention = _layout.AttentionWidth, intermediate = _layout.IntermediateWidth;
        float* Take(long count)
        {
            var taken = start == null ? null : start + _used;
            _used += (count + 15) / 16 * 16 + 16; // a cache line between, so that rows of different matrices do not share sets
            return taken;
        }
        for (var layer = 0; layer < Layers.Length; layer++)
            Layers[layer] = new Layer
            {
                Input = Take(rows * width), Rows = Take(rows * width), Queries = Take(rows * attention),
                KeysAndValues = Take(rows * 2 * attention), Probabilities = Take(_attention), Context = Take(rows * attention),
                Normalised1 = Take(rows * width), Deviations1 = Take(rows), Middle = Take(rows * width),
                Activations = Take(rows * intermediate), Derivatives = Take(rows * intermediate),
                Normalised2 = Take(rows * width), Deviations2 = Take(rows), Output = Take(rows * width),
            };
        Deltas = Take(rows * width);
        Narrow = Take(rows * width);
        Sum = Take(rows * width);
        WideDeltas = Take(rows * intermediate);
        ContextDeltas = Take(rows * attention);
        QueryDeltas = Take(rows * attention);
        KeyValueDeltas = Take(rows * 2 * attention);
        EmbeddingNormalised = Take(rows * width);
        EmbeddingDeviations = Take(rows);
        Gathered = Take(rows * width);
        Transformed = Take(rows * width);
        TransformedDerivative = Take(rows * width);
        TransformNormalised = Take(rows * width);
        TransformDeviations = Take(rows);
        TransformOutput = Take(rows * width);
        Pooled = Take(rows * width);
        PooledDeltas = Take(rows * width);
        Hidden = Take(rows * width);
        Logits = Take(rows * Math.Max(_layout.Decoder.Columns, _layout.DescriptorHead?.Output.Columns ?? _layout.Unit));
        KeysTransposed = Take(_layout.HeadWidth * _longest);
        ValuesTransposed = Take(_layout.HeadWidth * _longest);
        ScoreDeltas = Take((_longest + 8L) * _longest);
        Penalties = Take(_longest);
        Real = Take(width);
        ClassPenalties = Take(_layout.Decoder.Columns);
        PairPenalties = Take(_layout.Unit);
        Positions = Take(_layout.Shape.MaximumLength * width);
    }

    private void Fill()
    {
        for (var column = 0; column < _layout.Shape.HiddenSize; column++) Real[column] = 1;
        for (var column = _layout.Shape.VocabularySize; column < _layout.Decoder.Columns; column++) ClassPenalties[column] = Never;
        for (var column = 2; column < _layout.Unit; column++) PairPenalties[column] = Never;
        var hidden = _layout.Shape.HiddenSize;
        for (var start = 0; start < _positions.Length; start += hidden)
            _positions.AsSpan(start, hidden).CopyTo(new Span<float>(Positions + start / hidden * _layout.Width, hidden));
    }

    /// <summary>
    /// What the backward pass of a layer needs of its forward pass. "Rows" are the tokens whose output is wanted: all of them, but in the
    /// last layer.
    /// </summary>
    public unsafe struct Layer
    {
        /// <summary>[tokens, width].</summary>
        public float* Input;

        /// <summary>[rows, width]: a copy of those rows of the input, in the last layer.</summary>
        public float* Rows;

        /// <summary>[rows, attention], [tokens, keys | values].</summary>
        public float* Queries, KeysAndValues;

        /// <summary>For each sequence and head [its rows, its tokens], both padded.</summary>
        public float* Probabilities;

        /// <summary>[rows, attention].</summary>
        public float* Context;

        /// <summary>[rows, width], [rows], [rows, width]: the LayerNorm after attention and its output.</summary>
        public float* Normalised1, Deviations1, Middle;

        /// <summary>[rows, intermediate].</summary>
        public float* Activations, Derivatives;

        /// <summary>[rows, width], [rows], [rows, width]: the LayerNorm at the end and its output.</summary>
        public float* Normalised2, Deviations2, Output;
    }
}
