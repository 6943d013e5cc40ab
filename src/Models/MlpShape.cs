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
