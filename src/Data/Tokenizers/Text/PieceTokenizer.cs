using System.Buffers;
using System.Text.RegularExpressions;
using Microsoft.ML.Tokenizers;

namespace W2S.Data;

/// <summary>
/// What the tokenizers of text share: all of <see cref="Tokenizer"/> over one cut of the whole text, so that they work wherever
/// that library's tokenizers do. None adds special tokens around a text.
/// </summary>
public abstract class PieceTokenizer : Tokenizer
{
    /// <summary>A token: its id, and the [start, end) of the normalised text that it stands for.</summary>
    protected readonly record struct Piece(int Id, int Start, int End);

    /// <returns>The text as the model sees it, and its tokens in order.</returns>
    protected abstract (string Normalized, List<Piece> Pieces) Cut(string text);

    /// <summary>The text of an id.</summary>
    protected abstract string TokenOf(int id);

    protected sealed override EncodeResults<EncodedToken> EncodeToTokens(string? text, ReadOnlySpan<char> textSpan, EncodeSettings settings)
    {
        var (normalized, pieces) = Kept(text, textSpan, settings);
        return new EncodeResults<EncodedToken>
        {
            Tokens = [.. pieces.Select(piece => new EncodedToken(piece.Id, TokenOf(piece.Id), new Range(piece.Start, piece.End)))],
            NormalizedText = normalized,
            CharsConsumed = EndOf(pieces),
        };
    }

    protected sealed override EncodeResults<int> EncodeToIds(string? text, ReadOnlySpan<char> textSpan, EncodeSettings settings)
    {
        var (normalized, pieces) = Kept(text, textSpan, settings);
        int[] ids = [.. pieces.Select(piece => piece.Id)];
        return new EncodeResults<int> { Tokens = ids, NormalizedText = normalized, CharsConsumed = EndOf(pieces) };
    }

    protected sealed override int CountTokens(string? text, ReadOnlySpan<char> textSpan, EncodeSettings settings) =>
        Kept(text, textSpan, settings).Pieces.Count;

    protected sealed override int GetIndexByTokenCount(
        string? text, ReadOnlySpan<char> textSpan, EncodeSettings settings, bool fromEnd, out string? normalizedText, out int tokenCount)
    {
        var (normalized, pieces) = Cut(text ?? textSpan.ToString());
        (normalizedText, tokenCount) = (normalized, Math.Min(settings.MaxTokenCount, pieces.Count));
        if (tokenCount == 0) return fromEnd ? normalized.Length : 0;
        return fromEnd ? pieces[^tokenCount].Start : pieces[tokenCount - 1].End;
    }

    public sealed override OperationStatus Decode(IEnumerable<int> ids, Span<char> destination, out int idsConsumed, out int charsWritten)
    {
        var all = ids.ToList();
        var text = Decode(all);
        (idsConsumed, charsWritten) = (0, 0);
        if (!text.TryCopyTo(destination)) return OperationStatus.DestinationTooSmall;
        (idsConsumed, charsWritten) = (all.Count, text.Length);
        return OperationStatus.Done;
    }

    private (string Normalized, List<Piece> Pieces) Kept(string? text, ReadOnlySpan<char> textSpan, EncodeSettings settings)
    {
        var (normalized, pieces) = Cut(text ?? textSpan.ToString());
        return (normalized, pieces.Count > settings.MaxTokenCount ? pieces[..settings.MaxTokenCount] : pieces);
    }

    private static int EndOf(List<Piece> pieces) => pieces.Count == 0 ? 0 : pieces[^1].End;

    /// <summary>Special tokens that stand in a text, which count as themselves whatever a tokenizer does to words.</summary>
    private protected sealed class SpecialTokens
    {
        private readonly Regex? _any;
        private readonly Dictionary<string, int> _ids;

        /// <param name="tokens">Those that the vocabulary lacks do not count; of two at one place the longer is meant.</param>
        public SpecialTokens(IEnumerable<string> tokens, IReadOnlyDictionary<string, int> vocabulary)
        {
            _ids = tokens.Where(token => token.Length > 0 && vocabulary.ContainsKey(token)).Distinct(StringComparer.Ordinal)
                .ToDictionary(token => token, token => vocabulary[token], StringComparer.Ordinal);
            var longestFirst = _ids.Keys.OrderByDescending(token => token.Length).Select(Regex.Escape);
            if (_ids.Count > 0) _any = new Regex(string.Join('|', longestFirst), RegexOptions.CultureInvariant);
        }

        /// <summary>The text's parts in order: the id of a special token, or −1 for what stands between, which is never empty.</summary>
        public IEnumerable<(int Id, int Start, int End)> Parts(string text)
        {
            var at = 0;
            while (at < text.Length)
            {
                var match = _any?.Match(text, at);
                var end = match?.Success == true ? match.Index : text.Length;
                if (end > at) yield return (-1, at, end);
                if (match?.Success != true) yield break;
                yield return (_ids[match.Value], match.Index, at = match.Index + match.Length);
            }
        }
    }
}
