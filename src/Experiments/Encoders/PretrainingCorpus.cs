namespace W2S.Experiments;

/// <summary>
/// What an encoder is pretrained on, read from all corpora of its settings and turned into tokens: molecules, or parts of texts.
/// </summary>
/// <param name="Training">Numbers of the examples that are trained on.</param>
/// <param name="HeldOut">Numbers of those that are measured on.</param>
/// <param name="Sources">
/// Corpora with what was left out of each, for people: "guacamol-v1-valid: 79,549 molecules, 200 descriptors".
/// </param>
/// <param name="Identity">Which text decided the tokens: a sum for each corpus.</param>
/// <param name="VocabularySize">Tokens of the tokenizer.</param>
internal sealed record PretrainingCorpus(
    EncoderBatches.Examples Examples, int[] Training, int[] HeldOut, IReadOnlyList<string> Sources, IReadOnlyList<string> Identity,
    int VocabularySize)
{
    /// <summary>What reads the texts; null: they are molecules.</summary>
    public TextTokenizer? Text { get; init; }

    /// <summary>What is trained: the problem for an engine, its weights drawn by the settings' seed.</summary>
    public EncoderPretrainingProblem Problem(EncoderSettings settings, string name)
    {
        var shape = settings.Shape(VocabularySize);
        shape.Validate();
        return new EncoderPretrainingProblem(
            name, shape,
            EncoderWeights.InitialiseEncoder(shape, settings.Seed, "encoder"),
            EncoderWeights.InitialiseHeads(shape, Examples.DescriptorCount, settings.SameMolecule, settings.Seed, "pretraining heads"),
            Batches(settings, shape, Training, "pretraining"), settings.Pretraining, settings.Seed);
    }

    /// <summary>The held-out examples, once, with tokens hidden as in training.</summary>
    public IEnumerable<EncoderBatch> HeldOutBatches(EncoderSettings settings, EncoderShape shape)
    {
        if (HeldOut.Length == 0) yield break;
        // Seed 0 whatever the training's: encoders of several seeds are asked the same.
        var batches = Batches(settings with { Seed = 0 }, shape, HeldOut, "held out");
        for (var batch = 0; batch < batches.Count; batch++) yield return batches[0, batch];
    }

    private EncoderBatches Batches(EncoderSettings settings, EncoderShape shape, int[] members, string stream) =>
        new(Examples, members, shape.VocabularySize, settings.Pretraining, settings.SameMolecule, settings.Seed, stream);
}
