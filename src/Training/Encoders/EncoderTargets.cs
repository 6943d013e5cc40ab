using W2S.Models;

namespace W2S.Training;

/// <summary>What an encoder is pretrained to say about a batch. What is null is not asked for.</summary>
/// <param name="Masked">[tokens]: the token that stood there, or −1 where it is not asked.</param>
/// <param name="Descriptors">[sequences, descriptors], row-major.</param>
/// <param name="SameMolecule">[sequences]: 1 where both segments are one molecule, else 0.</param>
internal sealed record EncoderTargets(int[]? Masked, float[]? Descriptors = null, int[]? SameMolecule = null)
{
    /// <summary>What the descriptors' loss counts in the gradients beside the others; MolBERT's sum is plain.</summary>
    public double DescriptorWeight { get; init; } = 1;

    /// <summary>What is asked about some sequences of <paramref name="batch"/>, in the order of <see cref="PackedTokens.Pick"/>.</summary>
    public EncoderTargets Pick(PackedTokens batch, int[] sequences)
    {
        var described = (Descriptors?.Length ?? 0) / batch.Sequences;
        return this with
        {
            Masked = Pieces(Masked, sequence => batch.Offsets[sequence]..batch.Offsets[sequence + 1]),
            Descriptors = Pieces(Descriptors, sequence => (sequence * described)..((sequence + 1) * described)),
            SameMolecule = Pieces(SameMolecule, sequence => sequence..(sequence + 1)),
        };

        T[]? Pieces<T>(T[]? values, Func<int, Range> place) =>
            values == null ? null : [.. sequences.SelectMany(sequence => values[place(sequence)])];
    }
}

/// <summary>A batch's losses, each a mean over what was asked (0 where nothing was), and how much was answered right.</summary>
/// <param name="Masked">Cross-entropy in nats, mean over <paramref name="AskedTokens"/>.</param>
/// <param name="RightTokens">Asked tokens whose most likely answer is right.</param>
/// <param name="Descriptors">Squared error, mean over sequences and descriptors.</param>
/// <param name="SameMolecule">Cross-entropy in nats, mean over sequences.</param>
/// <param name="RightPairs">Sequences whose answer to "one molecule?" is right.</param>
internal readonly record struct EncoderLosses(
    double Masked, int AskedTokens, int RightTokens, double Descriptors, double SameMolecule, int RightPairs)
{
    /// <summary>The plain sum that MolBERT minimises.</summary>
    public double Total => Weighted(1);

    /// <summary>The sum with another weight of the descriptors' loss.</summary>
    public double Weighted(double descriptorWeight) => Masked + descriptorWeight * Descriptors + SameMolecule;

    /// <summary>The losses of several batches as those of one: each a mean over all that was asked.</summary>
    public static EncoderLosses Mean(IEnumerable<(EncoderLosses Losses, EncoderBatch Batch)> measured)
    {
        var (masked, descriptors, same) = (0.0, 0.0, 0.0);
        var (asked, rightTokens, described, pairs, rightPairs) = (0, 0, 0, 0, 0);
        foreach (var (losses, batch) in measured)
        {
            var sequences = batch.Tokens.Sequences;
            masked += losses.Masked * losses.AskedTokens;
            asked += losses.AskedTokens;
            rightTokens += losses.RightTokens;
            if (batch.Descriptors != null) (descriptors, described) = (descriptors + losses.Descriptors * sequences, described + sequences);
            if (batch.SameMolecule == null) continue;
            (same, pairs) = (same + losses.SameMolecule * sequences, pairs + sequences);
            rightPairs += losses.RightPairs;
        }
        return new EncoderLosses(
            masked / Math.Max(1, asked), asked, rightTokens, descriptors / Math.Max(1, described), same / Math.Max(1, pairs), rightPairs);
    }
}

/// <summary>What a step sees: sequences with hidden tokens, and what is to be said about them.</summary>
/// <param name="Descriptors">[sequences, descriptors], row-major; null: not asked for.</param>
/// <param name="SameMolecule">[sequences], 1 where both halves are one molecule, else 0; null: not asked for.</param>
internal sealed record EncoderBatch(MaskedTokens Masked, float[]? Descriptors, int[]? SameMolecule)
{
    public PackedTokens Tokens => Masked.Tokens;

    /// <summary>The targets in the form that the fused kernels take.</summary>
    public EncoderTargets Targets => new(Masked.LabelOfEachToken(), Descriptors, SameMolecule);
}
