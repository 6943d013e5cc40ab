namespace W2S.Training;

/// <summary>Molecules or pieces of text to pretrain an encoder on, as tokens.</summary>
/// <param name="Forms">
/// Ways of writing all examples, at least one: each has one sequence for each example, [CLS] tokens [SEP]. An epoch takes
/// one of them for each example by chance.
/// </param>
/// <param name="DescriptorCount">Numbers of each described molecule; 0: none is described.</param>
/// <param name="Descriptors">[described molecules, descriptors], row-major.</param>
/// <param name="DescriptorRows">[examples]: the row of a molecule's descriptors, or −1 where it has none.</param>
internal sealed record PretrainingExamples(
    IReadOnlyList<PackedTokens> Forms, int DescriptorCount, float[] Descriptors, int[] DescriptorRows)
{
    public int Count => Forms[0].Sequences;

    /// <summary>The ids that stand for nothing in an example.</summary>
    public SpecialIds Special { get; init; } = SpecialIds.OfMolecules;

    /// <summary>A vocabulary's special tokens, which masking neither hides nor puts in.</summary>
    /// <param name="Mask">What stands for a hidden token.</param>
    /// <param name="All">The mask's id among them.</param>
    public sealed record SpecialIds(int Mask, IReadOnlyList<int> All)
    {
        /// <summary>[PAD], [CLS], [SEP] and [MASK] of every vocabulary of molecules.</summary>
        public static SpecialIds OfMolecules { get; } =
            new(MoleculeTokenizer.MaskId, [.. Enumerable.Range(0, MoleculeTokenizer.FirstOrdinaryId)]);
    }
}
