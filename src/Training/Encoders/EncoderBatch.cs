using W2S.Models;

namespace W2S.Training;

/// <summary>What a step sees: sequences with hidden tokens, what was there, and what else is to be said about them.</summary>
/// <param name="Tokens">What the encoder sees.</param>
/// <param name="Positions">
/// Rising places in <see cref="PackedTokens.Tokens"/> of the tokens to be predicted, [masked]. It may be empty.
/// </param>
/// <param name="Labels">The tokens that were there, [masked].</param>
internal sealed record EncoderBatch(PackedTokens Tokens, int[] Positions, int[] Labels)
{
    /// <summary>[sequences, descriptors], row-major; null: not asked for.</summary>
    public float[]? Descriptors { get; init; }

    /// <summary>[sequences], 1 where both halves are one molecule, else 0; null: not asked for.</summary>
    public int[]? SameMolecule { get; init; }

    /// <summary>The targets in the form that the fused kernels take.</summary>
    public EncoderTargets Targets => new(LabelOfEachToken(), Descriptors, SameMolecule);

    /// <summary>The labels for an engine that takes one for each token, [tokens]: what was there, or −1 where it is not asked.</summary>
    public int[] LabelOfEachToken()
    {
        var labels = new int[Tokens.Tokens.Length];
        Array.Fill(labels, -1);
        for (var i = 0; i < Positions.Length; i++) labels[Positions[i]] = Labels[i];
        return labels;
    }

    /// <summary>Losses of a batch, each a mean over what was asked (0 where nothing was), and how much was answered right.</summary>
    /// <param name="Masked">Cross-entropy in nats, mean over <paramref name="AskedTokens"/>.</param>
    /// <param name="RightTokens">Asked tokens whose most likely answer is right.</param>
    /// <param name="Descriptors">Squared error, mean over sequences and descriptors.</param>
    /// <param name="SameMolecule">Cross-entropy in nats, mean over sequences.</param>
    /// <param name="RightPairs">Sequences whose answer to "one molecule?" is right.</param>
    public readonly record struct Losses(
        double Masked, int AskedTokens, int RightTokens, double Descriptors, double SameMolecule, int RightPairs)
    {
        /// <summary>The plain sum that MolBERT minimises.</summary>
        public double Total => Weighted(1);

        /// <summary>The sum with another weight of the descriptors' loss.</summary>
        public double Weighted(double descriptorWeight) => Masked + descriptorWeight * Descriptors + SameMolecule;

        /// <summary>The losses of several batches as those of one: each a mean over all that was asked.</summary>
        public static Losses Mean(IEnumerable<(Losses Losses, EncoderBatch Batch)> measured)
        {
            var (masked, descriptors, same) = (0.0, 0.0, 0.0);
            var (asked, rightTokens, described, pairs, rightPairs) = (0, 0, 0, 0, 0);
            foreach (var (losses, batch) in measured)
            {
                var sequences = batch.Tokens.Sequences;
                masked += losses.Masked * losses.AskedTokens;
                asked += losses.AskedTokens;
                rightTokens += losses.RightTokens;
                if (batch.Descriptors != null)
                    (descriptors, described) = (descriptors + losses.Descriptors * sequences, described + sequences);
                if (batch.SameMolecule == null) continue;
                (same, pairs) = (same + losses.SameMolecule * sequences, pairs + sequences);
                rightPairs += losses.RightPairs;
            }
            return new Losses(
                masked / Math.Max(1, asked), asked, rightTokens, descriptors / Math.Max(1, described), same / Math.Max(1, pairs),
                rightPairs);
        }
    }
}
