using System.Text.Json;

namespace W2S.Data;

/// <summary>What `data prepare` made: molecules ready for MolBERT's tokenizer, and their descriptors.</summary>
/// <param name="Smiles">One SMILES for each molecule, as its corpus has it.</param>
/// <param name="Kekulised">One SMILES for each molecule, without aromatic atoms.</param>
/// <param name="Renumbered">[renumbering][molecule]: the same molecules with their atoms in random orders.</param>
/// <param name="Descriptors">[molecules, descriptors], row-major, each in 0 to 1; null where the corpus was prepared without.</param>
internal sealed record PreparedCorpus(
    PreparedCorpus.Manifest Summary, IReadOnlyList<string> Smiles, IReadOnlyList<string> Kekulised,
    IReadOnlyList<IReadOnlyList<string>> Renumbered, float[]? Descriptors)
{
    public int Count => Kekulised.Count;

    /// <summary>Reads the folder after checking each file against its SHA-256.</summary>
    /// <exception cref="UserErrorException">It is no prepared corpus, damaged, or has fewer than two molecules.</exception>
    public static PreparedCorpus Read(string folder)
    {
        var summary = ReadSummary(folder);
        foreach (var (name, sum) in summary.Sha256)
        {
            var file = Path.Combine(folder, name);
            var problem = !File.Exists(file) ? "missing"
                : Checksum.OfFile(file) != sum ? "not the file that was prepared: its SHA-256 is another than corpus.json says"
                : null;
            if (problem != null)
                throw new UserErrorException($"{file} is {problem}. Prepare the corpus again with ./run.sh data prepare.");
        }
        var columns = Enumerable.Range(1, summary.Renumberings)
            .Select(turn => $"renumbered_{turn}").Prepend("kekulised").Prepend("smiles").ToArray();
        var table = CsvTable.Read(Path.Combine(folder, "molecules.csv"), columns);
        if (table.Rows.Count != summary.Molecules || table.Rows.Count < 2)
            throw new UserErrorException(
                $"{folder} has {Counted.Of(table.Rows.Count, "molecule")}, and corpus.json says {summary.Molecules}; "
                    + "at least two are needed, and as many as it says. Prepare a larger corpus.");
        var texts = columns.Select((_, column) => (IReadOnlyList<string>)table.Rows.Select(row => row[column]).ToArray()).ToArray();
        return new PreparedCorpus(
            summary, texts[0], texts[1], texts[2..], summary.Descriptors.Count == 0 ? null : ReadDescriptors(folder, summary));
    }

    private static float[] ReadDescriptors(string folder, Manifest summary)
    {
        using var array = ArrayFile.Open(Path.Combine(folder, "descriptors.npy"));
        if (array.Rows != summary.Molecules || array.Width != summary.Descriptors.Count)
            throw new UserErrorException(
                $"{array.Path} is of shape ({array.Rows}, {array.Width}) where corpus.json says ({summary.Molecules}, "
                + $"{summary.Descriptors.Count}). Prepare the corpus again with ./run.sh data prepare.");
        var values = new float[array.Rows * array.Width];
        array.Read(0, values);
        return values;
    }

    private static Manifest ReadSummary(string folder)
    {
        var path = Path.Combine(folder, "corpus.json");
        if (!File.Exists(path))
            throw new UserErrorException(
                $"{folder} is no prepared corpus: it has no corpus.json. Make one with ./run.sh data prepare CORPUS --out {folder}");
        try
        {
            return JsonSerializer.Deserialize<Manifest>(
                File.ReadAllText(path), new JsonSerializerOptions { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower })!;
        }
        catch (JsonException error)
        {
            throw new UserErrorException(
                $"{path} is damaged: {error.Message.TrimEnd('.')}. Prepare the corpus again with ./run.sh data prepare.");
        }
    }

    /// <summary>corpus.json of a prepared corpus: where it comes from and what was left out.</summary>
    public sealed record Manifest
    {
        public required int Molecules { get; init; }
        public required int Renumberings { get; init; }
        public required IReadOnlyList<Source> Sources { get; init; }
        public required IReadOnlyList<string> Excluded { get; init; }
        public int? Limit { get; init; }
        public long Seed { get; init; }

        /// <summary>How many molecules were left out, by the reason.</summary>
        public required IReadOnlyDictionary<string, int> Skipped { get; init; }

        /// <summary>RDKit's version.</summary>
        public required string Rdkit { get; init; }

        /// <summary>Names of the columns of descriptors, MolBERT's 200 in alphabetical order; empty without descriptors.</summary>
        public required IReadOnlyList<string> Descriptors { get; init; }

        /// <summary>Those that this RDKit lacks; their columns hold the share that the value 0 has.</summary>
        public required IReadOnlyList<string> MissingDescriptors { get; init; }

        /// <summary>How often RDKit failed to compute one; 0 was taken for its value.</summary>
        public required IReadOnlyDictionary<string, int> FailedDescriptors { get; init; }

        /// <summary>Of the other files in the folder.</summary>
        public required IReadOnlyDictionary<string, string> Sha256 { get; init; }
    }

    /// <summary>One file that a prepared corpus was made from.</summary>
    public sealed record Source(string File, string Sha256, int Rows);
}
