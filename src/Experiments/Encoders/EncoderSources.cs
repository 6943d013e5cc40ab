namespace W2S.Experiments;

/// <summary>The corpora that an encoder is pretrained on, as files: each is known by its SHA-256, wherever it lies.</summary>
internal static class EncoderSources
{
    /// <summary>The settings with the SHA-256 of every corpus. One may be gone when its encoder is not: whoever reads it says so.</summary>
    /// <exception cref="UserErrorException">One is damaged, or is not the one whose SHA-256 the settings have.</exception>
    public static EncoderSettings Digested(this EncoderSettings settings, DataFolders folders) => settings with
    {
        CorpusDigests = RecordedDigests.Compared(
            settings.Corpora, settings.CorpusDigests, (name, known) =>
                DigestOf(name, settings, folders) ?? known ?? RecordedDigests.Unknown),
    };

    /// <summary>Reads them, turns them into tokens, and divides them into what is trained on and what is held out.</summary>
    /// <exception cref="UserErrorException">
    /// A corpus is missing, wrong, too small, not the one that the settings mean, or does not have what they need.
    /// </exception>
    public static PretrainingCorpus Load(EncoderSettings settings, DataFolders folders, RunServices run)
    {
        settings = settings.Digested(folders);
        return settings.ReadsTexts ? PretrainingTexts.Load(settings, folders, run) : PretrainingMolecules.Load(settings, folders, run);
    }

    /// <summary>With files that are not where the settings say, but where they were seen from <paramref name="folder"/>.</summary>
    public static EncoderSettings LookedForIn(this EncoderSettings settings, string? folder) =>
        settings with
        {
            Corpora = [.. settings.Corpora.Select(corpus => LookedFor(corpus, folder))],
            Text = settings.Text with
            {
                Splits = LookedFor(settings.Text.Splits, folder), Vocabulary = LookedFor(settings.Text.Vocabulary, folder),
            },
        };

    private static string? DigestOf(string corpus, EncoderSettings settings, DataFolders folders) => settings.ReadsTexts
        ? PretrainingTexts.Corpus.IdentityOf(corpus, settings.Text, folders)
        : PretrainingMolecules.Corpus.DigestOf(corpus, folders);

    /// <summary>The path, or where it is seen from the folder when it is not where it says.</summary>
    public static string LookedFor(string path, string? folder) =>
        folder != null && path != "" && !Path.Exists(path) && Path.Combine(folder, path) is var seen && Path.Exists(seen) ? seen : path;
}
