using W2S.Data;

namespace W2S.Experiments;

/// <summary>Labels of tables as studies take them.</summary>
public sealed class TableLabelsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    /// <summary>A model must not learn where the rows lie that it will be measured on.</summary>
    [Theory]
    [InlineData(2, "0 0 0 1 1 1 1 1 1 1")]
    [InlineData(3, "0 0 1 1 2 2 2 2 2 2")]
    public void Numbers_are_cut_into_classes_at_the_quantiles_of_the_train_part_alone(int count, string expected)
    {
        File.WriteAllText(_folder["t.csv"], "label,x\n" + string.Concat(Enumerable.Range(0, 10).Select(row => $"{row},{row}\n")));
        var study = new Study { Objective = new ObjectiveOptions { Name = "brier" }, Classes = new ClassOptions { FromNumbers = count } };
        var labels = TableLabels.Of(FeatureTable.Read(_folder["t.csv"]), study, new TableSplit(0, [0, 1, 2, 3, 4, 5], [6, 7], [8, 9]));
        Assert.Equal(expected, string.Join(' ', labels.Chunk(count).Select(row => Array.IndexOf(row, 1.0))));
    }
}
