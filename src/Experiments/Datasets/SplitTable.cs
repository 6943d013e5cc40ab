using W2S.Data;

namespace W2S.Experiments;

/// <summary>A labelled table as a data set: every split is a cell (2405.15116, section 5.2: ChemBench's three).</summary>
public sealed class SplitTable : Dataset
{
    private readonly ILabelledTable _table;
    private readonly Protocol _protocol;
    private readonly Part _measured;
    private readonly IReadOnlyList<int> _splits;

    /// <exception cref="UserErrorException">The table has no split of that seed, or its splits are of unlike sizes.</exception>
    public SplitTable(ILabelledTable table, Study study)
    {
        (_table, _protocol) = (table, study.Protocol);
        _measured = study.Evaluation.Part == EvaluationPart.Valid ? Part.Valid : Part.Test;
        _splits = study.Splits.Count > 0 ? study.Splits : [.. table.Splits.Keys.Order()];
        var unknown = _splits.Where(split => !table.Splits.ContainsKey(split)).ToList();
        if (unknown.Count > 0)
            throw new UserErrorException($"{table.Title} has no split {string.Join(", ", unknown)}. Its splits are {string.Join(", ", table.Splits.Keys.Order())}.");
        if (_splits.Select(split => (table.Splits[split].Train.Count, table.Splits[split].Valid.Count, table.Splits[split].Test.Count)).Distinct().Count() > 1)
            throw new UserErrorException($"The splits {string.Join(", ", _splits)} of {table.Title} are of unlike sizes and cannot be fitted together; name one at a time, with --splits.");
    }

    public override string Name => _table.Name;
    public override string Title => _table.Title;
    public override string Unit => _table.Unit;
    public override string StreamPrefix => $"{_table.Name}/";
    public override IReadOnlyList<int> Cells => _splits;
    public override int MostExamples => _table.Labels.Count;

    public override int Count(Part part) => Of(part, 0, 1)?.Count ?? 0;

    public override RowExamples? Of(Part part, int first, int cells)
    {
        return part == Part.Misfit ? null : new RowExamples(first, _table, [.. _splits.Skip(first).Take(cells).Select(seed => Rows(_table.Splits[seed]))]);

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
        var rows = ((RowExamples)examples).Rows;
        return new Targets(examples.Cells, examples.Count, 1, [.. rows.SelectMany(cell => cell.Select(row => _table.Labels[row]))]);
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
}
