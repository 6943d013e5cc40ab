namespace W2S.Data;

/// <summary>A labelled set of molecules with its splits, in memory.</summary>
/// <param name="Splits">By seed: 122, 123, 124.</param>
public sealed record MoleculeData(MoleculeDataSet Set, MoleculeTable Table, IReadOnlyDictionary<int, TableSplit> Splits) : ILabelledTable
{
    public string Name => Set.Name;
    public string Title => Set.Title;
    public string Unit => Set.Unit;
    public IReadOnlyList<double> Labels => Table.Labels;

    public required string Digest { get; init; }

    public string Describe(int row) => $"molecule {row} of {Set.Title} ({Table.Smiles[row]})";

    /// <summary>The same molecules without aromatic atoms, as MolBERT's tokenizer takes them, where the set brings them along; else null: see `data prepare`.</summary>
    public IReadOnlyList<string>? Kekulised { get; init; }
}

/// <summary>A labelled set of molecules that W2S knows by name.</summary>
/// <param name="Name">As --data takes it.</param>
/// <param name="Title">As the papers write it.</param>
/// <param name="Label">The column of the labels.</param>
/// <param name="Unit">Of the labels.</param>
public abstract record MoleculeDataSet(string Name, string Title, string Label, string Unit)
{
    /// <summary>All there are: the paper's three, and the one that needs no file.</summary>
    public static IReadOnlyList<MoleculeDataSet> All { get; } =
    [
        new ChemBenchDataSet("esol", "ESOL", "measured log solubility in mols per litre", "log10(mol/L)"),
        new ChemBenchDataSet("freesolv", "FreeSolv", "expt", "kcal/mol"),
        new ChemBenchDataSet("lipop", "Lipop", "exp", "logD at pH 7.4"),
        new SyntheticDataSet(),
    ];

    /// <exception cref="UserErrorException">There is none of that name.</exception>
    public static MoleculeDataSet Named(string name) =>
        All.FirstOrDefault(set => string.Equals(set.Name, name, StringComparison.OrdinalIgnoreCase))
        ?? throw new UserErrorException($"There is no molecular data set '{name}'. There are {string.Join(", ", All.Select(set => set.Name))}.");

    /// <exception cref="UserErrorException">A file is absent or wrong; the message says how to fetch it.</exception>
    public abstract MoleculeData Load(DataFolders folders);
}

/// <summary>A table of MoleculeNet with the three splits of ChemBench.</summary>
public sealed record ChemBenchDataSet(string Name, string Title, string Label, string Unit) : MoleculeDataSet(Name, Title, Label, Unit)
{
    public override MoleculeData Load(DataFolders folders)
    {
        var (molecules, splits) = (folders.Require($"moleculenet/{Title}.csv"), folders.Require($"moleculenet/{Title}_splits.csv"));
        var table = MoleculeTable.Read(molecules, "smiles", Label);
        return new MoleculeData(this, table, TableSplits.Read(splits, table.Count)) { Digest = Checksum.OfFiles(molecules, splits) };
    }
}

/// <summary>Generated molecules, for a machine without data: see <see cref="SyntheticMolecules"/>.</summary>
public sealed record SyntheticDataSet() : MoleculeDataSet(SetName, "Synthetic SMILES", "property", "of no unit")
{
    public const string SetName = "synthetic-smiles";

    private const int Molecules = 1000;
    private const long Seed = 0;

    public override MoleculeData Load(DataFolders folders)
    {
        var molecules = SyntheticMolecules.Generate(Molecules, Seed);
        var smiles = molecules.Select(molecule => molecule.Aromatic).ToArray();
        var table = new MoleculeTable(Name, smiles, [.. molecules.Select(molecule => molecule.Property)], MoleculeTable.CountDuplicates(smiles));
        var splits = new[] { 122, 123, 124 }.ToDictionary(seed => seed, seed => TableSplits.Random(seed, table.Count, "synthetic-smiles split"));
        var text = string.Join('\n', molecules.Select(molecule => FormattableString.Invariant($"{molecule.Aromatic} {molecule.Property:R}")));
        return new MoleculeData(this, table, splits) { Digest = Checksum.OfText(text), Kekulised = [.. molecules.Select(molecule => molecule.Kekulised)] };
    }
}
