using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.ML.Tokenizers;

namespace W2S.Data;

/// <summary>
/// A text encoder's tokenizer with the special tokens that it lays around a text: [CLS] text [SEP], [CLS] first [SEP] second
/// [SEP], or RoBERTa's &lt;s&gt; first &lt;/s&gt;&lt;/s&gt; second &lt;/s&gt;.
/// </summary>
/// <remarks>Safe for any number of threads at once.</remarks>
public sealed class TextTokenizer
{
    internal TextTokenizer(Tokenizer pieces, string name, TextTokens tokens, int vocabularySize, string identity)
    {
        (Pieces, Name, Tokens, VocabularySize) = (pieces, name, tokens, vocabularySize);
        Digest = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{name} {tokens} {identity}")));
    }

    /// <summary>Text to ids, without special tokens around it.</summary>
    public Tokenizer Pieces { get; }

    /// <summary>What it is: "WordPiece, lower case".</summary>
    public string Name { get; }

    public TextTokens Tokens { get; }

    /// <summary>The number of ids that it may give.</summary>
    public int VocabularySize { get; }

    /// <summary>
    /// Ids of the longest text that the folder says its model reads (model_max_length), special tokens counted; null: it does
    /// not say.
    /// </summary>
    public int? MaximumLength { get; init; }

    /// <summary>SHA-256 of all that decides the ids.</summary>
    public string Digest { get; }

    /// <summary>The tokenizer of a Hugging Face folder: by tokenizer.json, or vocab.txt, or vocab.json and merges.txt.</summary>
    /// <exception cref="UserErrorException">
    /// A file is absent, damaged, or asks for what W2S lacks; the key that is in the way is named.
    /// </exception>
    public static TextTokenizer Read(string folder) => TextTokenizerFolder.Read(folder);

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

    /// <summary>The ids of two texts, special tokens around them, and their segments.</summary>
    /// <param name="maximumLength">Ids in all; of what is too long the longer text loses its end, id by id.</param>
    public (int[] Ids, byte[] Types) EncodePair(string first, string second, int maximumLength, out int truncated)
    {
        var (one, two) = (Pieces.EncodeToIds(first), Pieces.EncodeToIds(second));
        var room = Math.Max(0, maximumLength - (Tokens.DoublesSeparator ? 4 : 3));
        var (keptOne, keptTwo) = (one.Count, two.Count);
        while (keptOne + keptTwo > room)
        {
            if (keptOne > keptTwo) keptOne--;
            else keptTwo--;
        }
        truncated = one.Count + two.Count - keptOne - keptTwo;
        int[] head = [Tokens.Cls, .. one.Take(keptOne), Tokens.Sep];
        int[] tail = [.. Tokens.DoublesSeparator ? (int[])[Tokens.Sep] : [], .. two.Take(keptTwo), Tokens.Sep];
        var types = new byte[head.Length + tail.Length];
        if (!Tokens.DoublesSeparator) types.AsSpan(head.Length).Fill(1);
        return ([.. head, .. tail], types);
    }
}

/// <summary>Ids of special tokens.</summary>
/// <param name="Mask">−1: there is none.</param>
/// <param name="DoublesSeparator">Whether two texts have two separators between them, and one segment.</param>
public sealed record TextTokens(int Cls, int Sep, int Pad, int Unknown, int Mask, bool DoublesSeparator);
