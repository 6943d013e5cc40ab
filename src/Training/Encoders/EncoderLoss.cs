using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn.functional;

namespace W2S.Training;

/// <summary>What MolBERT minimises, by autograd on any device: the sum of the losses that are asked for.</summary>
/// <param name="Masked">Scalar: mean cross-entropy, in nats, of the batch's hidden tokens; 0 where there are none.</param>
/// <param name="RightTokens">Scalar, int64: hidden tokens whose most likely answer is right.</param>
/// <param name="Descriptors">Scalar: mean squared error over sequences and descriptors; null: not asked for.</param>
/// <param name="SameMolecule">Scalar: mean cross-entropy, in nats, over sequences; null: not asked for.</param>
/// <param name="RightPairs">Scalar, int64: sequences whose answer is right; null: not asked for.</param>
internal sealed record EncoderLoss(Tensor Masked, Tensor RightTokens, Tensor? Descriptors, Tensor? SameMolecule, Tensor? RightPairs)
{
    /// <summary>The sum, a scalar to call backward() on.</summary>
    public Tensor Sum(double descriptorWeight = 1)
    {
        var sum = Descriptors is null ? Masked : Masked.Plus(Descriptors.Times(descriptorWeight));
        return SameMolecule is null ? sum : sum.Plus(SameMolecule);
    }

    /// <param name="descriptors">Normalised, [sequences, descriptors]; null: not asked for.</param>
    /// <param name="sameMolecule">int64, [sequences], 1 for pairs of one molecule, else 0; null: not asked for.</param>
    /// <returns>Tensors of the caller's dispose scope.</returns>
    public static EncoderLoss Of(
        Encoder encoder, PretrainingHeads heads, MaskedTokens masked, Tensor? descriptors = null, Tensor? sameMolecule = null)
    {
        var device = encoder.Device;
        var batch = TokenBatch.Of(masked.Tokens, device);
        var vectors = encoder.call(batch);
        var (ofTokens, rightTokens) = masked.Positions.Length == 0 ? (vectors.sum().Times(0), zeros([], int64, device)) : MaskedTokens();
        var pooled = descriptors is null && sameMolecule is null ? null : encoder.Pooled(vectors);
        var ofDescriptors = descriptors is null ? null : mse_loss(heads.DescriptorsOf(pooled!), descriptors);
        if (sameMolecule is null) return new EncoderLoss(ofTokens, rightTokens, ofDescriptors, null, null);
        var (ofPairs, rightPairs) = CrossEntropy(heads.SameMolecule(pooled!), sameMolecule);
        return new EncoderLoss(ofTokens, rightTokens, ofDescriptors, ofPairs, rightPairs);

        (Tensor, Tensor) MaskedTokens()
        {
            var hidden = batch.Packed(vectors).index_select(
                0, tensor(Array.ConvertAll(masked.Positions, position => (long)position), device: device));
            return CrossEntropy(heads.MaskedTokens(hidden), tensor(Array.ConvertAll(masked.Labels, label => (long)label), device: device));
        }
    }

    private static (Tensor Loss, Tensor Right) CrossEntropy(Tensor logits, Tensor labels) =>
        (cross_entropy(logits, labels), logits.argmax(1).eq(labels).sum());
}
