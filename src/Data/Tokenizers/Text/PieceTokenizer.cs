using System.Buffers;
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
}
