using System.Numerics.Tensors;
using W2S.Models;

namespace W2S.Training.Fused;

/// <summary>
/// The parts that a batch is divided into, computed at once. Gradients and losses are added in the parts' order, so results
/// depend on the number of parts and not on that of cores.
/// </summary>
internal sealed unsafe class EncoderParts : IDisposable
{
    private readonly EncoderPart[] _parts;
    private readonly int _length;

    public EncoderParts(PaddedEncoder layout, InstructionSet instructions, int count, float* weights, float* transposed)
    {
        _length = layout.Length;
        _parts = new EncoderPart[count];
        for (var part = 0; part < count; part++) _parts[part] = new EncoderPart(layout, instructions, weights, transposed);
    }

    /// <summary>What works on memory that all parts share.</summary>
    public EncoderPass Pass => _parts[0].Pass;

    /// <summary>Those of all batches since <see cref="ZeroGradients"/>, as <see cref="PaddedEncoder"/> lays them out.</summary>
    public AlignedMemory Gradients => _parts[0].Gradients;

    /// <summary>Sums of the batch's losses; adds its gradients.</summary>
    public BlockLosses AddGradients(PackedTokens batch, EncoderTargets targets, int blockTokens, LossShares shares, bool needsFirst)
    {
        Run(batch, (part, first, end) => part.AddGradients(batch, first, end, blockTokens, targets, shares, needsFirst));
        GatherGradients();
        var sum = new BlockLosses();
        foreach (var part in _parts) sum += part.Losses;
        return sum;
    }

    /// <summary>Gives every part its sequences [first, end), of about as many tokens as the others', and waits for all.</summary>
    public void Run(PackedTokens batch, Action<EncoderPart, int, int> work)
    {
        if (_parts.Length == 1)
        {
            work(_parts[0], 0, batch.Sequences);
            return;
        }
        var bounds = new int[_parts.Length + 1];
        for (var part = 1; part < bounds.Length; part++)
        {
            var tokens = (long)batch.Tokens.Length * part / _parts.Length;
            for (bounds[part] = bounds[part - 1]; bounds[part] < batch.Sequences && batch.Offsets[bounds[part] + 1] <= tokens;) bounds[part]++;
        }
        bounds[^1] = batch.Sequences;
        Parallel.For(0, _parts.Length, part => work(_parts[part], bounds[part], bounds[part + 1]));
    }

    public void ZeroGradients()
    {
        foreach (var part in _parts) part.Gradients.Span(0, _length).Clear();
    }

    public void Dispose()
    {
        foreach (var part in _parts) part.Dispose();
    }

    /// <summary>Adds all parts' gradients to the first's, and zeroes the others.</summary>
    private void GatherGradients()
    {
        if (_parts.Length == 1) return;
        const int piece = 1 << 16;
        Parallel.For(0, (_length + piece - 1) / piece, index =>
        {
            var (start, length) = (index * piece, Math.Min(piece, _length - index * piece));
            var sum = _parts[0].Gradients.Span(start, length);
            foreach (var part in _parts.AsSpan(1))
            {
                var gradients = part.Gradients.Span(start, length);
                TensorPrimitives.Add(sum, gradients, sum);
                gradients.Clear();
            }
        });
    }
}
