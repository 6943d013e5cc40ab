using W2S.Models;

namespace W2S.Training;

/// <summary>What a step sees: sequences with hidden tokens, and what is to be said about them.</summary>
/// <param name="Descriptors">[sequences, descriptors], row-major; null: not asked for.</param>
/// <param name="SameMolecule">[sequences], 1 where both halves are one molecule, else 0; null: not asked for.</param>
internal sealed record EncoderBatch(MaskedTokens Masked, float[]? Descriptors, int[]? SameMolecule)
{
    public PackedTokens Tokens => Masked.Tokens;

    /// <summary>The targets in the form that the fused kernels take.</summary>
    public EncoderTargets Targets => new(Masked.LabelOfEachToken(), Descriptors, SameMolecule);
}
