namespace W2S.Training.Fused;

/// <summary>
/// Where an encoder's and its heads' parameters lie in the kernels' memory: matrices as [in, out], every width padded to
/// whole registers, each attention head by itself. Padding is 0 and stays so: LayerNorm leaves padded columns at 0, so
/// what they are multiplied with gets no gradient, and AdamW leaves a 0 without gradient where it is.
/// </summary>
internal sealed class PaddedEncoder
{
    private readonly Dictionary<string, Place> _places = [];
    private readonly List<Region> _regions = [];
    private readonly List<Linear> _matrices = [];

    /// <param name="lanes">Floats of a register.</param>
    public PaddedEncoder(EncoderShape shape, int descriptors, bool sameMolecule, int lanes)
    {
        (Shape, Descriptors, Unit) = (shape, descriptors, Math.Max(lanes, 8));
        Width = Pad(shape.HiddenSize);
        HeadWidth = Pad(shape.HeadSize);
        AttentionWidth = shape.Heads * HeadWidth;
        IntermediateWidth = Pad(shape.IntermediateSize);
        int[] hidden = Plain(shape.HiddenSize), intermediate = Plain(shape.IntermediateSize);

        WordTable = Table("embeddings.word_embeddings.weight", shape.VocabularySize, hidden);
        if (shape.Positions == PositionEncoding.Learned)
            PositionTable = Table("embeddings.position_embeddings.weight", shape.MaximumLength, hidden);
        TypeTable = Table("embeddings.token_type_embeddings.weight", shape.TokenTypes, hidden);
        EmbeddingNorm = AddNorm("embeddings.LayerNorm");
        Layers = [.. Enumerable.Range(0, shape.Layers).Select(layer => AddLayer($"encoder.layer.{layer}", hidden, intermediate))];
        Pooler = AddLinear("pooler.dense", hidden, hidden);
        EncoderPlaces = [.. EncoderParameter.OfEncoder(shape).Select(parameter => _places[parameter.Name])];

        Transform = AddLinear("masked_lm_head.transform.dense", hidden, hidden);
        TransformNorm = AddNorm("masked_lm_head.transform.LayerNorm");
        Decoder = AddLinear("masked_lm_head.decoder", hidden, Plain(shape.VocabularySize));
        if (descriptors > 0) DescriptorHead = AddHead("physchem_head.physchem_clf", hidden, Plain(descriptors));
        if (sameMolecule) SameMoleculeHead = AddHead("is_same_head.is_same_clf", hidden, Plain(2));
        HeadPlaces = [.. EncoderParameter.OfHeads(shape, descriptors, sameMolecule).Select(parameter => _places[parameter.Name])];
    }

    public EncoderShape Shape { get; }
    public int Descriptors { get; }

    /// <summary>Every width is a multiple of it.</summary>
    public int Unit { get; }

    /// <summary>The hidden size, padded.</summary>
    public int Width { get; }

    /// <summary>One attention head's size, padded.</summary>
    public int HeadWidth { get; }

    /// <summary>All heads side by side.</summary>
    public int AttentionWidth { get; }

    public int IntermediateWidth { get; }

    /// <summary>Floats in all.</summary>
    public int Length { get; private set; }

    public int WordTable { get; }
    public int? PositionTable { get; }
    public int TypeTable { get; }
    public Norm EmbeddingNorm { get; }
    public Layer[] Layers { get; }
    public Linear Pooler { get; }
    public Linear Transform { get; }
    public Norm TransformNorm { get; }
    public Linear Decoder { get; }
    public Head? DescriptorHead { get; }
    public Head? SameMoleculeHead { get; }

    /// <summary>In the order of <see cref="EncoderParameter.OfEncoder"/>.</summary>
    public IReadOnlyList<Place> EncoderPlaces { get; }

    /// <summary>In the order of <see cref="EncoderParameter.OfHeads"/>.</summary>
    public IReadOnlyList<Place> HeadPlaces { get; }

    /// <summary>All memory, in pieces that AdamW decays or does not, small enough to be shared out among cores.</summary>
    public IReadOnlyList<Region> Regions => _regions;

    /// <summary>All linear maps: the backward pass needs them transposed.</summary>
    public IReadOnlyList<Linear> Matrices => _matrices;

    public int Pad(int count) => AlignedMemory.RoundUp(count, Unit);

    private Layer AddLayer(string prefix, int[] hidden, int[] intermediate)
    {
        int[] heads = [.. hidden.Select(index => index / Shape.HeadSize * HeadWidth + index % Shape.HeadSize)];
        var attention = Allocate(Width, 3 * AttentionWidth);
        foreach (var (name, index) in (ReadOnlySpan<(string, int)>)[("query", 0), ("key", 1), ("value", 2)])
            Register($"{prefix}.attention.self.{name}", attention, hidden, [.. heads.Select(column => column + index * AttentionWidth)]);
        return new Layer(
            attention,
            AddLinear($"{prefix}.attention.output.dense", heads, hidden, AttentionWidth), AddNorm($"{prefix}.attention.output.LayerNorm"),
            AddLinear($"{prefix}.intermediate.dense", hidden, intermediate), AddLinear($"{prefix}.output.dense", intermediate, hidden),
            AddNorm($"{prefix}.output.LayerNorm"));
    }

    private Head AddHead(string prefix, int[] hidden, int[] outputs) =>
        new(AddLinear($"{prefix}.1", hidden, hidden), AddLinear($"{prefix}.3", hidden, outputs));

    private Linear AddLinear(string name, int[] inputs, int[] outputs, int? rows = null)
    {
        var map = Allocate(rows ?? Pad(inputs.Length), Pad(outputs.Length));
        Register(name, map, inputs, outputs);
        return map;
    }

    private Linear Allocate(int rows, int columns)
    {
        var map = new Linear(Reserve(rows * columns), rows, columns, Reserve(columns));
        Divide(map.Weight, rows * columns, isDecayed: true);
        Divide(map.Bias, columns, isDecayed: false);
        _matrices.Add(map);
        return map;
    }

    private void Register(string name, Linear map, int[] inputs, int[] outputs)
    {
        _places[$"{name}.weight"] = new Place(map.Weight, outputs, inputs, map.Columns);
        _places[$"{name}.bias"] = new Place(map.Bias, outputs, [0], 0);
    }

    private Norm AddNorm(string name)
    {
        var norm = new Norm(Reserve(Width), Reserve(Width));
        foreach (var start in (int[])[norm.Weight, norm.Bias]) Divide(start, Width, isDecayed: false);
        _places[$"{name}.weight"] = new Place(norm.Weight, Plain(Shape.HiddenSize), [0], 0);
        _places[$"{name}.bias"] = new Place(norm.Bias, Plain(Shape.HiddenSize), [0], 0);
        return norm;
    }

    private int Table(string name, int rows, int[] hidden)
    {
        var start = Reserve(rows * Width);
        Divide(start, rows * Width, isDecayed: true);
        _places[name] = new Place(start, [.. Plain(rows).Select(row => row * Width)], hidden, 1);
        return start;
    }

    private void Divide(int start, int length, bool isDecayed)
    {
        const int most = 4096;
        for (var first = 0; first < length; first += most)
            _regions.Add(new Region(start + first, Math.Min(most, length - first), isDecayed));
    }

    private int Reserve(int length)
    {
        var start = Length;
        Length += AlignedMemory.RoundUp(length, 16); // whole cache lines
        return start;
    }

    private static int[] Plain(int count) => [.. Enumerable.Range(0, count)];

    /// <summary>A linear map in padded memory: weights [Rows = inputs, Columns = outputs] row-major, then the bias [Columns].</summary>
    public readonly record struct Linear(int Weight, int Rows, int Columns, int Bias);

    /// <summary>The weight and bias of a LayerNorm, each of the hidden width.</summary>
    public readonly record struct Norm(int Weight, int Bias);

    /// <summary>
    /// One transformer layer. The attention maps are one matrix: the columns of all queries, then of keys, then of values.
    /// </summary>
    public readonly record struct Layer(
        Linear Attention, Linear AttentionOutput, Norm AttentionNorm, Linear Up, Linear Down, Norm OutputNorm);

    /// <summary>A head of two linear maps.</summary>
    public readonly record struct Head(Linear Hidden, Linear Output);

    /// <summary>
    /// One parameter's place in padded memory: element [output, input] is at start + outputs[output] + inputs[input] · stride.
    /// </summary>
    public sealed class Place(int start, int[] outputs, int[] inputs, int stride)
    {
        /// <param name="plain">Row-major [outputs, inputs].</param>
        public void Pack(ReadOnlySpan<float> plain, Span<float> padded)
        {
            for (var output = 0; output < outputs.Length; output++)
                for (var input = 0; input < inputs.Length; input++)
                    padded[start + outputs[output] + inputs[input] * stride] = plain[output * inputs.Length + input];
        }

        /// <summary>The opposite of <see cref="Pack"/>.</summary>
        public void Unpack(ReadOnlySpan<float> padded, Span<float> plain)
        {
            for (var output = 0; output < outputs.Length; output++)
                for (var input = 0; input < inputs.Length; input++)
                    plain[output * inputs.Length + input] = padded[start + outputs[output] + inputs[input] * stride];
        }
    }

    /// <summary>Part of the padded memory that AdamW decays or does not.</summary>
    public readonly record struct Region(int Start, int Length, bool IsDecayed);
}
