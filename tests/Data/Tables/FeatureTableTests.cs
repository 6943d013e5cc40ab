namespace W2S.Data.Tests;

/// <summary>Labels of one's own, as files have them.</summary>
public sealed class FeatureTableTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("label\n1.5\n-2\n1e3\n", null)]
    [InlineData("price\n1.5\n-2\n1e3\n", null)]
    [InlineData("name,price\na,1.5\nb,-2\nc,1e3\n", "price")]
    [InlineData("1.5\n-2\n1e3\n", null)]
    [InlineData("7,1.5\n8,-2\n9,1e3\n", "2")]
    [InlineData("name;price\na;1.5\nb;-2\nc;1e3\n", "price")]
    public void Numbers_are_found_by_the_usual_names_or_the_one_that_is_asked_for(string text, string? column) =>
        Assert.Equal([1.5, -2, 1000], Read(text, new FeatureTable.Format(column == null ? null : [column], Csv: new CsvFormat())).Labels);

    [Theory]
    [InlineData("class\nbee\nant\nbee\n")]
    [InlineData("class:ant,class:bee\n0,1\n1,0\n0,1\n")]
    public void Classes_are_names_or_columns_of_probabilities(string text)
    {
        var classes = Read(text, new FeatureTable.Format()).Classes!;
        Assert.Equal(["ant", "bee"], classes.Names);
        Assert.Equal([0, 1, 1, 0, 0, 1], classes.Probabilities);
    }

    [Theory]
    [InlineData("label\n0\n1\n0\n1\n", true, "2 different whole numbers")]
    [InlineData("label\nno\nyes\nno\nyes\n", true, "text")]
    [InlineData("label\n0.5\n1\n0\n1\n", false, "fractions")]
    [InlineData("label\n10\n21\n33\n40\n", false, "hardly any repeats")]
    [InlineData("class:a,class:b\n0.5,0.5\n1,0\n", true, "probabilities")]
    public void What_labels_seem_to_be_is_said_with_the_reason(string text, bool areClasses, string why)
    {
        var guess = FeatureTable.LabelFile.Read(_folder.Write("labels.csv", text), new FeatureTable.Format()).Guess();
        Assert.Equal(areClasses, guess.AreClasses);
        Assert.Contains(why, guess.Why);
    }

    [Fact]
    public void Rows_with_identifiers_come_in_the_order_of_these_whatever_that_of_the_file()
    {
        var format = new FeatureTable.Format(Csv: new CsvFormat(IdColumn: "key"));
        var table = Read("key,label\n10,1\n9,2\n-1,3\n", format);
        Assert.Equal(["-1", "9", "10"], table.Identifiers!);
        Assert.Equal([3, 2, 1], table.Labels);
        Assert.Equal(["a10", "a9"], Read("key,label\na9,1\na10,2\n", format).Identifiers!);
    }

    [Theory]
    [InlineData("a,b\n1,2\n", "no column 'label' or 'class'. Its columns are 'a', 'b'")]
    [InlineData("label,class\n1,x\n", "a column label of numbers and one of classes")]
    [InlineData("class:a,class:b\n0.5,0.6\n", "sum to 1.1, not to 1")]
    [InlineData("class:a,class:b\n0.5,x\n", "line 2: 'x' is no probability of the class b")]
    [InlineData("class\na\n \n", "class")]
    [InlineData("class\na\na\n", "1 class")]
    [InlineData("label\n1\nx\n", "line 3: the label 'x' is no finite number")]
    [InlineData("label\n1\ninf\n", "no finite number")]
    [InlineData("label\n1\n-1e200\n", "line 3: the label '-1e200' is too large: single precision ends at 3.4e38")]
    [InlineData("1e200\n2\n", "row 0 (from 0): the label '1E+200' is too large")]
    public void What_cannot_be_learned_is_refused(string text, string message) =>
        Assert.Contains(message, Assert.Throws<UserErrorException>(() => Read(text, new FeatureTable.Format())).Message);

    [Fact]
    public void Labels_that_hardly_repeat_are_no_classes()
    {
        var text = "label\n" + string.Concat(Enumerable.Range(0, 50).Select(row => $"{row}.5\n"));
        Assert.Contains("--task regression", Assert.Throws<UserErrorException>(() => Read(text, new FeatureTable.Format(Classes: true))).Message);
    }

    [Theory]
    [InlineData("train\nvalid\ntest\ntrain\n", "s\n", new[] { 0, 3 }, new[] { 1 }, new[] { 2 })]
    [InlineData("0\n0\n1\n0\n", "", new[] { 0, 1, 3 }, new int[0], new[] { 2 })]
    [InlineData("1,0,0\n0,1,0\n0,0,1\n1,0,0\n", "train,valid,test\n", new[] { 0, 3 }, new[] { 1 }, new[] { 2 })]
    public void Splits_are_words_marks_or_masks(string rows, string header, int[] train, int[] valid, int[] test)
    {
        var splits = _folder.Write("splits.csv", header + rows);
        var split = Read("label\n1\n2\n3\n4\n", new FeatureTable.Format(Splits: splits)).Splits[0];
        Assert.Equal([train, valid, test], new[] { split.Train, split.Valid, split.Test });
    }

    [Fact]
    public void A_column_of_splits_is_called_by_the_number_at_its_end_and_joined_by_identifiers()
    {
        var splits = _folder.Write("splits.csv", "key,split7,split12\nb,test,train\na,train,test\n");
        var table = Read("key,label\na,1\nb,2\n", new FeatureTable.Format(Splits: splits, Csv: new CsvFormat(IdColumn: "key")));
        Assert.Equal([7, 12], table.Splits.Keys.Order());
        Assert.Equal(["b"], table.Splits[7].Test.Select(row => table.Identifiers![row]));
        Assert.Equal(["a"], table.Splits[12].Test.Select(row => table.Identifiers![row]));
    }

    [Fact]
    public void The_digest_is_of_labels_and_splits()
    {
        var splits = _folder.Write("splits.csv", "s0\ntrain\ntest\n");
        var format = new FeatureTable.Format(Splits: splits);
        var first = Read("label\n1\n2\n", format).Digest;
        Assert.NotEqual(first, Read("label\n1\n3\n", format).Digest);
        _folder.Write("splits.csv", "s0\ntest\ntrain\n");
        Assert.NotEqual(first, Read("label\n1\n2\n", format).Digest);
        _folder.Write("splits.csv", "s0\ntrain\ntest\n");
        Assert.Equal(first, Read("label\n1\n2\n", format).Digest);
    }

    private FeatureTable Read(string text, FeatureTable.Format format) =>
        FeatureTable.Read(_folder.Write("labels.csv", text), format with { IsDivided = false });
}
