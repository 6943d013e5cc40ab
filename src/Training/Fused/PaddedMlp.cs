namespace W2S.Training.Fused;

/// <summary>
/// Where the numbers of an MLP lie in the kernels' memory. Every layer is a block of rows of the same padded
/// <see cref="Width"/> (a multiple of 16): one row per input holding the weights to all outputs, then the bias.
/// </summary>
/// <remarks>
/// <code>
///                outputs →            padding
///   input 0    [ w00 w10 w20 … wn0 | 0 0 0 ]    MlpWeights holds [out, in]; here it is [in, out], so that
///   input 1    [ w01 w11 w21 … wn1 | 0 0 0 ]    a register is a piece of a row: the weights from one input
///     ⋮                                         to 16 neighbouring outputs.
///   padding    [  0   0   0  …  0  | 0 0 0 ]
///   bias       [ b0  b1  b2  …  bn | 0 0 0 ]
/// </code>
/// Padding stays exactly zero: a padded input is always 0, so the gradient of its row is; a padded output is
/// ReLU(0) = 0, which lets no gradient through.
/// </remarks>
internal sealed class PaddedMlp
{
    /// <summary>Rows of a layer are padded to this, so that whole tiles of 16 × 16 can be transposed.</summary>
    public const int Unit = 16;

    /// <summary>The widest layer that the kernels are compiled for.</summary>
    public const int MaximalWidth = 64;

    private readonly int[] _offsets;

    public PaddedMlp(MlpShape shape)
    {
        Shape = shape;
        Width = AlignedMemory.RoundUp(shape.Widest, Unit);
        _offsets = new int[shape.Depth + 1];
        for (var layer = 0; layer < shape.Depth; layer++) _offsets[layer + 1] = _offsets[layer] + (InputRows(layer) + 1) * Width;
    }

    public MlpShape Shape { get; }

    /// <summary>Floats from one row to the next, the same for all layers and activations.</summary>
    public int Width { get; }

    /// <summary>Floats in all layers together.</summary>
    public int Length => _offsets[Shape.Depth];

    public int WeightOffset(int layer) => _offsets[layer];

    public int BiasOffset(int layer) => _offsets[layer] + InputRows(layer) * Width;

    /// <summary>Copies a network in MlpWeights' order into padded form, whose padding is zero already.</summary>
    public void Pack(MlpWeights weights, Span<float> padded)
    {
        for (var layer = 0; layer < Shape.Depth; layer++)
        {
            var (inputs, outputs) = (Shape.FanIn(layer), Shape.FanOut(layer));
            var weight = weights.Weight(layer);
            for (var output = 0; output < outputs; output++)
                for (var input = 0; input < inputs; input++)
                    padded[WeightOffset(layer) + input * Width + output] = weight[output * inputs + input];
            weights.Bias(layer).CopyTo(padded[BiasOffset(layer)..]);
        }
    }

    /// <summary>The opposite of <see cref="Pack"/>.</summary>
    public MlpWeights Unpack(ReadOnlySpan<float> padded)
    {
        var weights = new MlpWeights(Shape, new float[Shape.ParameterCount]);
        for (var layer = 0; layer < Shape.Depth; layer++)
        {
            var (inputs, outputs) = (Shape.FanIn(layer), Shape.FanOut(layer));
            var weight = weights.Weight(layer);
            for (var output = 0; output < outputs; output++)
                for (var input = 0; input < inputs; input++)
                    weight[output * inputs + input] = padded[WeightOffset(layer) + input * Width + output];
            padded.Slice(BiasOffset(layer), outputs).CopyTo(weights.Bias(layer));
        }
        return weights;
    }

    private int InputRows(int layer) => AlignedMemory.RoundUp(Shape.FanIn(layer), Unit);

    /// <summary>A padded layer width as a type, so that the compiled kernel knows every distance in memory.</summary>
    public interface IWidth
    {
        static abstract int Value { get; }
    }
}
