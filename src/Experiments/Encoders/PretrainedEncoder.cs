namespace W2S.Experiments;

/// <summary>A pretrained encoder, its weights and what is known about its training.</summary>
/// <param name="Folder">Where it is: of its training, or the exported one that was found.</param>
internal sealed record PretrainedEncoder(
    EncoderSettings Settings, EncoderShape Shape, EncoderWeights Weights, PretrainedEncoder.TrainingRecord Record, string Folder)
{
    /// <summary>Whether it was there before this command asked for it.</summary>
    public bool Found { get; init; }

    /// <summary>
    /// encoder.json beside an encoder's weights: how it was trained and how good it is on examples held out of its training.
    /// </summary>
    public sealed record TrainingRecord
    {
        public required string Engine { get; init; }

        /// <summary>Corpora, and how much of each was used.</summary>
        public required IReadOnlyList<string> Sources { get; init; }

        /// <summary>Optimiser steps.</summary>
        public required long Steps { get; init; }

        /// <summary>Molecules or parts of texts seen, repeats counted.</summary>
        public required long Examples { get; init; }

        /// <summary>Mean training loss of the last hundredth of the steps: the sum of all tasks' losses.</summary>
        public required double TrainingLoss { get; init; }

        /// <summary>Molecules or parts of texts that the numbers below are of; 0: nothing was held out.</summary>
        public required int HeldOutExamples { get; init; }

        /// <summary>Share of hidden tokens whose most likely answer is right.</summary>
        public required double MaskedTokenAccuracy { get; init; }

        /// <summary>Cross-entropy of hidden tokens, in nats.</summary>
        public required double MaskedTokenLoss { get; init; }

        /// <summary>Mean squared error of the normalised descriptors; null: they were no task.</summary>
        public required double? DescriptorLoss { get; init; }

        /// <summary>Share of pairs told right; null: they were no task.</summary>
        public required double? SameMoleculeAccuracy { get; init; }

        /// <summary>The file's name.</summary>
        public const string FileName = "encoder.json";

        /// <summary>Of a training that has ended; measures it on the held-out examples.</summary>
        public static TrainingRecord Of(
            IEncoderEngine.IJob job, EncoderSettings settings, PretrainingCorpus corpus, EncoderPretrainingProblem problem,
            TrainingOutcome outcome)
        {
            var (losses, heldOut) = (job.Measure(corpus.HeldOutBatches(settings, problem.Shape)), corpus.HeldOut.Length);
            return new TrainingRecord
            {
                Engine = job.Engine,
                Sources = corpus.Sources,
                Steps = outcome.Steps,
                Examples = (long)corpus.Training.Length * problem.Options.Epochs,
                TrainingLoss = outcome.FinalLoss,
                HeldOutExamples = heldOut,
                MaskedTokenAccuracy = (double)losses.RightTokens / Math.Max(1, losses.AskedTokens),
                MaskedTokenLoss = losses.Masked,
                DescriptorLoss = problem.Descriptors > 0 ? losses.Descriptors : null,
                SameMoleculeAccuracy = problem.HasPairs ? (double)losses.RightPairs / Math.Max(1, heldOut) : null,
            };
        }
    }
}
