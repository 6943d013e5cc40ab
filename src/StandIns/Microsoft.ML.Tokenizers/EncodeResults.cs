namespace Microsoft.ML.Tokenizers;

/// <summary>What an encoding gave: ids or tokens, the text after normalisation (null where none was applied), and how much of it was used.</summary>
public struct EncodeResults<T>
{
    public IReadOnlyList<T> Tokens { get; set; }

    public string? NormalizedText { get; set; }

    public int CharsConsumed { get; set; }
}
