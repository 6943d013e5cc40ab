using System.Buffers.Binary;

namespace W2S.Data;

/// <summary>
/// SentencePiece's unigram tokenizer, that of CamemBERT and XLM-R: of all ways to cut a text into pieces, the one whose scores
/// (log probabilities) add up to the most. Blanks are written ▁, one before every word.
/// </summary>
/// <remarks>Kudo (2018). What no piece covers is unknown, at 10 less than the least score; unknowns in a row are one.</remarks>
public sealed class UnigramTokenizer : PieceTokenizer
{
    private const char Blank = '▁';
    private const double UnknownPenalty = 10;

    // Of a model file: the algorithm, and what a piece is that stands in texts.
    private const ulong Unigram = 1, Normal = 1;

    private readonly IReadOnlyList<(string Piece, double Score)> _pieces;
    private readonly Dictionary<string, int> _ids = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> _find;
    private readonly CharactersMap? _map;
    private readonly SpecialTokens _special;
    private readonly int _unknown, _longest;
    private readonly double _unknownScore;

    /// <param name="pieces">In the order of ids; those with the score −∞ are in no text.</param>
    /// <param name="map">The model's precompiled map of characters; null: characters stay as they are.</param>
    /// <param name="special">Tokens that are found in a text as they stand.</param>
    /// <exception cref="UserErrorException">There is no piece with a score, or the map is damaged.</exception>
    public UnigramTokenizer(IReadOnlyList<(string Piece, double Score)> pieces, int unknown, byte[]? map, IEnumerable<string> special)
    {
        (_pieces, _unknown, _map) = (pieces, unknown, map is { Length: > 0 } ? new CharactersMap(map) : null);
        for (var id = 0; id < pieces.Count; id++) _ids.TryAdd(pieces[id].Piece, id);
        _find = _ids.GetAlternateLookup<ReadOnlySpan<char>>();
        var scored = pieces.Where((piece, id) => id != unknown && double.IsFinite(piece.Score)).ToList();
        if (scored.Count == 0) throw new UserErrorException("A unigram tokenizer has no piece with a score.");
        (_longest, _unknownScore) = (scored.Max(piece => piece.Piece.Length), scored.Min(piece => piece.Score) - UnknownPenalty);
        _special = new SpecialTokens(special, _ids);
    }

    /// <summary>The id of a token, or null.</summary>
    public int? IdOf(string token) => _ids.TryGetValue(token, out var id) ? id : null;

    protected override string TokenOf(int id) => _pieces[id].Piece;

    /// <summary>The pieces' text with ▁ as blanks, none before the first word.</summary>
    public override string Decode(IEnumerable<int> ids)
    {
        var text = new StringBuilder();
        foreach (var id in ids)
        {
            if ((uint)id >= (uint)_pieces.Count) throw new ArgumentException($"There is no id {id}; ids are 0 to {_pieces.Count - 1}.");
            text.Append(_pieces[id].Piece);
        }
        return text.Replace(Blank, ' ').ToString().TrimStart(' ');
    }

    protected override (string Normalized, List<Piece> Pieces) Cut(string text)
    {
        var (normalized, pieces) = (new StringBuilder(text.Length), new List<Piece>());
        foreach (var (special, start, end) in _special.Parts(text))
        {
            var part = special >= 0 ? text[start..end] : Normalize(text[start..end]);
            if (special >= 0) pieces.Add(new Piece(special, normalized.Length, normalized.Length + part.Length));
            else AddBest(part, normalized.Length, pieces);
            normalized.Append(part);
        }
        return (normalized.ToString(), pieces);
    }

    /// <summary>▁ before every word, and no other blanks.</summary>
    private string Normalize(string text)
    {
        var (result, startsWord) = (new StringBuilder(text.Length + 1), true);
        foreach (var character in (_map?.Apply(text) ?? text).EnumerateRunes())
        {
            if (Rune.IsWhiteSpace(character))
            {
                startsWord = true;
                continue;
            }
            if (startsWord) result.Append(Blank);
            startsWord = false;
            result.Append(character);
        }
        return result.ToString();
    }

    /// <summary>Viterbi's way: for every place the best cut that ends there.</summary>
    private void AddBest(string text, int offset, List<Piece> pieces)
    {
        if (text.Length == 0) return;
        var best = new (double Score, int From, int Id)[text.Length + 1];
        Array.Fill(best, (double.NegativeInfinity, -1, -1), 1, text.Length);
        for (var from = 0; from < text.Length; from++)
        {
            if (double.IsNegativeInfinity(best[from].Score) || char.IsLowSurrogate(text[from])) continue;
            var single = from + (char.IsHighSurrogate(text[from]) ? 2 : 1);
            var coversSingle = false;
            for (var to = single; to <= Math.Min(text.Length, from + _longest); to++)
            {
                if (!_find.TryGetValue(text.AsSpan(from, to - from), out var id) || id == _unknown) continue;
                if (!double.IsFinite(_pieces[id].Score)) continue;
                coversSingle |= to == single;
                Offer(to, _pieces[id].Score, id);
            }
            if (!coversSingle) Offer(single, _unknownScore, _unknown);

            void Offer(int to, double score, int id)
            {
                if (best[from].Score + score > best[to].Score) best[to] = (best[from].Score + score, from, id);
            }
        }
        var first = pieces.Count;
        for (var to = text.Length; to > 0; to = best[to].From)
        {
            var (start, id) = (offset + best[to].From, best[to].Id);
            if (id == _unknown && pieces.Count > first && pieces[^1].Id == _unknown) pieces[^1] = pieces[^1] with { Start = start };
            else pieces.Add(new Piece(id, start, offset + to));
        }
        pieces.Reverse(first, pieces.Count - first);
    }

    /// <summary>
    /// A SentencePiece model file: pieces with scores, and the map of characters that text goes through. Format:
    /// sentencepiece_model.proto.
    /// </summary>
    /// <returns>Pieces in the order of their numbers, those that no text has with the score −∞; the map, or null.</returns>
    /// <exception cref="UserErrorException">The file is damaged, or its algorithm is not unigram.</exception>
    internal static (List<(string Piece, double Score)> Pieces, byte[]? Map) ReadModel(string path)
    {
        var (pieces, algorithm) = (new List<(string, double)>(), Unigram);
        byte[]? map = null;
        try
        {
            var bytes = File.ReadAllBytes(path);
            if (ModelFile.Foreign(bytes) is { } other) throw new UserErrorException($"{path} is {other}");
            for (var field = new ProtobufFields(bytes, problem => new InvalidDataException(problem)); field.Next();)
            {
                switch (field.Number)
                {
                    case 1: pieces.Add(ReadPiece(field.Message)); break;
                    case 2:
                        for (var trainer = field.Message; trainer.Next();)
                            if (trainer.Number == 3) algorithm = trainer.Bits;
                        break;
                    case 3:
                        for (var normalizer = field.Message; normalizer.Next();)
                            if (normalizer.Number == 2 && normalizer.Content.Length > 0) map = normalizer.Content.ToArray();
                        break;
                }
            }
        }
        catch (InvalidDataException error)
        {
            throw new UserErrorException($"{path} is no SentencePiece model: {error.Message}.");
        }
        catch (Exception error) when (error is UnauthorizedAccessException or IOException)
        {
            throw new UserErrorException($"{path} cannot be read: {error.Message.TrimEnd('.')}.");
        }
        if (pieces.Count < 4) throw new UserErrorException($"{path} is no SentencePiece model: it has {pieces.Count} pieces.");
        return algorithm == Unigram
            ? (pieces, map)
            : throw new UserErrorException(
                $"{path}: trainer_spec.model_type is {algorithm}, but W2S reads unigram models of SentencePiece ({Unigram}) only.");
    }

    private static (string, double) ReadPiece(ProtobufFields field)
    {
        var (text, score, type) = ("", 0f, Normal);
        while (field.Next())
        {
            switch (field.Number)
            {
                case 1: text = field.Text; break;
                case 2: score = BitConverter.UInt32BitsToSingle((uint)field.Bits); break;
                case 3: type = field.Bits; break;
            }
        }
        return (text, type == Normal ? score : double.NegativeInfinity);
    }

    /// <summary>
    /// SentencePiece's precompiled map of characters (NFKC and more): a double-array trie (Darts-clone) from UTF-8 to the place of
    /// what stands for it, the longest match first. Its size in four bytes, the trie, then texts that end with 0.
    /// </summary>
    private sealed class CharactersMap
    {
        private readonly uint[] _trie;
        private readonly ReadOnlyMemory<byte> _texts;

        /// <exception cref="UserErrorException">It is cut short.</exception>
        public CharactersMap(ReadOnlyMemory<byte> map)
        {
            var size = map.Length < 4 ? uint.MaxValue : BinaryPrimitives.ReadUInt32LittleEndian(map.Span);
            if (size > map.Length - 4 || size % 4 != 0)
                throw new UserErrorException($"A tokenizer's precompiled_charsmap of {map.Length} bytes is cut short.");
            _trie = new uint[size / 4];
            for (var unit = 0; unit < _trie.Length; unit++)
                _trie[unit] = BinaryPrimitives.ReadUInt32LittleEndian(map.Span[(4 + 4 * unit)..]);
            _texts = map[(int)(4 + size)..];
        }

        public string Apply(string text)
        {
            ReadOnlySpan<byte> bytes = Encoding.UTF8.GetBytes(text);
            var result = new List<byte>(bytes.Length);
            while (bytes.Length > 0)
            {
                var (length, place) = Longest(bytes);
                if (length > 0)
                {
                    var rest = _texts.Span[Math.Min(place, _texts.Length)..];
                    var end = rest.IndexOf((byte)0);
                    result.AddRange(end < 0 ? rest : rest[..end]);
                }
                else
                {
                    Rune.DecodeFromUtf8(bytes, out _, out length);
                    result.AddRange(bytes[..length]);
                }
                bytes = bytes[length..];
            }
            return Encoding.UTF8.GetString([.. result]);
        }

        private (int Length, int Place) Longest(ReadOnlySpan<byte> key)
        {
            var (found, node) = ((Length: 0, Place: 0), 0u);
            if (_trie.Length == 0) return found;
            node ^= Offset(_trie[0]);
            for (var i = 0; i < key.Length && key[i] != 0; i++)
            {
                node ^= key[i];
                if (node >= _trie.Length) break;
                var unit = _trie[node];
                if ((unit & (1u << 31 | 255)) != key[i]) break;
                node ^= Offset(unit);
                if ((unit >> 8 & 1) == 1 && node < _trie.Length) found = (i + 1, (int)(_trie[node] & int.MaxValue));
            }
            return found;
        }

        private static uint Offset(uint unit) => unit >> 10 << (int)((unit & 1 << 9) >> 6);
    }
}
