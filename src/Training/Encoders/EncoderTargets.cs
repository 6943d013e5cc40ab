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
