using W2S.Data;
using W2S.Training;

namespace W2S.Experiments;

/// <summary>A frozen encoder as a molecular study sees it: molecules in, one vector for each out.</summary>
public interface IMoleculeFeatures
{
    /// <summary>Short, fit for a folder's name: "weak-32".</summary>
    string Name { get; }

    /// <summary>For reports: shape, tokenizer, where it comes from.</summary>
    string Description { get; }

    /// <summary>Numbers for each molecule.</summary>
    int Width { get; }

    /// <summary>[molecules, width], row-major, in the order of the table; the same bits each time.</summary>
    /// <exception cref="UserErrorException">A molecule has a symbol that the tokenizer lacks, or is too long; or what the tokenizer needs (RDKit) is not here.</exception>
    float[] Of(MoleculeData data, EncoderPooling pooling);
}
