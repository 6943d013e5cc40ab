using W2S.Data;
using W2S.Training;

namespace W2S.Experiments;

/// <summary>Data sets by name: Gaussian tasks, molecules, or a table of numbers in a CSV file. Tables are read once.</summary>
/// <param name="host">Hears what is remarkable about them.</param>
public sealed class Datasets(DataFolders folders, RunServices host)
{
    private readonly Dictionary<string, ILabelledTable> _tables = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>What --data takes beside the path of a CSV file.</summary>
    public static IReadOnlyList<string> Names { get; } = [GaussianTasks.DataName, .. MoleculeDataSet.All.Select(set => set.Name)];

    public static bool IsFile(string name) => name.EndsWith(".csv", StringComparison.OrdinalIgnoreCase) || name.EndsWith(".csv.gz", StringComparison.OrdinalIgnoreCase);

    /// <param name="study">With one data set.</param>
    /// <param name="engine">Computes the true labels of Gaussian tasks.</param>
    /// <exception cref="UserErrorException">A file is absent or wrong, or there is no such split.</exception>
    public Dataset Of(Study study, IEngine engine) => study.IsGaussian ? new GaussianTasks(study, engine) : new SplitTable(Table(study.Data[0]), study);

    /// <exception cref="UserErrorException">A file is absent or wrong.</exception>
    public ILabelledTable Table(string name)
    {
        lock (_tables)
        {
            if (_tables.TryGetValue(name, out var known)) return known;
            ILabelledTable table = IsFile(name) ? FeatureTable.Read(name) : MoleculeDataSet.Named(name).Load(folders);
            if (table is MoleculeData { Table: { Duplicates: > 0 } molecules })
                host.Log.Information("{Duplicates} of {Count} rows of {Title} repeat the SMILES of an earlier row; they stay, for the splits count them", molecules.Duplicates, molecules.Count, table.Title);
            return _tables[name] = table;
        }
    }
}
