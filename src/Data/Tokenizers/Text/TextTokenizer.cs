using Microsoft.ML.Tokenizers;

namespace W2S.Data;

/// <summary>
/// A text encoder's tokenizer with the special tokens that it lays around a text: [CLS] text [SEP], [CLS] first [SEP] second
/// [SEP], or RoBERTa's &lt;s&gt; first &lt;/s&gt;&lt;/s&gt; second &lt;/s&gt;.
/// </summary>
/// <remarks>Safe for any number of threads at once.</remarks>
public sealed partial class TextTokenizer
{
    private TextTokenizer(Tokenizer pieces, string name, TextTokens tokens, int vocabularySize, string identity, int? maximumLength)
    {
        (Pieces, Name, Tokens, VocabularySize, MaximumLength) = (pieces, name, tokens, vocabularySize, maximumLength);
        Digest = Checksum.OfText($"{name} {tokens} {identity}");
    }

    /// <summary>Text to ids, without special tokens around it.</summary>
    public Tokenizer Pieces { get; }

    /// <summary>What it is: "WordPiece, lower case".</summary>
    public string Name { get; }

    /// <summary>The ids of the special tokens.</summary>
    public TextTokens Tokens { get; }

    /// <summary>The number of ids that it may give.</summary>
    public int VocabularySize { get; }

    /// <summary>
    /// Ids of the longest text that the folder says its model reads (model_max_length), special tokens counted; null: it does
    /// not say.
    /// </summary>
    public int? MaximumLength { get; }

    /// <summary>SHA-256 of all that decides the ids.</summary>
    public string Digest { get; }

    /// <summary>
    /// A text in parts that a model can read, special tokens around each: as few as can be and as long as one another, give or
    /// take an id. One part, without an id, where there is no text.
    /// </summary>
    /// <param name="maximumLength">Ids of a part in all.</param>
    public IReadOnlyList<int[]> EncodeParts(string text, int maximumLength)
    {
        var (ids, room) = (Pieces.EncodeToIds(text), Math.Max(1, maximumLength - 2));
        var parts = Math.Max(1, (ids.Count + room - 1) / room);
        return [.. Enumerable.Range(0, parts).Select(part =>
        {
            var (first, end) = (Start(part), Start(part + 1));
            return (int[])[Tokens.Cls, .. ids.Skip(first).Take(end - first), Tokens.Sep];
        })];

        int Start(int part) => (int)((long)part * ids.Count / parts);
    }

    /// <summary>The ids of a text, special tokens around them.</summary>
    /// <param name="maximumLength">Ids in all; a longer text loses its end.</param>
    /// <param name="truncated">How many ids of the text are left out.</param>
    public int[] Encode(string text, int maximumLength, out int truncated)
    {
        var ids = Pieces.EncodeToIds(text);
        var kept = Math.Min(ids.Count, Math.Max(0, maximumLength - 2));
        truncated = ids.Count - kept;
        return [Tokens.Cls, .. ids.Take(kept), Tokens.Sep];
    }
}

/// <summary>Ids of special tokens.</summary>
/// <param name="Mask">−1: there is none.</param>
public sealed record TextTokens(int Cls, int Sep, int Pad, int Unknown, int Mask);
