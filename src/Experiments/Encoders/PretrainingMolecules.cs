namespace W2S.Experiments;

/// <summary>Molecules to pretrain on: those of all corpora as tokens, each once; what is left out is counted.</summary>
/// <param name="maximumLength">Of a sequence, [CLS] and [SEP] counted; of both molecules together where pairs are made.</param>
internal sealed class PretrainingMolecules(MoleculeTokenizer tokenizer, int maximumLength, bool pairs)
{
    private readonly List<string> _smiles = [];
    private readonly HashSet<string> _seen = new(StringComparer.Ordinal);
    private readonly List<List<int[]>> _forms = [];
    private readonly List<int> _rows = [];
    private readonly List<float> _descriptors = [];
    private readonly List<string> _skipped = [], _sources = [], _identity = [];
    private int _descriptorCount;

    private int LongestForm => pairs ? (maximumLength - 1) / 2 - 1 : maximumLength - 2;

    /// <inheritdoc cref="EncoderStore.LoadCorpora"/>
    public static PretrainingCorpus Load(EncoderSettings settings, DataFolders folders, RunServices run)
    {
        var tokenizer = MoleculeTokenizers.Find(settings.Tokenizer);
        var collection = new PretrainingMolecules(tokenizer, settings.MaximumLength, pairs: settings.SameMolecule);
        foreach (var corpus in settings.Corpora) collection.Add(Corpus.Load(corpus, settings, folders, run));
        var (molecules, smiles) = collection.Molecules();
        if (collection._skipped.Count > 0) run.Log.Information("left out: {Skipped}", string.Join("; ", collection._skipped));
        if (molecules.DescriptorCount == 0 && settings.Descriptors)
            run.Log.Warning("No corpus has descriptors, so pretraining is without them, on masked tokens alone; "
                + "data prepare --descriptors computes them with RDKit");
        // By what a molecule is, not by where it stands, so no encoder is trained on what another is measured on.
        var isHeldOut = Array.ConvertAll(smiles, text => new RandomStream(0, $"held out: {text}").NextDouble() < settings.HeldOut);
        var numbers = Enumerable.Range(0, molecules.Count).ToLookup(number => isHeldOut[number]);
        int[] training = [.. numbers[false]];
        if (training.Length < 2)
            throw new UserErrorException(
                $"{string.Join(", ", settings.Corpora)}: after leaving out what cannot be read "
                + $"{Counted.Of(training.Length, "molecule")} {(training.Length == 1 ? "is" : "are")} left to train on. Give a larger "
                + "corpus.");
        return new PretrainingCorpus(
            molecules, training, [.. numbers[true]], collection._sources, collection._identity, tokenizer.VocabularySize);
    }

    /// <exception cref="UserErrorException">
    /// The corpus has another number of ways of writing, or of descriptors, than an earlier one.
    /// </exception>
    private void Add(Corpus corpus)
    {
        RequireSameForm(corpus);
        var width = corpus.DescriptorCount;
        var (repeats, unknown, tooLong, added) = (0, 0, 0, 0);
        var buffer = new int[corpus.Forms.Max(form => form.Max(text => text.Length))];
        var encoded = new int[corpus.Forms.Count][];
        for (var molecule = 0; molecule < corpus.Smiles.Count; molecule++)
        {
            if (_seen.Contains(corpus.Smiles[molecule])) repeats++;
            else if (!TryEncode(corpus, molecule, buffer, encoded)) unknown++;
            else if (encoded.Max(tokens => tokens.Length - 2) > LongestForm) tooLong++;
            else
            {
                added++;
                Append(corpus, molecule, encoded, width);
            }
        }
        if (repeats > 0) _skipped.Add($"{repeats:N0} of {corpus.Name} that repeat earlier ones");
        if (unknown > 0) _skipped.Add($"{unknown:N0} of {corpus.Name} with symbols that the tokenizer {tokenizer.Name} lacks");
        if (tooLong > 0) _skipped.Add($"{tooLong:N0} of {corpus.Name} of more than {LongestForm} tokens");
        var descriptors = width > 0 ? $", {Counted.Of(width, "descriptor")}" : "";
        _sources.Add(FormattableString.Invariant($"{corpus.Name}: {added:N0} {Counted.Word(added, "molecule")}{descriptors}"));
        _identity.Add($"{corpus.Name} {corpus.Identity}");
    }

    private (EncoderBatches.Examples Molecules, string[] Smiles) Molecules() =>
        (new EncoderBatches.Examples([.. _forms.Select(PackedTokens.Of)], _descriptorCount, [.. _descriptors], [.. _rows]), [.. _smiles]);

    private void RequireSameForm(Corpus corpus)
    {
        if (_forms.Count == 0) _forms.AddRange(corpus.Forms.Select(_ => new List<int[]>()));
        if (corpus.Forms.Count != _forms.Count)
            throw new UserErrorException(
                $"{corpus.Name} has each molecule in {Counted.Of(corpus.Forms.Count, "form")} and the corpora before it in {_forms.Count}. "
                + "Prepare all with the same --renumberings.");
        if (pairs && corpus.Forms.Count < 2)
            throw new UserErrorException(
                $"{corpus.Name} has one form of each molecule, and pairs of one molecule need two. Prepare it with --renumberings 1 "
                + "or more and take the tokenizer molbert, or leave pairs out.");
        var width = corpus.DescriptorCount;
        if (width == 0) return;
        if (_descriptorCount > 0 && _descriptorCount != width)
            throw new UserErrorException(
                $"{corpus.Name} has {width} descriptors, and a corpus before it {_descriptorCount}. Prepare them alike.");
        _descriptorCount = width;
    }

    private bool TryEncode(Corpus corpus, int molecule, int[] buffer, int[][] encoded)
    {
        for (var form = 0; form < corpus.Forms.Count; form++)
        {
            if (!tokenizer.TryEncode(corpus.Forms[form][molecule], buffer, out var count, out _)) return false;
            encoded[form] = [MoleculeTokenizer.ClsId, .. buffer.AsSpan(0, count), MoleculeTokenizer.SepId];
        }
        return true;
    }

    private void Append(Corpus corpus, int molecule, int[][] encoded, int width)
    {
        _seen.Add(corpus.Smiles[molecule]);
        _smiles.Add(corpus.Smiles[molecule]);
        for (var form = 0; form < encoded.Length; form++) _forms[form].Add(encoded[form]);
        _rows.Add(width == 0 ? -1 : _descriptors.Count / width);
        if (width > 0) _descriptors.AddRange(corpus.Descriptors.AsSpan(molecule * width, width));
    }

    /// <summary>One corpus as text, whatever its form: prepared with RDKit, a plain list of SMILES, or generated.</summary>
    /// <param name="Smiles">Each molecule once: what names it.</param>
    /// <param name="Forms">[form][molecule]: the ways in which the tokenizer can read it, at least one.</param>
    /// <param name="Descriptors">[molecules, descriptors], row-major; null: none.</param>
    /// <param name="Identity">SHA-256 of what decided the text.</param>
    internal sealed record Corpus(
        string Name, IReadOnlyList<string> Smiles, IReadOnlyList<IReadOnlyList<string>> Forms, float[]? Descriptors, string Identity)
    {
        /// <summary>The generated corpus, for a machine without data.</summary>
        public const string Synthetic = "synthetic-smiles";

        private const int SyntheticMolecules = 20_000;
        private const long SyntheticSeed = 1; // the labelled set of that name has seed 0

        private static readonly string[] EvaluationSets = ["esol", "freesolv", "lipop"];

        public int DescriptorCount => Descriptors == null ? 0 : Descriptors.Length / Smiles.Count;

        /// <param name="reference">
        /// A folder, a name below a data folder's prepared/, a data set's name, a CSV file, or synthetic-smiles.
        /// </param>
        /// <exception cref="UserErrorException">There is no such corpus, or the tokenizer cannot read its form.</exception>
        public static Corpus Load(string reference, EncoderSettings settings, DataFolders folders, RunServices run)
        {
            var kekulises = settings.Tokenizer == "molbert";
            if (reference == Synthetic) return Generated(kekulises);
            if (Prepared(reference, folders) is { } folder)
            {
                var corpus = PreparedCorpus.Read(folder);
                IReadOnlyList<IReadOnlyList<string>> forms = kekulises ? [corpus.Kekulised, .. corpus.Renumbered] : [corpus.Smiles];
                return new Corpus(reference, corpus.Smiles, forms, settings.Descriptors ? corpus.Descriptors : null, OfPrepared(folder));
            }
            var file = File.Exists(reference) ? reference : folders.Require(CatalogueEntry.Named(reference).File);
            if (kekulises)
                throw new UserErrorException(
                    $"{reference} is not prepared, and the tokenizer molbert reads kekulised SMILES only. Prepare it with ./run.sh "
                    + $"data prepare {reference} --out data/prepared/{Path.GetFileName(reference)}, or take --tokenizer smiles.");
            run.Log.Information("{Corpus} is not prepared: no descriptors, and only molecules written alike count as the same", reference);
            var text = SmilesCorpus.Read(file).Without(EvaluationSmiles(folders));
            return new Corpus(reference, text.Smiles, [text.Smiles], null, OfPlain(file, folders));
        }

        /// <summary>Its SHA-256, without reading it; null where it is not here.</summary>
        public static string? DigestOf(string reference, DataFolders folders)
        {
            if (reference == Synthetic) return OfGenerated;
            if (Prepared(reference, folders) is { } folder) return OfPrepared(folder);
            var file = File.Exists(reference) ? reference : CatalogueEntry.All
                .FirstOrDefault(entry => entry.Name == reference) is { } known ? folders.Find(known.File) : null;
            return file == null ? null : OfPlain(file, folders);
        }

        private static string OfGenerated =>
            Checksum.OfText(string.Create(CultureInfo.InvariantCulture, $"{SyntheticMolecules} of seed {SyntheticSeed}"));

        /// <summary>Its summary holds the sums of its files, which are checked when it is read, and names what was left out.</summary>
        private static string OfPrepared(string folder) => Checksum.OfFile(Path.Combine(folder, "corpus.json"));

        /// <summary>With the evaluation sets that are here, for their molecules are left out.</summary>
        private static string OfPlain(string file, DataFolders folders) => Checksum.OfFiles(EvaluationFiles(folders).Prepend(file));

        private static Corpus Generated(bool kekulises)
        {
            var evaluated = MoleculeDataSet.Named(Synthetic).Load(new DataFolders([])).Smiles.ToHashSet(StringComparer.Ordinal);
            var molecules = Data.SyntheticMolecules.Generate(SyntheticMolecules, SyntheticSeed)
                .Where(molecule => !evaluated.Contains(molecule.Aromatic)).ToArray();
            string[] smiles = [.. molecules.Select(molecule => molecule.Aromatic)];
            return new Corpus(
                Synthetic, smiles, [kekulises ? [.. molecules.Select(molecule => molecule.Kekulised)] : smiles], null, OfGenerated);
        }

        private static string? Prepared(string reference, DataFolders folders) =>
            folders.Folders.Select(folder => Path.Combine(folder, "prepared", reference))
                .Prepend(reference).FirstOrDefault(folder => File.Exists(Path.Combine(folder, "corpus.json")));

        private static IEnumerable<string> EvaluationSmiles(DataFolders folders) =>
            EvaluationFiles(folders).SelectMany(file => SmilesCorpus.Read(file).Smiles);

        private static IEnumerable<string> EvaluationFiles(DataFolders folders) =>
            EvaluationSets.Select(name => folders.Find(CatalogueEntry.Named(name).File)).OfType<string>();
    }
}
