using W2S.Data;
using W2S.Models;
using W2S.Training;

namespace W2S.Experiments;

/// <summary>A frozen encoder that can also be read as MolBERT's finetuning reads it, with noise that is new in each epoch.</summary>
public interface INoisyMoleculeFeatures : IMoleculeFeatures
{
    /// <summary>[molecules, width], row-major, in the order of the table, for fitting in one epoch; the same bits for the same epoch.</summary>
    /// <exception cref="UserErrorException">As for <see cref="IMoleculeFeatures.Of"/>.</exception>
    float[] Noisy(MoleculeData data, EncoderPooling pooling, long epoch);
}

/// <summary>What acts on an encoder's input and inside it while heads are fitted, frozen though it is. The defaults are MolBERT's.</summary>
/// <param name="Masking">Which tokens are hidden, drawn anew in each epoch.</param>
/// <param name="Dropout">Share of activations dropped; 0.1 in BERT. With 0, the fused kernels do the work.</param>
/// <param name="Seed">Of both.</param>
public sealed record StockNoise(TokenMaskingOptions Masking, double Dropout, long Seed)
{
    public static StockNoise Of(long seed) => new(new TokenMaskingOptions(), Encoder.BertDropout, seed);
}

/// <summary>
/// MolBERT's stock behaviour. Its finetuning builds the train and valid sets as for pretraining, so that 15 % of the input
/// tokens are hidden or replaced in them, anew each epoch; and Lightning puts the model in training mode, so that dropout acts
/// in the frozen encoder too. Test molecules are read clean, by <see cref="Of"/>.
/// </summary>
/// <remarks>Each epoch costs a pass of the encoder, where clean features are computed once.</remarks>
public sealed class StockFeatures(FrozenEncoder encoder, StockNoise noise) : INoisyMoleculeFeatures
{
    private MoleculeData? _data;
    private PackedTokens? _tokens;

    public string Name => encoder.Name;

    public string Description => FormattableString.Invariant($"{encoder.Description}, {noise.Masking.Share * 100:0.#} % of tokens hidden and dropout {noise.Dropout} while fitting");

    public int Width => encoder.Width;

    public float[] Of(MoleculeData data, EncoderPooling pooling) => encoder.Of(data, pooling);

    public float[] Noisy(MoleculeData data, EncoderPooling pooling, long epoch)
    {
        if (!ReferenceEquals(_data, data)) (_data, _tokens) = (data, encoder.Tokens(data));
        int[] molecules = [.. Enumerable.Range(0, _tokens!.Sequences)];
        var masked = new TokenMasking(noise.Masking, encoder.Shape.VocabularySize, noise.Seed, "stock features").Mask(_tokens, molecules, epoch).Tokens;
        return noise.Dropout == 0
            ? encoder.Of(masked, pooling)
            : encoder.WithDropout(masked, pooling, noise.Dropout, DropoutSeed(epoch));
    }

    private long DropoutSeed(long epoch) => (long)(new RandomStream(noise.Seed, "stock dropout", epoch).NextUInt64() >> 1);
}
