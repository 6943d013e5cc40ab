using W2S.Models;

namespace W2S.Training.Fused;

/// <summary>What must hold of a batch before kernels that check nothing read it.</summary>
internal static class EncoderBatchRules
{
    /// <exception cref="ArgumentException">Something does not fit; the message says what and where.</exception>
    public static void Check(PaddedEncoder layout, PackedTokens batch, EncoderTargets? targets = null)
    {
        var shape = layout.Shape;
        if (batch.Sequences < 1 || batch.Offsets[0] != 0 || batch.Offsets[^1] != batch.Tokens.Length)
            throw new ArgumentException($"The offsets of a batch must rise from 0 to its {batch.Tokens.Length} tokens.");
        for (var sequence = 0; sequence < batch.Sequences; sequence++)
            if (batch.Length(sequence) < 1 || batch.Length(sequence) > shape.MaximumLength)
                throw new ArgumentException($"Sequence {sequence} has {batch.Length(sequence)} tokens; the encoder takes 1 to {shape.MaximumLength}.");
        RequireWithin(batch.Tokens.AsSpan().IndexOfAnyExceptInRange(0, shape.VocabularySize - 1), batch.Tokens, shape.VocabularySize, "token");
        if (batch.Types != null && shape.TokenTypes <= byte.MaxValue)
            RequireWithin(batch.Types.AsSpan().IndexOfAnyInRange((byte)shape.TokenTypes, byte.MaxValue), batch.Types, shape.TokenTypes, "type");
        if (batch.Types != null) Count(batch.Types.Length, batch.Tokens.Length, "types");
        if (targets == null) return;

        if (targets.Masked is { } masked)
        {
            Count(masked.Length, batch.Tokens.Length, "masked-token targets");
            foreach (var answer in masked)
                if (answer < -1 || answer >= shape.VocabularySize) throw new ArgumentException($"A masked-token target is {answer}, outside −1..{shape.VocabularySize - 1}.");
        }
        if (targets.Descriptors is { } descriptors)
        {
            if (layout.DescriptorHead == null) throw new ArgumentException("This encoder has no descriptor head.");
            Count(descriptors.Length, batch.Sequences * layout.Descriptors, "descriptors");
        }
        if (targets.SameMolecule is { } labels)
        {
            if (layout.SameMoleculeHead == null) throw new ArgumentException("This encoder has no same-molecule head.");
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
