using W2S.Models;

namespace W2S.Training;

/// <summary>Molecules to pretrain an encoder on, as tokens.</summary>
/// <param name="Forms">
/// Ways of writing all molecules, at least one: each has one sequence for each molecule, [CLS] tokens [SEP]. An epoch takes
/// one of them for each molecule by chance.
/// </param>
/// <param name="DescriptorCount">Numbers of each described molecule; 0: none is described.</param>
/// <param name="Descriptors">[described molecules, descriptors], row-major.</param>
/// <param name="DescriptorRows">[molecules]: the row of a molecule's descriptors, or −1 where it has none.</param>
public sealed record PretrainingMolecules(IReadOnlyList<PackedTokens> Forms, int DescriptorCount, float[] Descriptors, int[] DescriptorRows)
{
    public int Count => Forms[0].Sequences;
}
