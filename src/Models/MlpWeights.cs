namespace W2S.Models;

/// <summary>
/// The shape of a ReLU MLP: <paramref name="Depth"/> blocks of Linear + ReLU, so the representation itself ends in a
/// ReLU (2405.15116's notebook: a "k-layer" network has k such blocks and its head is not counted).
/// </summary>
/// <param name="Inputs">Width of an input.</param>
/// <param name="Hidden">Width between the blocks; has no meaning where Depth is 1.</param>
/// <param name="Outputs">Width of the representation.</param>
/// <param name="Depth">Number of blocks, at least 1.</param>
public sealed record MlpShape(int Inputs, int Hidden, int Outputs, int Depth)
{
    /// <summary>Width of what enters block <paramref name="layer"/> (0-based).</summary>
    public int FanIn(int layer) => layer == 0 ? Inputs : Hidden;

    /// <summary>Width of what leaves block <paramref name="layer"/> (0-based).</summary>
    public int FanOut(int layer) => layer == Depth - 1 ? Outputs : Hidden;

    /// <summary>The greatest width anywhere in the network.</summary>
    public int Widest => Math.Max(Inputs, Depth == 1 ? Outputs : Math.Max(Hidden, Outputs));

    /// <summary>Weights and biases of all blocks.</summary>
    public int ParameterCount => Enumerable.Range(0, Depth).Sum(layer => (FanIn(layer) + 1) * FanOut(layer));

    public override string ToString() =>
        Depth == 1 ? $"{Inputs}-{Outputs}" : $"{Inputs}-{string.Join('-', Enumerable.Repeat(Hidden, Depth - 1))}-{Outputs}";
}

/// <summary>
/// The parameters of a ReLU MLP in one flat float32 array: block by block, the weight matrix [out, in] row-major, then
/// the bias [out]. Both engines start from and return to this form; it needs no libtorch.
/// </summary>
public sealed class MlpWeights
{
    public MlpWeights(MlpShape shape, float[] values)
    {
        if (values.Length != shape.ParameterCount)
            throw new ArgumentException($"An MLP {shape} has {shape.ParameterCount} parameters, not {values.Length}.", nameof(values));
        (Shape, Values) = (shape, values);
    }

    /// <summary>Of the network.</summary>
    public MlpShape Shape { get; }

    /// <summary>Block after block: its weight [out, in], row-major, then its bias [out].</summary>
    public float[] Values { get; }

    /// <summary>The weight matrix [out, in] of a block.</summary>
    public Span<float> Weight(int layer) => Values.AsSpan(Offset(layer), Shape.FanIn(layer) * Shape.FanOut(layer));

    /// <summary>The bias [out] of a block.</summary>
    public Span<float> Bias(int layer) => Values.AsSpan(Offset(layer) + Shape.FanIn(layer) * Shape.FanOut(layer), Shape.FanOut(layer));

    /// <summary>PyTorch's default for nn.Linear: weights and biases uniform in ±1/√fan_in.</summary>
    public static MlpWeights Initialise(MlpShape shape, RandomStream random)
    {
        var weights = new MlpWeights(shape, new float[shape.ParameterCount]);
        for (var layer = 0; layer < shape.Depth; layer++)
        {
            var bound = 1 / Math.Sqrt(shape.FanIn(layer));
            foreach (ref var weight in weights.Weight(layer)) weight = (float)random.NextUniform(-bound, bound);
            foreach (ref var bias in weights.Bias(layer)) bias = (float)random.NextUniform(-bound, bound);
        }
        return weights;
    }

    /// <summary>
    /// A copy with N(0, sigma²) added to every entry of every weight matrix (2405.15116, section 5.1, "perturbation"),
    /// and to the biases as well if asked: the paper speaks of weight matrices only.
    /// </summary>
    public MlpWeights Perturbed(double sigma, RandomStream random, bool biases)
    {
        var copy = new MlpWeights(Shape, [.. Values]);
        for (var layer = 0; layer < Shape.Depth; layer++)
        {
            foreach (ref var weight in copy.Weight(layer)) weight += (float)(sigma * random.NextNormal());
            if (!biases) continue;
            foreach (ref var bias in copy.Bias(layer)) bias += (float)(sigma * random.NextNormal());
        }
        return copy;
    }

    /// <summary>A copy of some blocks, one after another, as a network of their own.</summary>
    public MlpWeights Part(int first, int blocks)
    {
        var inner = blocks == 1 ? Shape.FanIn(first) : Shape.FanOut(first);
        var shape = new MlpShape(Shape.FanIn(first), inner, Shape.FanOut(first + blocks - 1), blocks);
        return new MlpWeights(shape, Values[Offset(first)..Offset(first + blocks)]);
    }

    /// <summary>`layers.K.weight` [out, in] and `layers.K.bias` [out] for each block K.</summary>
    public IReadOnlyList<NamedTensor> ToTensors()
    {
        var tensors = new List<NamedTensor>();
        for (var layer = 0; layer < Shape.Depth; layer++)
        {
            tensors.Add(NamedTensor.Of($"layers.{layer}.weight", Weight(layer), Shape.FanOut(layer), Shape.FanIn(layer)));
            tensors.Add(NamedTensor.Of($"layers.{layer}.bias", Bias(layer), Shape.FanOut(layer)));
        }
        return tensors;
    }

    /// <exception cref="InvalidDataException">A tensor is missing or has another shape; the message names it.</exception>
    public static MlpWeights FromTensors(MlpShape shape, IReadOnlyDictionary<string, NamedTensor> tensors)
    {
        var weights = new MlpWeights(shape, new float[shape.ParameterCount]);
        for (var layer = 0; layer < shape.Depth; layer++)
        {
            tensors.Floats($"layers.{layer}.weight", shape.FanOut(layer), shape.FanIn(layer)).CopyTo(weights.Weight(layer));
            tensors.Floats($"layers.{layer}.bias", shape.FanOut(layer)).CopyTo(weights.Bias(layer));
        }
        return weights;
    }

    private int Offset(int layer)
    {
        var offset = 0;
        for (var before = 0; before < layer; before++) offset += (Shape.FanIn(before) + 1) * Shape.FanOut(before);
        return offset;
    }
}
