using TorchSharp;
using W2S.Models;
using static TorchSharp.torch;
using static TorchSharp.torch.nn.functional;

namespace W2S.Training;

/// <summary>What MolBERT minimises, by autograd on any device: the plain sum of the losses that are asked for.</summary>
public static class EncoderLoss
{
    /// <param name="masked">Its hidden tokens give the mean cross-entropy, in nats, over all of them in the batch; 0 where there are none.</param>
    /// <param name="descriptors">Normalised, [sequences, descriptors]: mean squared error over sequences and descriptors; null: not asked for.</param>
    /// <param name="sameMolecule">int64, [sequences], 1 for pairs of one molecule, else 0: mean cross-entropy; null: not asked for.</param>
    /// <returns>A scalar to call backward() on.</returns>
    public static Tensor Of(Encoder encoder, PretrainingHeads heads, MaskedTokens masked, Tensor? descriptors = null, Tensor? sameMolecule = null)
    {
        using var scope = NewDisposeScope();
        var device = encoder.Flat.device;
        var batch = TokenBatch.Of(masked.Tokens, device);
        var vectors = encoder.call(batch);
        var loss = masked.Positions.Length == 0 ? vectors.sum() * 0 : MaskedTokenLoss();
        if (descriptors is not null || sameMolecule is not null)
        {
            var pooled = encoder.Pooled(vectors);
            if (descriptors is not null) loss += mse_loss(heads.DescriptorsOf(pooled), descriptors);
            if (sameMolecule is not null) loss += cross_entropy(heads.SameMolecule(pooled), sameMolecule);
        }
        return loss.MoveToOuterDisposeScope();

        Tensor MaskedTokenLoss()
        {
            var hidden = batch.Packed(vectors).index_select(0, tensor(Array.ConvertAll(masked.Positions, position => (long)position), device: device));
            return cross_entropy(heads.MaskedTokens(hidden), tensor(Array.ConvertAll(masked.Labels, label => (long)label), device: device));
        }
    }
}
