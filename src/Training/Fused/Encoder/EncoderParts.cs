using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace W2S.Training.Fused;

/// <summary>
/// The parts that a batch is divided into, computed at once. Gradients and losses are added in the parts' order, so results
/// depend on the number of parts and not on that of cores. What follows a batch's gradients is shared out as well, by places
/// in memory: that changes no bit.
/// </summary>
internal sealed unsafe class EncoderParts : IDisposable
{
    /// <summary>Floats whose squares are added up in single precision.</summary>
    private const int Piece = 4096;

    private readonly EncoderPart[] _parts;
    private readonly Team _team;
    private readonly PaddedEncoder _layout;
    private readonly double[] _squares;

    public EncoderParts(PaddedEncoder layout, InstructionSet instructions, int count, float* weights)
    {
        (_layout, _squares) = (layout, new double[(layout.Length + Piece - 1) / Piece]);
        (_parts, _team) = (new EncoderPart[count], new Team(count));
        for (var part = 0; part < count; part++) _parts[part] = new EncoderPart(layout, instructions, weights);
    }

    public bool AreSeveral => _parts.Length > 1;

    /// <summary>Sums of the batch's losses; adds its gradients to those since they were zeroed.</summary>
    public EncoderPass.BlockLosses AddGradients(
        PackedTokens batch, EncoderTargets targets, int blockTokens, EncoderPass.LossShares shares, bool needsFirst)
    {
        var (order, starts) = Deal(batch, _parts.Length);
        if (AreSeveral) (batch, targets) = (batch.Pick(order), targets.Pick(batch, order));
        _team.Run(part =>
            _parts[part].AddGradients(batch, starts[part], starts[part + 1], blockTokens, targets, shares, needsFirst));
        var sum = new EncoderPass.BlockLosses();
        foreach (var part in _parts) sum += part.Losses;
        return sum;
    }

    /// <summary>
    /// Which sequences each part takes: the longest first, each to the part that has fewest tokens by then, for all wait for the part
    /// that has most.
    /// </summary>
    /// <returns>The sequences part by part, rising in each, and [parts + 1] where each part's begin among them.</returns>
    public static (int[] Order, int[] Starts) Deal(PackedTokens batch, int parts)
    {
        var (tokens, owner, starts) = (new int[parts], new int[batch.Sequences], new int[parts + 1]);
        foreach (var sequence in Enumerable.Range(0, batch.Sequences).OrderByDescending(batch.Length))
        {
            var part = owner[sequence] = tokens.IndexOf(tokens.Min());
            tokens[part] += batch.Length(sequence);
            starts[part + 1]++;
        }
        for (var part = 0; part < parts; part++) starts[part + 1] += starts[part];
        return ([.. Enumerable.Range(0, batch.Sequences).OrderBy(sequence => owner[sequence])], starts);
    }

    /// <summary>As <see cref="EncoderPart.Features"/>, by one part: whoever reads features reads batches side by side.</summary>
    public void Features(PackedTokens batch, int blockTokens, EncoderPooling pooling, float[] features) =>
        _parts[0].Features(batch, blockTokens, pooling, features);

    /// <summary>
    /// Adds up all parts' gradients: each part those of its share of the memory, in its own, where it has them at hand.
    /// </summary>
    /// <returns>The sum of their squares.</returns>
    public double AddUp()
    {
        _team.Run(part =>
        {
            var (first, end) = ShareOf(part);
            for (; first < end; first += Piece)
            {
                var own = _parts[part].Gradients.Span(first, Math.Min(Piece, end - first));
                foreach (var other in _parts)
                    if (other != _parts[part]) TensorPrimitives.Add(own, other.Gradients.Span(first, own.Length), own);
                _squares[first / Piece] = Squares(own);
            }
        });
        var sum = 0.0;
        foreach (var square in _squares) sum += square;
        return sum;
    }

    /// <summary>The sum of all parts' gradients, which stay as they are, as <see cref="PaddedEncoder"/> lays them out.</summary>
    public AlignedMemory Sum()
    {
        var sum = new AlignedMemory(_layout.Length);
        var all = sum.Span(0, _layout.Length);
        foreach (var part in _parts) TensorPrimitives.Add(all, part.Gradients.Span(0, all.Length), all);
        return sum;
    }

    /// <summary>
    /// Changes the weights by the gradients that were added up, each part those of its share of the memory, and zeroes all gradients.
    /// </summary>
    /// <param name="work">Takes a piece of the weights and gradients as <see cref="PaddedEncoder"/> lays them out.</param>
    public void Update(UpdateOf work)
    {
        _team.Run(part =>
        {
            var (first, end) = ShareOf(part);
            foreach (var region in _layout.Regions)
            {
                var (from, to) = (Math.Max(first, region.Start), Math.Min(end, region.Start + region.Length));
                if (from < to) work(_parts[part].Pass, region with { Start = from, Length = to - from }, _parts[part].Gradients.Floats);
            }
            ZeroGradients(part);
        });
        TransposeAnew();
    }

    /// <summary>One step of some of the weights.</summary>
    public delegate void UpdateOf(EncoderPass pass, PaddedEncoder.Region region, float* gradients);

    /// <summary>Has every part transpose the weights before it needs them.</summary>
    public void TransposeAnew()
    {
        foreach (var part in _parts) part.IsStale = true;
    }

    public void ZeroGradients() => _team.Run(ZeroGradients);

    public void Dispose()
    {
        _team.Dispose();
        foreach (var part in _parts) part.Dispose();
    }

    /// <summary>
    /// What other cores have read is zeroed past the caches, from which they would have to be asked to drop it line by line.
    /// </summary>
    private void ZeroGradients(int part)
    {
        var (first, end) = ShareOf(part);
        var gradients = _parts[part].Gradients;
        gradients.Span(first, end - first).Clear();
        ZeroPastCaches(gradients.Floats, gradients.Floats + first);
        ZeroPastCaches(gradients.Floats + end, gradients.Floats + _layout.Length);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void ZeroPastCaches(float* start, float* end)
    {
        for (; start < end; start += Vector<float>.Count) Vector.StoreAlignedNonTemporal(Vector<float>.Zero, start);
    }

    /// <summary>The floats [first, end) that a part adds up for all.</summary>
    private (int First, int End) ShareOf(int part)
    {
        return (Begin(part), Begin(part + 1));

        int Begin(int number) => Math.Min(_layout.Length, _squares.Length * number / _parts.Length * Piece);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static double Squares(Span<float> piece)
    {
        var squares = Vector<float>.Zero;
        foreach (var vector in MemoryMarshal.Cast<float, Vector<float>>(piece)) squares += vector * vector;
        return Vector.Sum(squares);
    }
}
