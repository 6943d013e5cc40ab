namespace W2S.Data.Tests;

public class MoleculeDataSetTests
{
    /// <summary>Facts of ChemBench's files, counted independently of this code: rows, label mean and variance, first test rows of seed 122.</summary>
    [SkippableTheory]
    [InlineData("esol", 1128, 902, 113, -3.050, 4.391, new[] { 5, 14, 32, 51, 98 })]
    [InlineData("freesolv", 642, 513, 64, -3.803, 14.783, new[] { 6, 14, 16, 21, 31 })]
    [InlineData("lipop", 4200, 3360, 420, 2.186, 1.447, new[] { 0, 18, 51, 77, 98 })]
    public void The_papers_sets_have_the_published_sizes_labels_and_splits(string name, int rows, int train, int valid, double mean, double variance, int[] firstTest)
    {
        var set = MoleculeDataSet.Named(name);
        RealData.File($"moleculenet/{set.Title}_splits.csv");
        var data = set.Load(RealData.Folders);
        Assert.Equal(rows, data.Count);
        Assert.Equal(mean, data.Labels.Average(), 0.0006);
        Assert.InRange(data.Labels.Sum(label => Math.Pow(label - data.Labels.Average(), 2)) / rows, variance - 0.02, variance + 0.02);
        Assert.Equal([122, 123, 124], data.Splits.Keys.Order());
        Assert.All(data.Splits.Values, split => Assert.Equal((train, valid, rows - train - valid), (split.Train.Count, split.Valid.Count, split.Test.Count)));
        Assert.Equal(firstTest, data.Splits[122].Test.Take(5));
        Assert.Equal(name == "esol" ? 5 : 0, data.Duplicates);
    }

    [Fact]
    public void The_synthetic_set_needs_no_file_and_has_splits_of_its_own()
    {
        var data = MoleculeDataSet.Named("synthetic-smiles").Load(new DataFolders([]));
        Assert.Equal(data.Count, data.Kekulised!.Count);
        Assert.Equal(data.Count, data.Splits[124].Train.Count + data.Splits[124].Valid.Count + data.Splits[124].Test.Count);
        Assert.NotEqual(data.Splits[122].Test, data.Splits[123].Test);
    }

    [Fact]
    public void An_unknown_name_is_answered_with_the_known_ones() =>
        Assert.Contains("esol, freesolv, lipop, synthetic-smiles", Assert.Throws<UserErrorException>(() => MoleculeDataSet.Named("qm9")).Message);

    [Fact]
    public void A_file_that_is_nowhere_is_named_with_the_folders_and_how_to_fetch_it()
    {
        var message = Assert.Throws<UserErrorException>(() => MoleculeDataSet.Named("lipop").Load(new DataFolders(["here", "there"]))).Message;
        Assert.Contains("here, there", message);
        Assert.Contains("data fetch lipop", message);
    }
}
