namespace Microsoft.ML.Tokenizers;

/// <summary>How a text is to be encoded. Without a limit, <see cref="MaxTokenCount"/> is <see cref="int.MaxValue"/>.</summary>
public struct EncodeSettings
{
    public EncodeSettings() => MaxTokenCount = int.MaxValue;

    public bool ConsiderPreTokenization { get; set; }

    public bool ConsiderNormalization { get; set; }

    public int MaxTokenCount { get; set; }
}
