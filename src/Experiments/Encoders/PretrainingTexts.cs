namespace W2S.Experiments;

/// <summary>
/// Texts to pretrain on: those of all corpora, each once, without what any of these evaluates; cut by WordPiece, and into parts
/// where they are longer than the encoder reads.
/// </summary>
internal static class PretrainingTexts
{
    /// <inheritdoc cref="EncoderSources.Load"/>
    public static PretrainingCorpus Load(EncoderSettings settings, DataFolders folders, RunServices run)
    {
        var corpora = settings.Corpora.Select(reference => TextCorpus.Load(reference, settings.Text, folders)).ToList();
        List<string> remarks = [.. corpora.SelectMany(corpus => corpus.Remarks).Distinct()];
        foreach (var remark in remarks) run.Log.Information("{Remark}", remark);
        var seen = corpora.SelectMany(corpus => corpus.Evaluated).Select(WordsOf).ToHashSet(StringComparer.Ordinal);
        var (texts, sources) = (new List<string>(), new List<string>());
        foreach (var corpus in corpora)
        {
            // What is evaluated counts as seen, and what was seen is not read again.
            var fresh = corpus.Texts.Where(text => seen.Add(WordsOf(text))).ToList();
            texts.AddRange(fresh);
            sources.Add(Account(corpus, fresh.Count));
        }
        var isHeldOut = texts.ConvertAll(text => new RandomStream(0, $"held out: {text}").NextDouble() < settings.HeldOut);
        var tokenizer = Tokenizer(settings, texts.Where((_, text) => !isHeldOut[text]), run);
        var parts = Parts(texts, tokenizer, settings.MaximumLength, run);
        var textOf = parts.SelectMany((own, text) => Enumerable.Repeat(text, own.Count)).ToArray();
        var examples = new PretrainingExamples([PackedTokens.Of([.. parts.SelectMany(own => own)])], 0, [], [.. textOf.Select(_ => -1)])
        {
            Special = new PretrainingExamples.SpecialIds(tokenizer.Tokens.Mask, SpecialOf(tokenizer.Tokens)),
        };
        var numbers = Enumerable.Range(0, textOf.Length).ToLookup(part => isHeldOut[textOf[part]]);
        if (numbers[false].Count() < 2)
            throw new UserErrorException(
                $"{string.Join(", ", settings.Corpora)}: no more than {Counted.Of(numbers[false].Count(), "part")} of texts is left to train on. Give a larger corpus.");
        return new PretrainingCorpus(
            examples, [.. numbers[false]], [.. numbers[true]],
            [.. sources, Lengths(examples, tokenizer, settings, isHeldOut.Count(held => held)), .. remarks],
            [.. corpora.Select(corpus => $"{corpus.Name} {corpus.Identity}"), tokenizer.Digest], tokenizer.VocabularySize)
        {
            Text = tokenizer,
        };
    }

    /// <summary>What makes two texts the same one, however they are set.</summary>
    private static string WordsOf(string text) =>
        string.Concat(text.Where(char.IsLetterOrDigit).Select(char.ToLowerInvariant)) is { Length: > 0 } words ? words : text;

    private static string Account(TextCorpus corpus, int fresh)
    {
        var repeated = corpus.Texts.Count - fresh;
        return FormattableString.Invariant($"{corpus.Name}: {fresh:N0} texts")
            + (repeated > 0 ? FormattableString.Invariant($", {repeated:N0} that repeat others left out") : "")
            + (corpus.Evaluated.Count > 0 ? FormattableString.Invariant($", {corpus.Evaluated.Count:N0} that a split evaluates left out") : "");
    }

    private static string Lengths(PretrainingExamples examples, TextTokenizer tokenizer, EncoderSettings settings, int heldOut) =>
        FormattableString.Invariant($"{examples.Count:N0} parts of at most {settings.MaximumLength} tokens, ")
        + FormattableString.Invariant($"{examples.Forms[0].Tokens.Length:N0} in all, {heldOut:N0} texts held out; ")
        + FormattableString.Invariant($"{tokenizer.Name}, {tokenizer.VocabularySize:N0} tokens ")
        + (settings.Text.Vocabulary == "" ? "learned from the others" : $"from {settings.Text.Vocabulary}");

    private static TextTokenizer Tokenizer(EncoderSettings settings, IEnumerable<string> texts, RunServices run)
    {
        var options = new BertWordOptions(settings.Text.LowerCase, settings.Text.KeepAccents ? false : null);
        var given = settings.Text.Vocabulary;
        if (File.Exists(given)) return TextTokenizer.OfWordPieces(ModelFile.ReadLines(given), options);
        if (given != "")
            return Directory.Exists(given) && TextTokenizer.Read(given) is { Pieces: WordPieceTokenizer, Tokens.Mask: >= 0 } read
                ? read
                : throw new UserErrorException(
                    $"{given} is no vocabulary of WordPiece with a [MASK]: give a vocab.txt, a folder that has one, or leave it out, and it is learned.");
        using var progress = run.Progress.Begin("vocabulary", "tokens", settings.Text.VocabularySize);
        return TextTokenizer.OfWordPieces(
            WordPieceVocabulary.Learn(texts, options, settings.Text.VocabularySize, learned: count =>
            {
                run.Stop.ThrowIfSet();
                progress.Report(count);
            }),
            options);
    }

    /// <summary>[texts][parts]; a text without a word has none.</summary>
    private static IReadOnlyList<int[]>[] Parts(List<string> texts, TextTokenizer tokenizer, int maximumLength, RunServices run)
    {
        var parts = new IReadOnlyList<int[]>[texts.Count];
        using var progress = run.Progress.Begin("tokens", "texts", texts.Count);
        var done = 0;
        Parallel.For(0, texts.Count, (text, loop) =>
        {
            if (run.Stop.IsSet) loop.Stop();
            var own = tokenizer.EncodeParts(texts[text], maximumLength);
            parts[text] = own[0].Length > 2 ? own : [];
            progress.Report(Interlocked.Increment(ref done));
        });
        run.Stop.ThrowIfSet();
        return parts;
    }

    private static int[] SpecialOf(TextTokens tokens) =>
        [.. new[] { tokens.Pad, tokens.Unknown, tokens.Cls, tokens.Sep, tokens.Mask }.Distinct()];
}
