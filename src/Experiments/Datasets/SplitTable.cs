namespace W2S.Experiments;

/// <summary>A labelled table as a data set: every split or fold is a cell (2405.15116, section 5.2: ChemBench's three).</summary>
public sealed class SplitTable : Dataset
{
    private readonly ILabelledTable _table;
    private readonly Protocol _protocol;
    private readonly Part _measured;
    private readonly IReadOnlyList<TableSplit> _splits;
    private readonly IReadOnlyList<IReadOnlyList<double>> _labels; // of each split

    /// <exception cref="UserErrorException">
    /// The table has no split of that seed, fewer rows than folds, or labels that are not those of the objective.
    /// </exception>
    public SplitTable(ILabelledTable table, Study study)
    {
        (_table, _protocol) = (table, study.Protocol);
        _measured = study.Evaluation.Part == Study.EvaluationPart.Valid ? Part.Valid : Part.Test;
        _splits = Divided(table, study);
        RequireRows();
        _labels = [.. _splits.Select(split => LabelsOf(table, study, split))];
        LabelWidth = _labels[0].Count / table.Labels.Count;
        foreach (var part in new[] { Part.Weak, Part.Student }) RequireEveryClass(part);
    }

    public override string Title => _table.Title;
    public override string Digest => _table.Digest;
    public override string Unit => _table.Unit;
    public override string StreamPrefix => $"{_table.Name}/";
    public override int LabelWidth { get; }
    public override IReadOnlyList<int> Cells => [.. _splits.Select(split => split.Seed)];
    public override int MostExamples => _table.Labels.Count;

    public override int Count(Part part) => Of(part, 0, 1)?.Count ?? 0;

    public override int Alike(int first)
    {
        return _splits.Skip(first).TakeWhile(split => Sizes(split) == Sizes(_splits[first])).Count();

        static (int, int, int) Sizes(TableSplit split) => (split.Train.Count, split.Valid.Count, split.Test.Count);
    }

    public override Examples.OfTable? Of(Part part, int first, int cells)
    {
        if (part == Part.Misfit) return null;
        var rows = new Examples.OfTable(first, _table, [.. _splits.Skip(first).Take(cells).Select(Rows)]);
        return rows.Count == 0 ? null : rows;

        IReadOnlyList<int> Rows(TableSplit split) => part switch
        {
            Part.Weak => RowsOf(split, _protocol).Weak,
            Part.Student => RowsOf(split, _protocol).Student,
            Part.Evaluation => _measured == Part.Valid ? split.Valid : split.Test,
            Part.Valid => split.Valid,
            _ => split.Test,
        };
    }

    public override Targets Truth(Examples examples)
    {
        var rows = ((Examples.OfTable)examples).Rows;
        var truth = new Targets(examples.Cells, examples.Count, LabelWidth);
        var place = 0;
        foreach (var (cell, own) in rows.Index())
            foreach (var row in own)
                for (var target = 0; target < LabelWidth; target++)
                    truth.Values[place++] = _labels[examples.First + cell][row * LabelWidth + target];
        return truth;
    }

    /// <summary>The true labels of the table as the study's objective takes them.</summary>
    /// <param name="split">Whose train part says where numbers are cut into classes.</param>
    /// <returns>[rows, 1], or of classes [rows, classes], smoothed.</returns>
    /// <exception cref="UserErrorException">
    /// The labels are of another kind than the objective, or its errors against them would be infinite.
    /// </exception>
    private static IReadOnlyList<double> LabelsOf(ILabelledTable table, Study study, TableSplit split)
    {
        var objective = study.Objective.Create();
        if (study.Classes.FromNumbers > 1 && table.Classes != null)
            throw new UserErrorException($"The labels of {table.Title} are classes already: leave classes.from_numbers out.");
        if (objective.Link != Link.Softmax)
            return table.Classes == null ? table.Labels : throw new UserErrorException(
                $"The labels of {table.Title} are classes, and {objective.Name} fits numbers: "
                + "take --objective cross-entropy, brier or another of classes.");
        var classes = study.Classes.FromNumbers > 1 ? Cut(table, study.Classes.FromNumbers, split) : table.Classes;
        if (classes is not { Names.Count: var count })
            throw new UserErrorException(
                $"The labels of {table.Title} are numbers, and {objective.Name} fits classes: call the column {TableClasses.Column} "
                + "if it holds classes, cut numbers by classes.from_numbers=2, or take --objective squared.");
        if (study.LabelNoise.Problem(count) is { } problem) throw new UserErrorException($"label_noise.alpha: {problem}");
        var smoothing = study.Classes.Smoothing;
        double[] labels = [.. classes.Probabilities.Select(probability => (1 - smoothing) * probability + smoothing / count)];
        double[] undecided = [.. Enumerable.Repeat(1.0 / count, count)];
        if (labels.Chunk(count).Any(row => double.IsInfinity(objective.Error(undecided, row))))
            throw new UserErrorException(
                $"{table.Title} has classes of probability 0, from which errors by {objective.Name} are infinite: set "
                + "classes.smoothing=0.01 or so, or take an objective whose errors are finite, such as brier.");
        return labels;
    }

    /// <summary>Numbers as classes: a row's is the number of quantiles of the train part below it.</summary>
    private static TableClasses Cut(ILabelledTable table, int count, TableSplit split)
    {
        double[] sorted = [.. split.Train.Select(row => table.Labels[row]).Order()];
        double[] cuts = [.. Enumerable.Range(1, count - 1).Select(cut => Spread.Quantile(sorted, (double)cut / count))];
        var probabilities = new double[table.Labels.Count * count];
        foreach (var (row, label) in table.Labels.Index()) probabilities[row * count + cuts.Count(cut => label > cut)] = 1;
        return new TableClasses([.. Enumerable.Range(1, count).Select(number => $"{number} of {count}")], probabilities);
    }

    /// <summary>Splits from files may have no valid part, and halves of little are nothing.</summary>
    private void RequireRows()
    {
        foreach (var (cell, split) in _splits.Index())
            foreach (var (part, name) in new[]
            {
                (Part.Weak, "the weak model"), (Part.Student, "the student"), (Part.Evaluation, "the evaluation"),
            })
            {
                if (Of(part, cell, 1) == null)
                    throw new UserErrorException(
                        $"In split {split.Seed} of {Title} {name} has no row: train has {Counted.Of(split.Train.Count, "row")}, valid "
                        + $"{split.Valid.Count} and test {split.Test.Count}. Take other splits, let the student learn on another part "
                        + "(--w2s-on), or measure on test.");
            }
    }

    /// <summary>A head that has never seen a class knows nothing of it, and cross-entropy has no minimum.</summary>
    private void RequireEveryClass(Part part)
    {
        if (_table.Classes is not { Names: var names }) return;
        foreach (var (cell, split) in _splits.Index())
        {
            var rows = Of(part, cell, 1)!.Rows[0];
            var absent = Enumerable.Range(0, names.Count)
                .FirstOrDefault(target => rows.All(row => _labels[cell][row * names.Count + target] == 0), -1);
            if (absent >= 0)
                throw new UserErrorException(
                    $"In split {split.Seed} of {Title} no row of {InWords(_protocol, part == Part.Weak)} is of the class {names[absent]}. "
                    + "Take other splits, merge or remove the class, or let classes.smoothing be above 0.");
        }
    }

    /// <summary>The rows of a split that the weak model is fitted on, and those that a student and a ceiling are.</summary>
    public static (IReadOnlyList<int> Weak, IReadOnlyList<int> Student) RowsOf(TableSplit split, Protocol protocol)
    {
        switch (protocol)
        {
            case Protocol.Valid: return (split.Train, split.Valid);
            case Protocol.Half:
                var order = new int[split.Train.Count];
                new RandomStream(split.Seed, "halves of the train part").Permutation(order);
                var middle = (order.Length + 1) / 2;
                return (InOrder(order[..middle]), InOrder(order[middle..]));
            default: return (split.Train, split.Train);
        }

        int[] InOrder(int[] places) => [.. places.Order().Select(place => split.Train[place])];
    }

    /// <summary>"the train part": for people.</summary>
    public static string InWords(Protocol protocol, bool weak) => protocol switch
    {
        Protocol.Half => weak ? "one half of the train part" : "the other half of the train part",
        Protocol.Valid when !weak => "the valid part",
        _ => "the train part",
    };

    /// <summary>
    /// The divisions of a table that a study asks for, one for each cell: the table's own, random ones by any seed, or folds. Each is
    /// a function of what it is called (the table, and the seed or the fold, which is its number), so that every command divides alike.
    /// </summary>
    /// <exception cref="UserErrorException">The table has no such split of its own, or fewer rows than folds.</exception>
    internal static IReadOnlyList<TableSplit> Divided(ILabelledTable table, Study study) =>
        study.Folds > 0 ? Folds(table, study.Folds, study.Seed)
        : study.RandomSplits.Count > 0 ? [.. study.RandomSplits.Select(seed => table.Groups is { } groups
            ? TableSplit.RandomGroups(seed, groups, $"{table.Name} split")
            : TableSplit.Random(seed, table.Labels.Count, $"{table.Name} split"))]
        : Own(table, study.Splits);

    private static IReadOnlyList<TableSplit> Own(ILabelledTable table, IReadOnlyList<int> seeds)
    {
        var unknown = seeds.Where(seed => !table.Splits.ContainsKey(seed)).ToList();
        if (unknown.Count > 0)
            throw new UserErrorException(
                $"{table.Title} has no split {string.Join(", ", unknown)}. Its splits are {string.Join(", ", table.Splits.Keys.Order())}; "
                + "--random-splits takes any seed.");
        return [.. (seeds.Count > 0 ? seeds : [.. table.Splits.Keys.Order()]).Select(seed => table.Splits[seed])];
    }

    /// <summary>
    /// Cross-validation: the rows in an order that the study's seed draws, cut into folds whose sizes differ by one at most, the
    /// larger first; rows of one group are in one fold. Fold i is the test part of split i, the next fold its valid part, and all
    /// others train.
    /// </summary>
    private static IReadOnlyList<TableSplit> Folds(ILabelledTable table, int count, long seed)
    {
        var order = new int[table.Labels.Count];
        if (order.Length < count)
            throw new UserErrorException(
                $"{table.Title} has {Counted.Of(order.Length, "row")}, which cannot be {count} folds: ask for at most {order.Length}.");
        new RandomStream(seed, $"{table.Name} folds").Permutation(order);
        var (size, larger) = Math.DivRem(order.Length, count);
        IReadOnlyList<int>[] folds = table.Groups is { } groups
            ? [.. TableSplit.Folds(seed, groups, count, $"{table.Name} folds")]
            : [.. Enumerable.Range(0, count).Select(fold => order[Start(fold)..Start(fold + 1)])];
        if (folds.Any(fold => fold.Count == 0))
            throw new UserErrorException($"The groups of {table.Title} are too few or too large for {count} folds: ask for fewer.");
        return [.. folds.Select((test, fold) =>
        {
            var next = (fold + 1) % count;
            var train = folds.Where((_, other) => other != fold && other != next).SelectMany(rows => rows);
            return new TableSplit(fold, InOrder(train), InOrder(folds[next]), InOrder(test));
        })];

        int Start(int fold) => fold * size + Math.Min(fold, larger);

        static int[] InOrder(IEnumerable<int> rows) => [.. rows.Order()];
    }
}
