namespace W2S.Data;

/// <summary>
/// SMILES to token ids and back, for training: nothing is allocated, and no [CLS] or [SEP] is added, for
/// who lays out a batch knows where they go. Decoding the ids of any SMILES gives that SMILES again, to the character.
/// </summary>
/// <remarks>Safe for any number of threads at once. The special tokens have the same ids in every vocabulary.</remarks>
public interface IMoleculeTokenizer
{
    /// <summary>[PAD], [CLS], [SEP], [MASK] are 0 to 3; what stands for part of a molecule comes after them.</summary>
    public const int PadId = 0, ClsId = 1, SepId = 2, MaskId = 3, FirstOrdinaryId = 4;

    /// <summary>The name by which <see cref="MoleculeTokenizers.Find"/> knows it, as in options and in a model's configuration.</summary>
    string Name { get; }

    /// <summary>The number of ids, special tokens included.</summary>
    int VocabularySize { get; }

    /// <summary>The tokens' texts by id.</summary>
    IReadOnlyList<string> Vocabulary { get; }

    /// <summary>What <see cref="Encode"/> does with a symbol that the vocabulary lacks.</summary>
    UnknownSymbols UnknownSymbols { get; }

    /// <summary>
    /// Encodes a molecule all of whose symbols are known; whatever <see cref="UnknownSymbols"/> says, it never throws
    /// for what is in the SMILES.
    /// </summary>
    /// <param name="smiles">Without surrounding blanks; a blank is an unknown symbol.</param>
    /// <param name="ids">[at least smiles.Length], for there are never more tokens than characters.</param>
    /// <param name="count">The number of ids written; where it fails, of those before the error.</param>
    /// <param name="errorPosition">Index of the first unknown symbol's first character, or −1. <see cref="Explain"/> puts it in words.</param>
    /// <exception cref="ArgumentException"><paramref name="ids"/> is too short.</exception>
    bool TryEncode(ReadOnlySpan<char> smiles, Span<int> ids, out int count, out int errorPosition);

    /// <summary>Encodes a molecule; unknown symbols are refused or dropped as <see cref="UnknownSymbols"/> says.</summary>
    /// <param name="dropped">The number of symbols left out.</param>
    /// <returns>The number of ids written.</returns>
    /// <exception cref="UserErrorException">A symbol is unknown, and unknown symbols are refused.</exception>
    /// <inheritdoc cref="TryEncode"/>
    int Encode(ReadOnlySpan<char> smiles, Span<int> ids, out int dropped);

    /// <summary>
    /// The SMILES of ids. [PAD], [CLS] and [SEP] are layout and leave no trace; [MASK] is written out, for a molecule
    /// with a hole must not look like a whole one.
    /// </summary>
    /// <exception cref="ArgumentException">An id is not of this vocabulary.</exception>
    string Decode(ReadOnlySpan<int> ids);

    /// <summary>A sentence that says which symbol at an error's position is not known, and what to do about it.</summary>
    string Explain(ReadOnlySpan<char> smiles, int errorPosition);
}
