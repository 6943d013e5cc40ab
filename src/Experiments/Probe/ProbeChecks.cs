using W2S.Data;
using W2S.Training;

namespace W2S.Experiments;

/// <summary>What is looked at before a study of files computes anything: that all of them speak of the same rows, in numbers.</summary>
public static class ProbeChecks
{
    /// <param name="study">On one table.</param>
    /// <exception cref="UserErrorException">A file is not what it should be; the message says where and what to do.</exception>
    /// <exception cref="StoppedException">Asked to stop.</exception>
    public static void Run(Study study, DataFolders folders, RunServices run)
    {
        var datasets = new Datasets(folders, run);
        var table = datasets.Table(study.Data[0], study);
        _ = new SplitTable(table, study);
        var files = new List<(string Role, StoredFeatures File)>();
        foreach (var (role, reference) in study.Weak.From.Select(one => ("weak", one)).Concat(study.Strong.From.Select(one => ("strong", one))))
        {
            if (!SavedRepresentations.IsFeatures(reference)) continue;
            var file = SavedRepresentations.OpenFeatures(reference, study, run);
            file.RequireRowsOf(table);
            files.Add((role, file));
            if (file.ConstantColumns > 0)
                run.Log.Warning("{Constant} of {Width} columns of {File} have one value in every row and say nothing", file.ConstantColumns, file.Width, file.Name);
        }
        RequireOneOrder(files);
    }

    /// <summary>Files that are joined by place and name their rows must name them alike.</summary>
    private static void RequireOneOrder(IReadOnlyList<(string Role, StoredFeatures File)> files)
    {
        var named = files.Where(one => one.File is { Identifiers: not null, IsJoined: false }).Select(one => one.File).ToList();
        foreach (var other in named.Skip(1))
        {
            var (ours, theirs) = (named[0].Identifiers!, other.Identifiers!);
            if (ours.SequenceEqual(theirs)) continue;
            var row = Enumerable.Range(0, ours.Count).First(row => ours[row] != theirs[row]);
            throw new UserErrorException(
                $"{named[0].Name} and {other.Name} do not speak of the same rows in the same order: row {row} (from 0) is '{ours[row]}' there and '{theirs[row]}' here. "
                + "Join them by identifiers with --id COLUMN, the column of the labels that has them.");
        }
    }
}
