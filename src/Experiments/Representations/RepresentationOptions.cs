using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace W2S.Experiments;

/// <summary>Where a representation of Gaussian inputs comes from.</summary>
public enum RepresentationSource
{
    /// <summary>Trained by gradient descent on the pretraining tasks.</summary>
    Pretrained,

    /// <summary>The true representation itself (the realisable case).</summary>
    Truth,

    /// <summary>The true representation with Gaussian noise on its weights.</summary>
    Perturbed,
}

/// <summary>
/// A frozen representation: a network on Gaussian inputs; on tables a saved encoder, stored features, or an encoder that is pretrained.
/// </summary>
public sealed record RepresentationOptions
{
    [Description("Gaussian: pretrained, truth (h = h*: the realisable case) or perturbed (h* plus noise).")]
    public RepresentationSource Source { get; init; } = RepresentationSource.Pretrained;

    [Description("Blocks of Linear + ReLU; only for pretrained.")]
    [Range(1, 1000)]
    public int Depth { get; init; } = 2;

    [Description("Width between the blocks; only for pretrained.")]
    [Range(1, 4096)]
    public int Hidden { get; init; } = 16;

    [Description("Standard deviation of the noise on every weight; only for perturbed.")]
    [Range(0.0, 1e6)]
    public double Noise { get; init; }

    [Description("Whether the noise acts on biases too; the paper speaks of weight matrices. Only for perturbed.")]
    public bool NoiseOnBiases { get; init; }

    [Description("Tables: saved encoders (Hugging Face folders, molbert:PATH for a checkpoint of MolBERT, onnx:PATH; @3:mean after a path "
        + "is its third layer, averaged), bag:WIDTH (hashed words of texts) or features:FILE (.npy, .npz:KEY, .safetensors:NAME, .csv); "
        + "several weak ones are one after another. Empty: encoder says what is pretrained.")]
    public IReadOnlyList<string> From { get; init; } = [];

    [Description("SHA-256 of each saved one; filled in when it is read.")]
    public IReadOnlyList<string> Digests { get; init; } = [];

    [Description("Tables: the transformer that is pretrained, or found with the same settings.")]
    public EncoderSettings Encoder { get; init; } = new();

    /// <summary>The saved one at a place.</summary>
    public RepresentationOptions Only(int index) =>
        this with { From = [From[index]], Digests = Digests.Count > index ? [Digests[index]] : [] };

    /// <summary>With what is known of saved ones by their weights left, and not where they lie.</summary>
    internal RepresentationOptions Anywhere() => Digests.Count == 0 ? this : new RepresentationOptions { Digests = Digests };
}
