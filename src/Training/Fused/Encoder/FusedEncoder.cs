using W2S.Training.Fused;

namespace W2S.Training;

/// <summary>
/// Trains a small BERT encoder and its pretraining heads on the processor, and extracts its features, without libtorch and
/// without padding between sequences. Not safe for several callers at once.
/// </summary>
/// <remarks>
/// A batch is worked on in blocks of whole sequences, each forward and backward, so that what is between stays in the
/// second-level cache; gradients add up over blocks and over calls until <see cref="ZeroGradients"/>. The last layer is
/// computed only for the tokens that a loss asks for: keys and values of all, everything else of those.
/// A batch may be divided into parts that are computed at once, a core each; their gradients are added in the parts' order
/// before a step, so results depend on the number of parts and not on that of cores.
/// </remarks>
internal sealed unsafe class FusedEncoder : IDisposable
{
    private readonly PaddedEncoder _layout;
    private readonly EncoderParts _parts;
    private readonly AlignedMemory _weights, _first, _second;

    /// <param name="descriptors">Outputs of the descriptor head; 0: there is none.</param>
    /// <param name="sameMolecule">Whether there is a head that tells pairs of one molecule from others.</param>
    /// <param name="instructions">What to compute with; the best there is if null. Results differ by the order of summation.</param>
    /// <param name="parts">
    /// How many parts of a batch are computed at once; more than one pays from some 100,000 multiply-adds a token on.
    /// </param>
    /// <exception cref="PlatformNotSupportedException">This processor lacks the instructions asked for.</exception>
    public FusedEncoder(
        EncoderShape shape, int descriptors = 0, bool sameMolecule = false, InstructionSet? instructions = null, int parts = 1)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(parts);
        Instructions = instructions ?? InstructionSets.Best;
        if (!InstructionSets.IsSupported(Instructions))
            throw new PlatformNotSupportedException($"This processor has no {Instructions.Title()}.");
        ArgumentOutOfRangeException.ThrowIfNotEqual(shape.HiddenSize % shape.Heads, 0, nameof(shape));
        _layout = new PaddedEncoder(
            shape, descriptors, sameMolecule, Instructions switch { InstructionSet.Avx512 => 16, InstructionSet.Avx2 => 8, _ => 1 });
        (_weights, _first, _second) = (
            new AlignedMemory(_layout.Length), new AlignedMemory(_layout.Length), new AlignedMemory(_layout.Length));
        _parts = new EncoderParts(_layout, Instructions, parts, _weights.Floats);
    }

    public EncoderShape Shape => _layout.Shape;

    /// <summary>What the kernels compute with.</summary>
    public InstructionSet Instructions { get; }

    /// <summary>Tokens that are worked on together, in whole sequences. Gradients differ by the order of summation.</summary>
    public int BlockTokens { get; init; } = 256;

    /// <summary>Takes the weights over; moments and gradients stay.</summary>
    /// <param name="heads">null: features only are wanted.</param>
    public void Load(EncoderWeights encoder, EncoderWeights? heads = null)
    {
        Pack(encoder, heads, _weights);
        _parts.TransposeAnew();
    }

    /// <summary>Writes the weights; the opposite of <see cref="Load"/>.</summary>
    public void Store(EncoderWeights encoder, EncoderWeights? heads = null) => Unpack(_weights, encoder, heads);

    /// <summary>Takes over AdamW's moments, in the order of the weights: what a checkpoint holds.</summary>
    public void LoadMoments(
        EncoderWeights encoderFirst, EncoderWeights encoderSecond, EncoderWeights headsFirst, EncoderWeights headsSecond)
    {
        Pack(encoderFirst, headsFirst, _first);
        Pack(encoderSecond, headsSecond, _second);
    }

    /// <summary>Writes AdamW's moments; the opposite of <see cref="LoadMoments"/>.</summary>
    public void StoreMoments(
        EncoderWeights encoderFirst, EncoderWeights encoderSecond, EncoderWeights headsFirst, EncoderWeights headsSecond)
    {
        Unpack(_first, encoderFirst, headsFirst);
        Unpack(_second, encoderSecond, headsSecond);
    }

    /// <summary>Writes the gradients added up since <see cref="ZeroGradients"/>, in the order of the weights.</summary>
    public void StoreGradients(EncoderWeights encoder, EncoderWeights? heads = null)
    {
        using var sum = _parts.Sum();
        Unpack(sum, encoder, heads);
    }

    public void ZeroGradients() => _parts.ZeroGradients();

    /// <summary>The losses of a batch; adds the gradients of their weighted sum times <paramref name="weight"/>.</summary>
    /// <param name="weight">1 / n where the gradients of n batches are added up before a step.</param>
    /// <exception cref="ArgumentException">Tokens, types, lengths or targets do not fit the encoder or the batch.</exception>
    public EncoderBatch.Losses AddGradients(PackedTokens batch, EncoderTargets targets, double weight = 1)
    {
        Check(batch, targets);
        var asked = 0;
        foreach (var answer in targets.Masked.AsSpan()) asked += answer >= 0 ? 1 : 0;
        var values = (double)batch.Sequences * Math.Max(1, _layout.Descriptors);
        var shares = new EncoderPass.LossShares(
            (float)(weight / Math.Max(1, asked)), (float)(weight * targets.DescriptorWeight / values), (float)(weight / batch.Sequences));
        var needsFirst = targets.Descriptors != null || targets.SameMolecule != null;
        var sum = _parts.AddGradients(batch, targets, BlockTokens, shares, needsFirst);
        return new EncoderBatch.Losses(
            sum.Masked / Math
                .Max(1, asked), asked, sum.RightTokens, sum.Descriptors / values, sum.SameMolecule / batch.Sequences, sum.RightPairs);
    }

    /// <summary>One AdamW step on the gradients added up, which are then zero again. Biases and LayerNorms are not decayed.</summary>
    /// <param name="step">0-based: steps taken before this one.</param>
    /// <param name="rate">This step's.</param>
    /// <returns>The norm before clipping.</returns>
    public double Step(OptimiserOptions optimiser, long step, double rate)
    {
        var norm = Math.Sqrt(_parts.AddUp());
        // PyTorch's clip_grad_norm_ divides by norm + 1e-6.
        var factor = (float)Math.Min(1, optimiser.MaxGradNorm == 0 ? 1 : optimiser.MaxGradNorm / (norm + 1e-6));
        var (decayed, plain) = (new AdamWStep(optimiser, step, rate), new AdamWStep(optimiser with { WeightDecay = 0 }, step, rate));
        _parts.Update((pass, region, gradients) =>
            pass.Update(region, _first.Floats, _second.Floats, gradients, factor, region.IsDecayed ? decayed : plain, _parts.AreSeveral));
        return norm;
    }

    /// <summary>[sequences, hidden], row-major, of the weights as they are.</summary>
    /// <exception cref="ArgumentException">Tokens, types or lengths do not fit the encoder.</exception>
    public float[] Features(PackedTokens tokens, EncoderPooling pooling)
    {
        Check(tokens);
        var features = new float[tokens.Sequences * Shape.HiddenSize];
        _parts.Features(tokens, BlockTokens, pooling, features);
        return features;
    }

    public void Dispose()
    {
        foreach (var owned in (IDisposable[])[_parts, _weights, _first, _second]) owned.Dispose();
    }

    private void Pack(EncoderWeights encoder, EncoderWeights? heads, AlignedMemory target)
    {
        var padded = target.Span(0, _layout.Length);
        foreach (var (parameter, place) in Places(encoder, heads)) place.Pack(parameter.Weights[parameter.Name], padded);
    }

    private void Unpack(AlignedMemory source, EncoderWeights encoder, EncoderWeights? heads)
    {
        var padded = source.Span(0, _layout.Length);
        foreach (var (parameter, place) in Places(encoder, heads)) place.Unpack(padded, parameter.Weights[parameter.Name]);
    }

    private IEnumerable<(
        (EncoderWeights Weights, string Name) Parameter, PaddedEncoder.Place Place)> Places(EncoderWeights encoder, EncoderWeights? heads)
    {
        Require(encoder, EncoderParameter.OfEncoder(Shape));
        var places = encoder.Parameters.Select(parameter => (encoder, parameter.Name)).Zip(_layout.EncoderPlaces);
        if (heads == null) return places;
        Require(heads, EncoderParameter.OfHeads(Shape, _layout.Descriptors, _layout.SameMoleculeHead != null));
        return places.Concat(heads.Parameters.Select(parameter => (heads, parameter.Name)).Zip(_layout.HeadPlaces));
    }

    private static void Require(EncoderWeights weights, IReadOnlyList<EncoderParameter> parameters)
    {
        if (!weights.Parameters.Select(one => (one.Name, one.Length)).SequenceEqual(parameters.Select(one => (one.Name, one.Length))))
            throw new ArgumentException("The weights are not those of this encoder's shape and heads.", nameof(weights));
    }

    /// <summary>What must hold of a batch before kernels that check nothing read it.</summary>
    /// <exception cref="ArgumentException">Something does not fit; the message says what and where.</exception>
    private void Check(PackedTokens batch, EncoderTargets? targets = null)
    {
        var shape = _layout.Shape;
        if (batch.Sequences < 1 || batch.Offsets[0] != 0 || batch.Offsets[^1] != batch.Tokens.Length)
            throw new ArgumentException($"The offsets of a batch must rise from 0 to its {batch.Tokens.Length} tokens.");
        for (var sequence = 0; sequence < batch.Sequences; sequence++)
            if (batch.Length(sequence) < 1 || batch.Length(sequence) > shape.MaximumLength)
                throw new ArgumentException(
                    $"Sequence {sequence} has {batch.Length(sequence)} tokens; the encoder takes 1 to {shape.MaximumLength}.");
        RequireWithin(
            batch.Tokens.AsSpan().IndexOfAnyExceptInRange(0, shape.VocabularySize - 1), batch.Tokens, shape.VocabularySize, "token");
        if (batch.Types != null && shape.TokenTypes <= byte.MaxValue)
            RequireWithin(
                batch.Types.AsSpan().IndexOfAnyInRange((byte)shape.TokenTypes, byte.MaxValue), batch.Types, shape.TokenTypes, "type");
        if (batch.Types != null) Count(batch.Types.Length, batch.Tokens.Length, "types");
        if (targets == null) return;

        if (targets.Masked is { } masked)
        {
            Count(masked.Length, batch.Tokens.Length, "masked-token targets");
            foreach (var answer in masked)
                if (answer < -1 || answer >= shape.VocabularySize)
                    throw new ArgumentException($"A masked-token target is {answer}, outside −1..{shape.VocabularySize - 1}.");
        }
        if (targets.Descriptors is { } descriptors)
        {
            if (_layout.DescriptorHead == null) throw new ArgumentException("This encoder has no descriptor head.");
            Count(descriptors.Length, batch.Sequences * _layout.Descriptors, "descriptors");
        }
        if (targets.SameMolecule is { } labels)
        {
            if (_layout.SameMoleculeHead == null) throw new ArgumentException("This encoder has no same-molecule head.");
            Count(labels.Length, batch.Sequences, "same-molecule labels");
            foreach (var label in labels)
                if (label is not (0 or 1)) throw new ArgumentException($"A same-molecule label is {label}, neither 0 nor 1.");
        }
    }

    private static void Count(int found, int expected, string what)
    {
        if (found != expected) throw new ArgumentException($"The batch has {found} {what}, not {expected}.");
    }

    private static void RequireWithin<T>(int position, T[] values, int bound, string what)
    {
        if (position >= 0) throw new ArgumentException($"The {what} at {position} is {values[position]}; there are {bound}.");
    }
}
