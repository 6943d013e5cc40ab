namespace W2S.Data;

/// <summary>
/// A labelled set of molecules with its splits, in memory: SMILES, each with one number that is to be predicted, in the file's order
/// (splits name rows by position).
/// </summary>
/// <param name="Source">The file, or the name of the generator.</param>
/// <param name="Smiles">As in the file, without surrounding blanks; none is empty.</param>
/// <param name="Labels">In the file's unit; all finite.</param>
/// <param name="Splits">By seed: 122, 123, 124.</param>
public sealed record MoleculeData(
    MoleculeDataSet Set, string Source, IReadOnlyList<string> Smiles, IReadOnlyList<double> Labels,
    IReadOnlyDictionary<int, TableSplit> Splits) : ILabelledTable
{
    public string Name => Set.Name;
    public string Title => Set.Title;
    public string Unit => Set.Unit;

    /// <summary>Rows.</summary>
    public int Count => Smiles.Count;

    /// <summary>How many rows repeat the string of an earlier row. They stay: the published splits count them.</summary>
    public int Duplicates => Count - Smiles.Distinct(StringComparer.Ordinal).Count();

    /// <summary>The line of each row in the file, counted from 1; null where there is no file.</summary>
    public IReadOnlyList<int>? Lines { get; init; }

    public required string Digest { get; init; }

    public IReadOnlyList<string>? Identifiers { get; init; }

    /// <summary>The rows of the file that these are, from 0; null: all of them.</summary>
    public IReadOnlyList<int>? SourceRows { get; init; }

    /// <summary>Rows of the file that were left out, and why.</summary>
    public IReadOnlyList<RejectedRow> Rejected { get; init; } = [];

    /// <summary>Where a row is, for people: "line 7", or "molecule 5" (from 0) where there is no file.</summary>
    public string Place(int row) => Lines == null ? $"molecule {row}" : $"line {Lines[row]}";

    public string Describe(int row) => $"molecule {row} of {Set.Title} ({Smiles[row]})";

    /// <summary>
    /// The same molecules without aromatic atoms, as MolBERT's tokenizer takes them, where the set brings them along; else
    /// null: see `data prepare`.
    /// </summary>
    public IReadOnlyList<string>? Kekulised { get; init; }

    /// <summary>What a row is called where files are joined: its identifier, or its place in the file.</summary>
    public string IdentifierOf(int row) => Identifiers?[row] ?? (SourceRows?[row] ?? row).ToString(CultureInfo.InvariantCulture);

    /// <summary>The same molecules without some, in the same parts of the splits.</summary>
    /// <param name="reasons">By row.</param>
    /// <exception cref="UserErrorException">Too few are left: a part of a split has none.</exception>
    public MoleculeData Without(IReadOnlyDictionary<int, string> reasons)
    {
        if (reasons.Count == 0) return this;
        int[] kept = [.. Enumerable.Range(0, Count).Where(row => !reasons.ContainsKey(row))];
        var places = kept.Index().ToDictionary(row => row.Item, row => row.Index);
        var rejected = reasons.Keys
            .Order().Select(row => new RejectedRow(Lines?[row] ?? row, IdentifierOf(row), Smiles[row], reasons[row]));
        return this with
        {
            Smiles = [.. kept.Select(row => Smiles[row])],
            Labels = [.. kept.Select(row => Labels[row])],
            Lines = Lines is { } lines ? [.. kept.Select(row => lines[row])] : null,
            Splits = Splits.Values.ToDictionary(
                split => split.Seed, split => new TableSplit(split.Seed, Part(split.Train), Part(split.Valid), Part(split.Test))),
            Kekulised = Kekulised is { } forms ? [.. kept.Select(row => forms[row])] : null,
            Identifiers = Identifiers is { } identifiers ? [.. kept.Select(row => identifiers[row])] : null,
            SourceRows = [.. kept.Select(row => SourceRows?[row] ?? row)],
            Rejected = [.. Rejected, .. rejected],
            Digest = Checksum.OfText($"{Digest} without {string.Join(' ', reasons.Keys.Order().Select(row => SourceRows?[row] ?? row))}"),
        };

        IReadOnlyList<int> Part(IReadOnlyList<int> rows)
        {
            int[] left = [.. rows.Where(places.ContainsKey).Select(row => places[row])];
            return rows.Count == 0 || left.Length > 0
                ? left
                : throw new UserErrorException(
                    $"Without the {reasons.Count} of {Counted.Of(Count, "molecule")} of {Source} that cannot be "
                    + $"read, a part of a split is empty. The first reason: {reasons.First().Value}");
        }
    }

    /// <summary>
    /// Why a text is no SMILES: it is empty, or has a character that is not printable ASCII, or a blank. RDKit stops at such a
    /// character and returns the molecule before it, without an error; so nothing else may be passed on to it.
    /// </summary>
    /// <returns>As the end of a sentence that begins with the place: "the SMILES …"; null where nothing is wrong.</returns>
    internal static string? Problem(string smiles)
    {
        if (smiles.Length == 0) return "the SMILES is empty";
        var place = smiles.AsSpan().IndexOfAnyExceptInRange('!', '~');
        if (place < 0) return null;
        var what = smiles[place] is ' ' or '\t' ? "a blank" : $"U+{(int)smiles[place]:X4}, which is not ASCII,";
        return $"the SMILES '{smiles}' has {what} at character {place + 1}";
    }

    /// <summary>A molecule that was left out.</summary>
    /// <param name="Line">Where it begins in the file, from 1.</param>
    public sealed record RejectedRow(int Line, string Identifier, string Smiles, string Reason)
    {
        /// <summary>The list as CSV: line, identifier, smiles, reason.</summary>
        public static string Csv(IEnumerable<RejectedRow> rows) =>
            "line,identifier,smiles,reason\n" + string.Concat(rows.Select(row => string.Create(
                CultureInfo.InvariantCulture,
                $"{row.Line},{CsvTable.Cell(row.Identifier)},{CsvTable.Cell(row.Smiles)},{CsvTable.Cell(row.Reason)}\n")));
    }
}

/// <summary>A labelled set of molecules that W2S knows by name.</summary>
/// <param name="Name">As --data takes it.</param>
/// <param name="Title">As the papers write it.</param>
/// <param name="Label">The column of the labels.</param>
/// <param name="Unit">Of the labels.</param>
public abstract record MoleculeDataSet(string Name, string Title, string Label, string Unit)
{
    /// <summary>The set that needs no file.</summary>
    public const string SyntheticName = "synthetic-smiles";

    /// <summary>All there are: the paper's three, and the one that needs no file.</summary>
    public static IReadOnlyList<MoleculeDataSet> All { get; } =
    [
        new ChemBench("esol", "ESOL", "measured log solubility in mols per litre", "log10(mol/L)"),
        new ChemBench("freesolv", "FreeSolv", "expt", "kcal/mol"),
        new ChemBench("lipop", "Lipop", "exp", "logD at pH 7.4"),
        new Synthetic(),
    ];

    /// <exception cref="UserErrorException">There is none of that name.</exception>
    public static MoleculeDataSet Named(string name) =>
        All.FirstOrDefault(set => string.Equals(set.Name, name, StringComparison.OrdinalIgnoreCase))
        ?? throw new UserErrorException(
            $"There is no molecular data set '{name}'. There are {string.Join(", ", All.Select(set => set.Name))}.");

    /// <exception cref="UserErrorException">A file is absent or wrong; the message says how to fetch it.</exception>
    public abstract MoleculeData Load(DataFolders folders);

    /// <summary>Reads two columns of a CSV file, plain or gzipped.</summary>
    /// <exception cref="UserErrorException">
    /// A column is missing, or rows have what is no SMILES or a label that is no finite number: they are named together, by line.
    /// Rows are never left out, for that would shift the rows that splits name.
    /// </exception>
    internal static (string[] Smiles, double[] Labels, IReadOnlyList<int> Lines) Read(string path, string smilesColumn, string labelColumn)
    {
        var table = CsvTable.Read(path, [smilesColumn, labelColumn]);
        var smiles = new string[table.Rows.Count];
        var labels = new double[table.Rows.Count];
        var problems = new List<string>();
        for (var row = 0; row < smiles.Length; row++)
        {
            smiles[row] = table.Rows[row][0];
            if (MoleculeData.Problem(smiles[row]) is { } problem) problems.Add($"line {table.Lines[row]}: {problem}");
            if (FeatureTable.LabelFile.Problem(table.Rows[row][1], out labels[row]) is { } wrong)
                problems.Add($"line {table.Lines[row]}: the label '{table.Rows[row][1]}' {wrong}");
        }
        if (problems.Count > 0)
            throw new UserErrorException(
                $"{path}: {Counted.FirstOf(problems, "; ")}. Correct the rows, or remove them and make the splits anew.");
        if (smiles.Length == 0) throw new UserErrorException($"{path} has a header and no molecule. Give a file with at least one row.");
        return (smiles, labels, table.Lines);
    }

    /// <summary>A table of MoleculeNet with the three splits of ChemBench.</summary>
    private sealed record ChemBench(string Name, string Title, string Label, string Unit) : MoleculeDataSet(Name, Title, Label, Unit)
    {
        public override MoleculeData Load(DataFolders folders)
        {
            var (molecules, splits) = (folders.Require($"moleculenet/{Title}.csv"), folders.Require($"moleculenet/{Title}_splits.csv"));
            var (smiles, labels, lines) = Read(molecules, "smiles", Label);
            return new MoleculeData(this, molecules, smiles, labels, TableSplit.Read(splits, smiles.Length))
            {
                Lines = lines, Digest = Checksum.OfFiles(molecules, splits),
            };
        }
    }

    /// <summary>Generated molecules, for a machine without data: see <see cref="SyntheticMolecules"/>.</summary>
    private sealed record Synthetic() : MoleculeDataSet(SyntheticName, "Synthetic SMILES", "property", "of no unit")
    {
        private const int Molecules = 1000;
        private const long Seed = 0;

        public override MoleculeData Load(DataFolders folders)
        {
            var molecules = SyntheticMolecules.Generate(Molecules, Seed);
            var smiles = molecules.Select(molecule => molecule.Aromatic).ToArray();
            var splits = new[] { 122, 123, 124 }
                .ToDictionary(seed => seed, seed => TableSplit.Random(seed, Molecules, $"{SyntheticName} split"));
            var text = string.Join(
                '\n', molecules.Select(molecule => FormattableString.Invariant($"{molecule.Aromatic} {molecule.Property:R}")));
            return new MoleculeData(this, Name, smiles, [.. molecules.Select(molecule => molecule.Property)], splits)
            {
                Digest = Checksum.OfText(text), Kekulised = [.. molecules.Select(molecule => molecule.Kekulised)],
            };
        }
    }
}
