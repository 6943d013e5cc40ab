using System.ComponentModel;

namespace W2S.Experiments;

/// <summary>Which encoder a stage freezes: a saved one, or one that is pretrained (or found) by its settings.</summary>
public sealed record MoleculeEncoderOptions
{
    [Description("A saved encoder: a Hugging Face folder, or molbert:PATH for a checkpoint of MolBERT. Empty: the settings below say what is pretrained.")]
    public string From { get; init; } = "";

    [Description("SHA-256 of the saved encoder; filled in when it is read.")]
    public string Digest { get; init; } = "";

    [Description("What is pretrained, or found with the same settings.")]
    public EncoderSettings Pretrained { get; init; } = new();

    /// <summary>Fit for a folder's name: "2x32", "molbert".</summary>
    public string ShortName => From == "" ? $"{Pretrained.Layers}x{Pretrained.Hidden}" : FrozenEncoders.NameOf(From);

    /// <summary>Without what does not count: where a saved encoder lies, or settings beside a saved one.</summary>
    internal MoleculeEncoderOptions Identity() => Digest == "" ? this : new MoleculeEncoderOptions { Digest = Digest };
}
