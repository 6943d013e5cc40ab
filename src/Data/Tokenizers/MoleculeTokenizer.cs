using System.Buffers;
using System.Runtime.CompilerServices;
using Microsoft.ML.Tokenizers;

namespace W2S.Data;

/// <summary>
/// SMILES to token ids and back: a fast path for training, in which nothing is allocated, and all of <see cref="Tokenizer"/>, so that
/// it works wherever that library's tokenizers do. No [CLS] or [SEP] is added, for who lays out a batch knows where they go. Decoding
/// the ids of any SMILES gives that SMILES again, to the character.
/// </summary>
/// <remarks>Safe for any number of threads at once. The special tokens have the same ids in every vocabulary.</remarks>
/// <param name="unknownSymbols">What <see cref="Encode"/> does with a symbol that the vocabulary lacks.</param>
public abstract class MoleculeTokenizer(MoleculeTokenizer.Unknown unknownSymbols) : Tokenizer
{
    /// <summary>[PAD], [CLS], [SEP], [MASK] are 0 to 3; what stands for part of a molecule comes after them.</summary>
    public const int PadId = 0, ClsId = 1, SepId = 2, MaskId = 3, FirstOrdinaryId = 4;

    /// <summary>The name by which <see cref="MoleculeTokenizers.Find"/> knows it, as in options and in a model's configuration.</summary>
    public abstract string Name { get; }

    /// <summary>The tokens' texts by id.</summary>
    public abstract IReadOnlyList<string> Vocabulary { get; }

    /// <summary>The number of ids, special tokens included.</summary>
    public int VocabularySize => Vocabulary.Count;

    /// <summary>What <see cref="Encode"/> does with a symbol that the vocabulary lacks.</summary>
    public Unknown UnknownSymbols { get; } = unknownSymbols;

    /// <summary>
    /// Encodes a molecule all of whose symbols are known; whatever <see cref="UnknownSymbols"/> says, it never throws
    /// for what is in the SMILES.
    /// </summary>
    /// <param name="smiles">Without surrounding blanks; a blank is an unknown symbol.</param>
    /// <param name="ids">[at least smiles.Length], for there are never more tokens than characters.</param>
    /// <param name="count">The number of ids written; where it fails, of those before the error.</param>
    /// <param name="errorPosition">
    /// Index of the first unknown symbol's first character, or −1. <see cref="Explain"/> puts it in words.
    /// </param>
    /// <exception cref="ArgumentException"><paramref name="ids"/> is too short.</exception>
    public abstract bool TryEncode(ReadOnlySpan<char> smiles, Span<int> ids, out int count, out int errorPosition);

    /// <summary>Encodes a molecule; unknown symbols are refused or dropped as <see cref="UnknownSymbols"/> says.</summary>
    /// <param name="dropped">The number of symbols left out.</param>
    /// <returns>The number of ids written.</returns>
    /// <exception cref="UserErrorException">A symbol is unknown, and unknown symbols are refused.</exception>
    /// <inheritdoc cref="TryEncode"/>
    public int Encode(ReadOnlySpan<char> smiles, Span<int> ids, out int dropped)
    {
        dropped = 0;
        if (TryEncode(smiles, ids, out var count, out var errorPosition)) return count;
        if (UnknownSymbols == Unknown.Refuse) throw new UserErrorException(Explain(smiles, errorPosition));
        count = 0;
        var scan = new SymbolEnumerator(this, smiles);
        while (scan.MoveNext())
        {
            if (scan.Id < 0) dropped++;
            else ids[count++] = scan.Id;
        }
        return count;
    }

    /// <summary>
    /// The SMILES of ids. [PAD], [CLS] and [SEP] are layout and leave no trace; [MASK] is written out, for a molecule
    /// with a hole must not look like a whole one.
    /// </summary>
    /// <exception cref="ArgumentException">An id is not of this vocabulary.</exception>
    public string Decode(ReadOnlySpan<int> ids)
    {
        var text = new StringBuilder(ids.Length);
        foreach (var id in ids) text.Append(Text(id));
        return text.ToString();
    }

    /// <summary>A sentence that says which symbol at an error's position is not known, and what to do about it.</summary>
    public string Explain(ReadOnlySpan<char> smiles, int errorPosition)
    {
        var insideBrackets = smiles[..errorPosition].LastIndexOf('[') > smiles[..errorPosition].LastIndexOf(']');
        Read(smiles, errorPosition, ref insideBrackets, out var length);
        return $"The tokenizer '{Name}' does not know '{smiles.Slice(errorPosition, length)}' at character {errorPosition + 1} of "
            + $"'{smiles}'. {Remedy(smiles, errorPosition)}";
    }

    /// <summary>The loop of the fast path: every molecule of a corpus goes through it once.</summary>
    /// <inheritdoc cref="TryEncode"/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private protected static bool TryEncode<TReader>(
        ReadOnlySpan<char> smiles, Span<int> ids, out int count, out int errorPosition) where TReader : struct, IReader
    {
        if (ids.Length < smiles.Length)
            throw new ArgumentException($"{ids.Length} ids are too few for {smiles.Length} characters.", nameof(ids));
        count = 0;
        var insideBrackets = false;
        for (var position = 0; position < smiles.Length;)
        {
            var id = TReader.Read(smiles, position, ref insideBrackets, out var length);
            if (id < 0)
            {
                errorPosition = position;
                return false;
            }
            ids[count++] = id;
            position += length;
        }
        errorPosition = -1;
        return true;
    }

    /// <inheritdoc cref="IReader.Read"/>
    protected internal abstract int Read(ReadOnlySpan<char> smiles, int position, ref bool insideBrackets, out int length);

    /// <summary>What a user can do about a symbol that is not known.</summary>
    protected abstract string Remedy(ReadOnlySpan<char> smiles, int errorPosition);

    protected sealed override EncodeResults<EncodedToken> EncodeToTokens(string? text, ReadOnlySpan<char> textSpan, EncodeSettings settings)
    {
        var tokens = new List<EncodedToken>();
        var scan = Known(text, textSpan);
        while (tokens.Count < settings.MaxTokenCount && scan.MoveNext())
        {
            if (scan.Id >= 0) tokens.Add(new EncodedToken(scan.Id, Vocabulary[scan.Id], new Range(scan.Position, scan.End)));
        }
        return new EncodeResults<EncodedToken> { Tokens = tokens, CharsConsumed = scan.End };
    }

    protected sealed override EncodeResults<int> EncodeToIds(string? text, ReadOnlySpan<char> textSpan, EncodeSettings settings)
    {
        var ids = new List<int>();
        var scan = Known(text, textSpan);
        while (ids.Count < settings.MaxTokenCount && scan.MoveNext())
        {
            if (scan.Id >= 0) ids.Add(scan.Id);
        }
        return new EncodeResults<int> { Tokens = ids, CharsConsumed = scan.End };
    }

    protected sealed override int CountTokens(string? text, ReadOnlySpan<char> textSpan, EncodeSettings settings)
    {
        var count = 0;
        var scan = Known(text, textSpan);
        while (count < settings.MaxTokenCount && scan.MoveNext())
        {
            if (scan.Id >= 0) count++;
        }
        return count;
    }

    protected sealed override int GetIndexByTokenCount(
        string? text, ReadOnlySpan<char> textSpan, EncodeSettings settings, bool fromEnd, out string? normalizedText, out int tokenCount)
    {
        normalizedText = null;
        var limit = settings.MaxTokenCount;
        if (fromEnd) settings.MaxTokenCount = int.MaxValue;
        var tokens = EncodeToTokens(text, textSpan, settings).Tokens;
        tokenCount = Math.Min(limit, tokens.Count);
        if (fromEnd) return tokenCount > 0 ? tokens[^tokenCount].Offset.Start.Value : text?.Length ?? textSpan.Length;
        return tokenCount > 0 ? tokens[tokenCount - 1].Offset.End.Value : 0;
    }

    public sealed override OperationStatus Decode(IEnumerable<int> ids, Span<char> destination, out int idsConsumed, out int charsWritten)
    {
        ArgumentNullException.ThrowIfNull(ids);
        (idsConsumed, charsWritten) = (0, 0);
        foreach (var id in ids)
        {
            if ((uint)id >= (uint)VocabularySize) return OperationStatus.InvalidData;
            if (!Text(id).TryCopyTo(destination[charsWritten..])) return OperationStatus.DestinationTooSmall;
            charsWritten += Text(id).Length;
            idsConsumed++;
        }
        return OperationStatus.Done;
    }

    /// <exception cref="ArgumentException">An id is not of this vocabulary.</exception>
    public sealed override string Decode(IEnumerable<int> ids)
    {
        ArgumentNullException.ThrowIfNull(ids);
        var text = new StringBuilder();
        foreach (var id in ids) text.Append(Text(id));
        return text.ToString();
    }

    private SymbolEnumerator Known(string? text, ReadOnlySpan<char> textSpan) => new(this, text is null ? textSpan : text);

    private string Text(int id)
    {
        if ((uint)id >= (uint)VocabularySize)
            throw new ArgumentException($"The tokenizer '{Name}' has no id {id}; its ids are 0 to {VocabularySize - 1}.");
        return id is PadId or ClsId or SepId ? "" : Vocabulary[id];
    }

    /// <summary>
    /// How a vocabulary's symbols are recognised. A type rather than an object, so that the fast path is compiled for each.
    /// </summary>
    private protected interface IReader
    {
        /// <summary>Reads the symbol that begins at a position of a SMILES.</summary>
        /// <param name="insideBrackets">Whether the position is between [ and ]; kept up to date by the reader.</param>
        /// <param name="length">The symbol's length in characters, also where it is unknown.</param>
        /// <returns>Its id, or −1 where the vocabulary lacks it.</returns>
        static abstract int Read(ReadOnlySpan<char> smiles, int position, ref bool insideBrackets, out int length);
    }

    /// <summary>Walks over a SMILES symbol by symbol, known and unknown; refuses an unknown one where the tokenizer does.</summary>
    private ref struct SymbolEnumerator(MoleculeTokenizer tokenizer, ReadOnlySpan<char> smiles)
    {
        private readonly ReadOnlySpan<char> _smiles = smiles;
        private bool _insideBrackets;

        /// <summary>The symbol's id, or −1 where the vocabulary lacks it.</summary>
        public int Id { get; private set; }

        /// <summary>Index of the symbol's first character.</summary>
        public int Position { get; private set; }

        /// <summary>Index after the symbol's last character.</summary>
        public int End { get; private set; }

        /// <exception cref="UserErrorException">The next symbol is unknown, and unknown symbols are refused.</exception>
        public bool MoveNext()
        {
            if (End >= _smiles.Length) return false;
            Position = End;
            Id = tokenizer.Read(_smiles, Position, ref _insideBrackets, out var length);
            if (Id < 0 && tokenizer.UnknownSymbols == Unknown.Refuse)
                throw new UserErrorException(tokenizer.Explain(_smiles, Position));
            End = Position + length;
            return true;
        }
    }

    /// <summary>What a molecule's tokenizer does with a symbol that its vocabulary lacks.</summary>
    public enum Unknown
    {
        /// <summary>The molecule is refused, with the symbol and its position. The default: a dropped atom is another molecule.</summary>
        Refuse,

        /// <summary>The symbol is left out and counted.</summary>
        Drop,
    }
}
