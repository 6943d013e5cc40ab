using System.Buffers;

namespace Microsoft.ML.Tokenizers;

/// <summary>
/// Turns text into token ids and back. A tokenizer has to supply <see cref="EncodeToTokens(string, ReadOnlySpan{char}, EncodeSettings)"/>
/// and <see cref="Decode(IEnumerable{int}, Span{char}, out int, out int)"/>; all else follows from them and may be overridden for speed.
/// </summary>
/// <remarks>In the protected methods the text is the string where there is one, else the span.</remarks>
public abstract partial class Tokenizer
{
    protected Tokenizer()
    {
    }

    public virtual Normalizer? Normalizer => null;

    public virtual PreTokenizer? PreTokenizer => null;

    protected abstract EncodeResults<EncodedToken> EncodeToTokens(string? text, ReadOnlySpan<char> textSpan, EncodeSettings settings);

    protected virtual EncodeResults<int> EncodeToIds(string? text, ReadOnlySpan<char> textSpan, EncodeSettings settings)
    {
        var encoded = EncodeToTokens(text, textSpan, settings);
        var ids = new int[encoded.Tokens.Count];
        for (var i = 0; i < ids.Length; i++) ids[i] = encoded.Tokens[i].Id;
        return new EncodeResults<int> { Tokens = ids, NormalizedText = encoded.NormalizedText, CharsConsumed = encoded.CharsConsumed };
    }

    protected virtual int CountTokens(string? text, ReadOnlySpan<char> textSpan, EncodeSettings settings) =>
        EncodeToTokens(text, textSpan, settings).Tokens.Count;

    /// <summary>Where the first (or, from the end, the last) MaxTokenCount tokens end (or begin) in the normalised text.</summary>
    protected virtual int GetIndexByTokenCount(string? text, ReadOnlySpan<char> textSpan, EncodeSettings settings, bool fromEnd, out string? normalizedText, out int tokenCount)
    {
        var limit = settings.MaxTokenCount;
        settings.MaxTokenCount = int.MaxValue;
        var encoded = EncodeToTokens(text, textSpan, settings);
        normalizedText = encoded.NormalizedText;
        tokenCount = Math.Min(limit, encoded.Tokens.Count);
        if (tokenCount > 0) return fromEnd ? encoded.Tokens[^tokenCount].Offset.Start.Value : encoded.Tokens[tokenCount - 1].Offset.End.Value;
        return fromEnd ? normalizedText?.Length ?? text?.Length ?? textSpan.Length : 0;
    }

    public abstract OperationStatus Decode(IEnumerable<int> ids, Span<char> destination, out int idsConsumed, out int charsWritten);

    /// <exception cref="ArgumentException">An id is not of this tokenizer.</exception>
    public virtual string Decode(IEnumerable<int> ids)
    {
        ArgumentNullException.ThrowIfNull(ids);
        for (var length = 256; ; length *= 2)
        {
            var characters = ArrayPool<char>.Shared.Rent(length);
            try
            {
                var status = Decode(ids, characters, out var consumed, out var written);
                if (status == OperationStatus.Done) return new string(characters, 0, written);
                if (status != OperationStatus.DestinationTooSmall) throw new ArgumentException($"Token {consumed} is no id of this tokenizer.", nameof(ids));
            }
            finally
            {
                ArrayPool<char>.Shared.Return(characters);
            }
        }
    }
}
