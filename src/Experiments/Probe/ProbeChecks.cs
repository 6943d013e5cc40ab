namespace W2S.Experiments;

/// <summary>What is looked at before a study of files computes anything: that all of them speak of the same rows, in numbers.</summary>
internal static class ProbeChecks
{
    /// <param name="study">On one table.</param>
    /// <exception cref="UserErrorException">A file is not what it should be; the message says where and what to do.</exception>
    /// <exception cref="StoppedException">Asked to stop.</exception>
    public static void Run(Study study, DataFolders folders, RunServices run)
    {
        var datasets = new Datasets(folders, run);
        var table = datasets.Table(study.Data[0], study);
        TellUnknownClasses(new SplitTable(table, study), table, run);
        var files = new List<StoredFeatures>();
        foreach (var reference in study.Weak.From.Concat(study.Strong.From).Where(SavedRepresentations.IsFeatures))
        {
            var file = SavedRepresentations.OpenFeatures(reference, study, run);
            file.RequireRowsOf(table);
            files.Add(file);
            if (file.ConstantColumns > 0)
                run.Log.Warning(
                    "{Constant} of {Width} columns of {File} have one value in every row and say nothing",
                    file.ConstantColumns, file.Width, file.Name);
        }
        RequireOneOrder(files);
        // Their numbers may be alike and their molecules not: what lies beside them says so.
        FeatureCard.RequireSameRows(files.Where(file => !file.IsJoined).Select(file => file.Source));
        if (study.Heads.Solver == HeadSolver.Newton && table.Classes is { } classes && files.Count > 0)
            TellLargeSystems((classes.Names.Count - 1) * (files.Max(file => file.Width) + 1), run);
    }

    /// <summary>Newton's method solves for all weights together, which takes their number to the third.</summary>
    private static void TellLargeSystems(int unknowns, RunServices run)
    {
        const int many = 3000;
        if (unknowns > many)
            run.Log.Warning(
                "Newton's method solves for {Unknowns} weights at once, which may take long; --solver adamw takes steps instead", unknowns);
    }

    /// <summary>Classes that are tested and not learned: where labels are smoothed they can be fitted all the same.</summary>
    private static void TellUnknownClasses(SplitTable data, ILabelledTable table, RunServices run)
    {
        if (table.Classes is not { } classes) return;
        foreach (var (cell, split) in data.Cells.Index())
        {
            var (trained, tested) = (Seen(data.Of(Part.Weak, cell, 1)!), Seen(data.Of(Part.Evaluation, cell, 1)!));
            string[] unknown = [.. tested.Except(trained).Order().Select(label => classes.Names[label])];
            if (unknown.Length > 0)
                run.Log.Warning("In split {Split} rows of the class {Classes} are tested, and the weak model is fitted on none: no model "
                    + "can say it. Take other splits, or merge or remove the class", split, string.Join(", ", unknown));
        }

        HashSet<int> Seen(RowExamples rows) => [.. rows.Rows[0].SelectMany(row =>
            Enumerable.Range(0, classes.Names.Count).Where(label => classes.Probabilities[row * classes.Names.Count + label] > 0))];
    }

    /// <summary>Files that are joined by place and name their rows must name them alike.</summary>
    private static void RequireOneOrder(IReadOnlyList<StoredFeatures> files)
    {
        var named = files.Where(file => file is { Identifiers: not null, IsJoined: false }).ToList();
        foreach (var other in named.Skip(1))
        {
            var (ours, theirs) = (named[0].Identifiers!, other.Identifiers!);
            if (ours.SequenceEqual(theirs)) continue;
            var row = Enumerable.Range(0, ours.Count).First(row => ours[row] != theirs[row]);
            throw new UserErrorException(
                $"{named[0].Name} and {other.Name} do not speak of the same rows in the same order: row {row} (from 0) is '{ours[row]}' there and "
                + $"'{theirs[row]}' here. Join them by identifiers with --id COLUMN, the column of the labels that has them.");
        }
    }
}
