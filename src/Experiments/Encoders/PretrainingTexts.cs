namespace W2S.Experiments;

/// <summary>
/// Texts to pretrain on: those of all corpora, each once, without what any of these evaluates; cut by WordPiece, and into parts
/// where they are longer than the encoder reads.
/// </summary>
internal static class PretrainingTexts
{
    /// <inheritdoc cref="EncoderStore.LoadCorpora"/>
    public static PretrainingCorpus Load(EncoderSettings settings, DataFolders folders, RunServices run)
    {
        var corpora = settings.Corpora.Select(reference => Corpus.Load(reference, settings.Text, folders)).ToList();
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
        var examples = new EncoderBatches.Examples([PackedTokens.Of([.. parts.SelectMany(own => own)])], 0, [], [.. textOf.Select(_ => -1)])
        {
            Special = new TokenMasking.SpecialIds(tokenizer.Tokens.Mask, SpecialOf(tokenizer.Tokens)),
        };
        var numbers = Enumerable.Range(0, textOf.Length).ToLookup(part => isHeldOut[textOf[part]]);
        if (numbers[false].Count() < 2)
            throw new UserErrorException(
                $"{string.Join(", ", settings.Corpora)}: no more than {Counted.Of(numbers[false].Count(), "part")} of texts is left to "
                + "train on. Give a larger corpus.");
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

    private static string Account(Corpus corpus, int fresh)
    {
        var (repeated, evaluated) = (corpus.Texts.Count - fresh, corpus.Evaluated.Count);
        return FormattableString.Invariant($"{corpus.Name}: {fresh:N0} texts")
            + (repeated > 0 ? FormattableString.Invariant($", {repeated:N0} that repeat others left out") : "")
            + (evaluated > 0 ? FormattableString.Invariant($", {evaluated:N0} that a split evaluates left out") : "");
    }

    private static string Lengths(EncoderBatches.Examples examples, TextTokenizer tokenizer, EncoderSettings settings, int heldOut) =>
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
                    $"{given} is no vocabulary of WordPiece with a [MASK]: "
                    + "give a vocab.txt, a folder that has one, or leave it out, and it is learned.");
        using var progress = run.Progress.Begin("vocabulary", "tokens", settings.Text.VocabularySize);
        return TextTokenizer.OfWordPieces(
            WordPieceTokenizer.Learn(texts, options, settings.Text.VocabularySize, learned: count =>
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

    /// <summary>The texts of one corpus, those that a study evaluates apart.</summary>
    /// <param name="Texts">What may be learned from.</param>
    /// <param name="Evaluated">Texts in the valid or test part of one of its splits.</param>
    /// <param name="Identity">SHA-256 of what decided them.</param>
    /// <param name="Remarks">What its users should hear: a licence with conditions. Whole sentences without a full stop.</param>
    internal sealed record Corpus(
        string Name, IReadOnlyList<string> Texts, IReadOnlyList<string> Evaluated, string Identity, IReadOnlyList<string> Remarks)
    {
        private static readonly string[] Tables = [".csv", ".tsv", ".jsonl", ".ndjson"];

        /// <param name="reference">The name of a set of texts, or a file: a table, or a text on each line.</param>
        /// <exception cref="UserErrorException">There is no such corpus, or it is damaged.</exception>
        public static Corpus Load(string reference, EncoderSettings.TextOptions options, DataFolders folders)
        {
            if (TextDataSet.Find(reference) is { } known)
                return Divided(reference, known.Load(folders, label: null, asClasses: false), IdentityOf(reference, options, folders)!);
            if (!File.Exists(reference))
                throw new UserErrorException(
                    $"There are no texts '{reference}': give a file, or one of "
                    + $"{string.Join(", ", TextDataSet.All.Select(set => set.Name))}.");
            var identity = IdentityOf(reference, options, folders)!;
            if (options.Columns.Count > 0)
                return Divided(reference, TableOf(reference, options).LoadUnlabelled(options.TrainingPart), identity);
            if (Tables.Any(ending => Unzipped(reference).EndsWith(ending, StringComparison.OrdinalIgnoreCase)))
                throw new UserErrorException($"{reference} is a table: say with --text-column which of its columns has the texts.");
            return new Corpus(reference, TextFile.Lines(reference), [], identity, []);
        }

        /// <summary>SHA-256 of the files, without reading texts; null where they are not here.</summary>
        public static string? IdentityOf(string reference, EncoderSettings.TextOptions options, DataFolders folders)
        {
            var file = TextDataSet.Find(reference) is { } known ? folders.Find(known.File) : File.Exists(reference) ? reference : null;
            return file == null
                ? null
                : Checksum.OfFiles(options is { TrainingPart: true, Splits: not "" } ? [file, options.Splits] : [file]);
        }

        private static TextFile TableOf(string path, EncoderSettings.TextOptions options) =>
            new(path, options.Columns[0], new FeatureTable.Format(Splits: options.Splits == "" ? null : options.Splits,
                Csv: new CsvFormat(IdColumn: options.Id == "" ? null : options.Id)))
            {
                PairColumn = options.Columns.ElementAtOrDefault(1),
            };

        private static Corpus Divided(string name, TextData table, string identity)
        {
            var evaluated = table.Splits.Values.SelectMany(split => split.Valid.Concat(split.Test)).ToHashSet();
            var rows = Enumerable.Range(0, table.Texts.Count).ToLookup(evaluated.Contains);
            return new Corpus(name, TextsOf(rows[false]), TextsOf(rows[true]), identity, table.Remarks);

            string[] TextsOf(IEnumerable<int> of) =>
                [.. of.SelectMany(row => table.Seconds == null ? [table.Texts[row]] : new[] { table.Texts[row], table.Seconds[row] })];
        }

        private static string Unzipped(string path) => path.EndsWith(".gz", StringComparison.OrdinalIgnoreCase) ? path[..^3] : path;
    }
}
