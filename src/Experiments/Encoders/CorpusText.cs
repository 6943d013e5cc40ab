using System.Globalization;
using W2S.Data;
using W2S.Training;

namespace W2S.Experiments;

/// <summary>One corpus as text, whatever its form: prepared with RDKit, a plain list of SMILES, or generated.</summary>
/// <param name="Smiles">Each molecule once: what names it.</param>
/// <param name="Forms">[form][molecule]: the ways in which the tokenizer can read it, at least one.</param>
/// <param name="Descriptors">[molecules, descriptors], row-major; null: none.</param>
/// <param name="Identity">What decided the text.</param>
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
            var identity = string.Join(' ', corpus.Summary.Sha256.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => pair.Value[..16]));
            return new CorpusText(reference, corpus.Smiles, forms, settings.Descriptors ? corpus.Descriptors : null, identity);
        }
        var file = File.Exists(reference) ? reference : folders.Require(DataCatalogue.Named(reference).File);
        if (kekulises)
            throw new UserErrorException($"{reference} is not prepared, and the tokenizer molbert reads kekulised SMILES only. Prepare it with ./run.sh data prepare {reference} --out data/prepared/{Path.GetFileName(reference)}, or take --tokenizer smiles.");
        run.Log.Information("{Corpus} is not prepared: no descriptors, and only molecules written alike count as the same", reference);
        var text = SmilesCorpus.Read(file).Without(EvaluationSmiles(folders));
        return new CorpusText(reference, text.Smiles, [text.Smiles], null, Checksum.OfFile(file)[..16]);
    }

    private static CorpusText Generated(bool kekulises)
    {
        var evaluated = MoleculeDataSet.Named(Synthetic).Load(new DataFolders([])).Table.Smiles.ToHashSet(StringComparer.Ordinal);
        var molecules = Data.SyntheticMolecules.Generate(SyntheticMolecules, SyntheticSeed).Where(molecule => !evaluated.Contains(molecule.Aromatic)).ToArray();
        string[] smiles = [.. molecules.Select(molecule => molecule.Aromatic)];
        return new CorpusText(Synthetic, smiles, [kekulises ? [.. molecules.Select(molecule => molecule.Kekulised)] : smiles], null,
            string.Create(CultureInfo.InvariantCulture, $"{SyntheticMolecules} of seed {SyntheticSeed}"));
    }

    private static string? Prepared(string reference, DataFolders folders) =>
        folders.Folders.Select(folder => Path.Combine(folder, "prepared", reference)).Prepend(reference).FirstOrDefault(folder => File.Exists(Path.Combine(folder, "corpus.json")));

    private static IEnumerable<string> EvaluationSmiles(DataFolders folders) =>
        EvaluationSets.Select(name => folders.Find(DataCatalogue.Named(name).File)).OfType<string>().SelectMany(file => SmilesCorpus.Read(file).Smiles);
}
