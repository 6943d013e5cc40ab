namespace W2S.Experiments;

/// <summary>One corpus as text, whatever its form: prepared with RDKit, a plain list of SMILES, or generated.</summary>
/// <param name="Smiles">Each molecule once: what names it.</param>
/// <param name="Forms">[form][molecule]: the ways in which the tokenizer can read it, at least one.</param>
/// <param name="Descriptors">[molecules, descriptors], row-major; null: none.</param>
/// <param name="Identity">SHA-256 of what decided the text.</param>
internal sealed record CorpusText(string Name, IReadOnlyList<string> Smiles, IReadOnlyList<IReadOnlyList<string>> Forms, float[]? Descriptors, string Identity)
{
    /// <summary>The generated corpus, for a machine without data.</summary>
    public const string Synthetic = "synthetic-smiles";

    private const int SyntheticMolecules = 20_000;
    private const long SyntheticSeed = 1; // the labelled set of that name has seed 0

    private static readonly string[] EvaluationSets = ["esol", "freesolv", "lipop"];

    /// <param name="reference">A folder, a name below a data folder's prepared/, a data set's name, a CSV file, or synthetic-smiles.</param>
    /// <exception cref="UserErrorException">There is no such corpus, or the tokenizer cannot read its form.</exception>
    public static CorpusText Load(string reference, EncoderSettings settings, DataFolders folders, RunServices run)
    {
        var kekulises = settings.Tokenizer == "molbert";
        if (reference == Synthetic) return Generated(kekulises);
        if (Prepared(reference, folders) is { } folder)
        {
            var corpus = PreparedCorpus.Read(folder);
            IReadOnlyList<IReadOnlyList<string>> forms = kekulises ? [corpus.Kekulised, .. corpus.Renumbered] : [corpus.Smiles];
            return new CorpusText(reference, corpus.Smiles, forms, settings.Descriptors ? corpus.Descriptors : null, OfPrepared(folder));
        }
        var file = File.Exists(reference) ? reference : folders.Require(DataCatalogue.Named(reference).File);
        if (kekulises)
            throw new UserErrorException($"{reference} is not prepared, and the tokenizer molbert reads kekulised SMILES only. Prepare it with ./run.sh data prepare {reference} --out data/prepared/{Path.GetFileName(reference)}, or take --tokenizer smiles.");
        run.Log.Information("{Corpus} is not prepared: no descriptors, and only molecules written alike count as the same", reference);
        var text = SmilesCorpus.Read(file).Without(EvaluationSmiles(folders));
        return new CorpusText(reference, text.Smiles, [text.Smiles], null, OfPlain(file, folders));
    }

    /// <summary>Its SHA-256, without reading it; null where it is not here.</summary>
    public static string? DigestOf(string reference, DataFolders folders)
    {
        if (reference == Synthetic) return OfGenerated;
        if (Prepared(reference, folders) is { } folder) return OfPrepared(folder);
        var file = File.Exists(reference) ? reference : DataCatalogue.All.FirstOrDefault(entry => entry.Name == reference) is { } known ? folders.Find(known.File) : null;
        return file == null ? null : OfPlain(file, folders);
    }

    private static string OfGenerated => Checksum.OfText(string.Create(CultureInfo.InvariantCulture, $"{SyntheticMolecules} of seed {SyntheticSeed}"));

    /// <summary>Its summary holds the sums of its files, which are checked when it is read, and names what was left out.</summary>
    private static string OfPrepared(string folder) => Checksum.OfFile(Path.Combine(folder, "corpus.json"));

    /// <summary>With the evaluation sets that are here, for their molecules are left out.</summary>
    private static string OfPlain(string file, DataFolders folders) => Checksum.OfFiles(EvaluationFiles(folders).Prepend(file));

    private static CorpusText Generated(bool kekulises)
    {
        var evaluated = MoleculeDataSet.Named(Synthetic).Load(new DataFolders([])).Table.Smiles.ToHashSet(StringComparer.Ordinal);
        var molecules = Data.SyntheticMolecules.Generate(SyntheticMolecules, SyntheticSeed).Where(molecule => !evaluated.Contains(molecule.Aromatic)).ToArray();
        string[] smiles = [.. molecules.Select(molecule => molecule.Aromatic)];
        return new CorpusText(Synthetic, smiles, [kekulises ? [.. molecules.Select(molecule => molecule.Kekulised)] : smiles], null, OfGenerated);
    }

    private static string? Prepared(string reference, DataFolders folders) =>
        folders.Folders.Select(folder => Path.Combine(folder, "prepared", reference)).Prepend(reference).FirstOrDefault(folder => File.Exists(Path.Combine(folder, "corpus.json")));

    private static IEnumerable<string> EvaluationSmiles(DataFolders folders) =>
        EvaluationFiles(folders).SelectMany(file => SmilesCorpus.Read(file).Smiles);

    private static IEnumerable<string> EvaluationFiles(DataFolders folders) => EvaluationSets.Select(name => folders.Find(DataCatalogue.Named(name).File)).OfType<string>();
}
