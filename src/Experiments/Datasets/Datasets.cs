using W2S.Data;
using W2S.Training;

namespace W2S.Experiments;

/// <summary>Data sets by name: Gaussian tasks, molecules, or labels in a file. Tables are read once.</summary>
/// <param name="host">Hears what is remarkable about them.</param>
public sealed class Datasets(DataFolders folders, RunServices host)
{
    private readonly Dictionary<string, ILabelledTable> _tables = [];

    /// <summary>What --data takes beside the path of a file.</summary>
    public static IReadOnlyList<string> Names { get; } = [GaussianTasks.DataName, .. MoleculeDataSet.All.Select(set => set.Name)];

    /// <summary>Whether these are labels in a file, by what it is called.</summary>
    public static bool IsFile(string name) => ArrayFile.IsArray(name);

    /// <param name="study">With one data set.</param>
    /// <param name="engine">Computes the true labels of Gaussian tasks.</param>
    /// <exception cref="UserErrorException">A file is absent or wrong, or there is no such split.</exception>
    public Dataset Of(Study study, IEngine engine) => study.IsGaussian ? new GaussianTasks(study, engine) : new SplitTable(Table(study.Data[0], study), study);

    /// <param name="study">That says how files are read.</param>
    /// <exception cref="UserErrorException">A file is absent or wrong.</exception>
    public ILabelledTable Table(string name, Study study)
    {
        lock (_tables)
        {
            var isFile = IsFile(name);
            var key = isFile ? $"{name} {Fingerprint.Of(study.Table)} {study.Objective.Name}" : name.ToLowerInvariant();
            if (_tables.TryGetValue(key, out var known)) return known;
            ILabelledTable table = isFile ? FeatureTable.Read(name, study.Table.Format(study.Objective.Create())) : MoleculeDataSet.Named(name).Load(folders);
            if (table is MoleculeData { Table: { Duplicates: > 0 } molecules })
                host.Log.Information("{Duplicates} of {Count} rows of {Title} repeat the SMILES of an earlier row; they stay, for the splits count them", molecules.Duplicates, molecules.Count, table.Title);
            return _tables[key] = table;
        }
    }
}
