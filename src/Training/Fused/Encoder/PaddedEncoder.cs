using W2S.Models;

namespace W2S.Training.Fused;

/// <summary>A linear map in padded memory: weights [Rows = inputs, Columns = outputs] row-major, then the bias [Columns].</summary>
internal readonly record struct PaddedLinear(int Weight, int Rows, int Columns, int Bias);

/// <summary>The weight and bias of a LayerNorm, each of the hidden width.</summary>
internal readonly record struct PaddedNorm(int Weight, int Bias);

/// <summary>One transformer layer. The attention maps are one matrix: the columns of all queries, then of keys, then of values.</summary>
internal readonly record struct PaddedLayer(
    PaddedLinear Attention, PaddedLinear AttentionOutput, PaddedNorm AttentionNorm, PaddedLinear Up, PaddedLinear Down, PaddedNorm OutputNorm);

/// <summary>A head of two linear maps.</summary>
internal readonly record struct PaddedHead(PaddedLinear Hidden, PaddedLinear Output);

/// <summary>
/// Where an encoder's and its heads' parameters lie in the kernels' memory: matrices as [in, out], every width padded to
/// whole registers, each attention head by itself. Padding is 0 and stays so: LayerNorm leaves padded columns at 0, so
/// what they are multiplied with gets no gradient, and AdamW leaves a 0 without gradient where it is.
/// </summary>
internal sealed class PaddedEncoder
{
    private readonly Dictionary<string, PaddedParameter> _places = [];
    private readonly List<PaddedRegion> _regions = [];
    private readonly List<PaddedLinear> _matrices = [];

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
        if (shape.Positions == PositionEncoding.Learned) PositionTable = Table("embeddings.position_embeddings.weight", shape.MaximumLength, hidden);
        TypeTable = Table("embeddings.token_type_embeddings.weight", shape.TokenTypes, hidden);
        EmbeddingNorm = Norm("embeddings.LayerNorm");
        Layers = [.. Enumerable.Range(0, shape.Layers).Select(layer => Layer($"encoder.layer.{layer}", hidden, intermediate))];
        Pooler = Linear("pooler.dense", hidden, hidden);
        EncoderPlaces = [.. EncoderParameters.OfEncoder(shape).Select(parameter => _places[parameter.Name])];

        Transform = Linear("masked_lm_head.transform.dense", hidden, hidden);
        TransformNorm = Norm("masked_lm_head.transform.LayerNorm");
        Decoder = Linear("masked_lm_head.decoder", hidden, Plain(shape.VocabularySize));
        if (descriptors > 0) DescriptorHead = Head("physchem_head.physchem_clf", hidden, Plain(descriptors));
        if (sameMolecule) SameMoleculeHead = Head("is_same_head.is_same_clf", hidden, Plain(2));
        HeadPlaces = [.. EncoderParameters.OfHeads(shape, descriptors, sameMolecule).Select(parameter => _places[parameter.Name])];
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
    public PaddedNorm EmbeddingNorm { get; }
    public PaddedLayer[] Layers { get; }
    public PaddedLinear Pooler { get; }
    public PaddedLinear Transform { get; }
    public PaddedNorm TransformNorm { get; }
    public PaddedLinear Decoder { get; }
    public PaddedHead? DescriptorHead { get; }
    public PaddedHead? SameMoleculeHead { get; }

    /// <summary>In the order of <see cref="EncoderParameters.OfEncoder"/>.</summary>
    public IReadOnlyList<PaddedParameter> EncoderPlaces { get; }

    /// <summary>In the order of <see cref="EncoderParameters.OfHeads"/>.</summary>
    public IReadOnlyList<PaddedParameter> HeadPlaces { get; }

    /// <summary>All memory, in pieces that AdamW decays or does not, small enough to be shared out among cores.</summary>
    public IReadOnlyList<PaddedRegion> Regions => _regions;

    /// <summary>All linear maps: the backward pass needs them transposed.</summary>
    public IReadOnlyList<PaddedLinear> Matrices => _matrices;

    public int Pad(int count) => AlignedMemory.RoundUp(count, Unit);

    private PaddedLayer Layer(string prefix, int[] hidden, int[] intermediate)
    {
        int[] heads = [.. hidden.Select(index => index / Shape.HeadSize * HeadWidth + index % Shape.HeadSize)];
        var attention = Allocate(Width, 3 * AttentionWidth);
        foreach (var (name, index) in (ReadOnlySpan<(string, int)>)[("query", 0), ("key", 1), ("value", 2)])
            Register($"{prefix}.attention.self.{name}", attention, hidden, [.. heads.Select(column => column + index * AttentionWidth)]);
        return new PaddedLayer(
            attention,
            Linear($"{prefix}.attention.output.dense", heads, hidden, AttentionWidth), Norm($"{prefix}.attention.output.LayerNorm"),
            Linear($"{prefix}.intermediate.dense", hidden, intermediate), Linear($"{prefix}.output.dense", intermediate, hidden),
            Norm($"{prefix}.output.LayerNorm"));
    }

    private PaddedHead Head(string prefix, int[] hidden, int[] outputs) =>
        new(Linear($"{prefix}.1", hidden, hidden), Linear($"{prefix}.3", hidden, outputs));

    private PaddedLinear Linear(string name, int[] inputs, int[] outputs, int? rows = null)
    {
        var map = Allocate(rows ?? Pad(inputs.Length), Pad(outputs.Length));
        Register(name, map, inputs, outputs);
        return map;
    }

    private PaddedLinear Allocate(int rows, int columns)
    {
        var map = new PaddedLinear(Reserve(rows * columns), rows, columns, Reserve(columns));
        Divide(map.Weight, rows * columns, isDecayed: true);
        Divide(map.Bias, columns, isDecayed: false);
        _matrices.Add(map);
        return map;
    }

    private void Register(string name, PaddedLinear map, int[] inputs, int[] outputs)
    {
        _places[$"{name}.weight"] = new PaddedParameter(map.Weight, outputs, inputs, map.Columns);
        _places[$"{name}.bias"] = new PaddedParameter(map.Bias, outputs, [0], 0);
    }

    private PaddedNorm Norm(string name)
    {
        var norm = new PaddedNorm(Reserve(Width), Reserve(Width));
        foreach (var start in (int[])[norm.Weight, norm.Bias]) Divide(start, Width, isDecayed: false);
        _places[$"{name}.weight"] = new PaddedParameter(norm.Weight, Plain(Shape.HiddenSize), [0], 0);
        _places[$"{name}.bias"] = new PaddedParameter(norm.Bias, Plain(Shape.HiddenSize), [0], 0);
        return norm;
    }

    private int Table(string name, int rows, int[] hidden)
    {
        var start = Reserve(rows * Width);
        Divide(start, rows * Width, isDecayed: true);
        _places[name] = new PaddedParameter(start, [.. Plain(rows).Select(row => row * Width)], hidden, 1);
        return start;
    }

    private void Divide(int start, int length, bool isDecayed)
    {
        const int most = 4096;
        for (var first = 0; first < length; first += most) _regions.Add(new PaddedRegion(start + first, Math.Min(most, length - first), isDecayed));
    }

    private int Reserve(int length)
    {
        var start = Length;
        Length += AlignedMemory.RoundUp(length, 16); // whole cache lines
        return start;
    }

    private static int[] Plain(int count) => [.. Enumerable.Range(0, count)];
}
