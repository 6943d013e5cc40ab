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
    private readonly AlignedMemory _sum;
    private readonly double[] _squares;

    public EncoderParts(PaddedEncoder layout, InstructionSet instructions, int count, float* weights)
    {
        (_layout, _squares) = (layout, new double[(layout.Length + Piece - 1) / Piece]);
        (_parts, _team) = (new EncoderPart[count], new Team(count));
        for (var part = 0; part < count; part++) _parts[part] = new EncoderPart(layout, instructions, weights);
        _sum = count == 1 ? _parts[0].Gradients : new AlignedMemory(layout.Length);
    }

    public bool AreSeveral => _parts.Length > 1;

    /// <summary>Of all gradients, as they were last added up.</summary>
    public double SumOfSquares
    {
        get
        {
            var sum = 0.0;
            foreach (var square in _squares) sum += square;
            return sum;
        }
    }

    /// <summary>Sums of the batch's losses; adds its gradients to those since they were zeroed.</summary>
    public EncoderPass.BlockLosses AddGradients(
        PackedTokens batch, EncoderTargets targets, int blockTokens, EncoderPass.LossShares shares, bool needsFirst)
    {
        var (order, bounds) = Deal(batch, _parts.Length);
        if (AreSeveral) (batch, targets) = (batch.Pick(order), targets.Pick(batch, order));
        _team.Run(part =>
            _parts[part].AddGradients(batch, bounds[part], bounds[part + 1], blockTokens, targets, shares, needsFirst));
        var sum = new EncoderPass.BlockLosses();
        foreach (var part in _parts) sum += part.Losses;
        return sum;
    }

    /// <summary>
    /// Which sequences each part takes: the longest first, each to the part that has fewest tokens by then, for all wait for the part
    /// that has most.
    /// </summary>
    /// <returns>The sequences part by part, rising in each, and [parts + 1] where each part's begin among them.</returns>
    public static (int[] Order, int[] Bounds) Deal(PackedTokens batch, int parts)
    {
        var (tokens, owner, bounds) = (new int[parts], new int[batch.Sequences], new int[parts + 1]);
        foreach (var sequence in Enumerable.Range(0, batch.Sequences).OrderByDescending(batch.Length))
        {
            var part = owner[sequence] = tokens.IndexOf(tokens.Min());
            tokens[part] += batch.Length(sequence);
            bounds[part + 1]++;
        }
        for (var part = 0; part < parts; part++) bounds[part + 1] += bounds[part];
        return ([.. Enumerable.Range(0, batch.Sequences).OrderBy(sequence => owner[sequence])], bounds);
    }

    /// <summary>As <see cref="EncoderPart.Features"/>, by one part: whoever reads features reads batches side by side.</summary>
    public void Features(PackedTokens batch, int blockTokens, EncoderPooling pooling, float[] features) =>
        _parts[0].Features(batch, blockTokens, pooling, features);

    /// <summary>The sum of all parts' gradients, as <see cref="PaddedEncoder"/> lays them out.</summary>
    public AlignedMemory AddUp()
    {
        _team.Run(share =>
        {
            var (first, end) = ShareOf(share);
            for (; first < end; first += Piece) AddUp(first / Piece);
        });
        return _sum;
    }

    /// <summary>
    /// Changes the weights region by region, each part those that begin in its share of the memory, and zeroes the gradients.
    /// </summary>
    public void Update(Action<EncoderPass, PaddedEncoder.Region> work)
    {
        _team.Run(part =>
        {
            foreach (var region in _layout.Regions)
                if ((long)region.Start * _parts.Length / _layout.Length == part) work(_parts[part].Pass, region);
            ZeroGradients(part);
        });
        TransposeAnew();
    }

    /// <summary>Has every part transpose the weights before it needs them.</summary>
    public void TransposeAnew()
    {
        foreach (var part in _parts) part.IsStale = true;
    }

    public void ZeroGradients() => _team.Run(ZeroGradients);

    public void Dispose()
    {
        _team.Dispose();
        _sum.Dispose();
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

    private void AddUp(int piece)
    {
        var (start, length) = (piece * Piece, Math.Min(Piece, _layout.Length - piece * Piece));
        var sum = _sum.Span(start, length);
        if (_parts.Length > 1)
        {
            TensorPrimitives.Add(_parts[0].Gradients.Span(start, length), _parts[1].Gradients.Span(start, length), sum);
            foreach (var part in _parts.AsSpan(2)) TensorPrimitives.Add(sum, part.Gradients.Span(start, length), sum);
        }
        _squares[piece] = Squares(sum);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static double Squares(Span<float> piece)
    {
        var squares = Vector<float>.Zero;
        foreach (var vector in MemoryMarshal.Cast<float, Vector<float>>(piece)) squares += vector * vector;
        return Vector.Sum(squares);
    }
}
