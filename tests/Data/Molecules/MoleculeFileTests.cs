namespace W2S.Data.Tests;

/// <summary>Somebody's own molecules in a CSV file.</summary>
public sealed class MoleculeFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Columns_are_found_by_name_and_splits_are_drawn_by_the_name_of_the_file()
    {
        var mine = Read(Rows(20));
        Assert.Equal(("mine", 20, "A-3", 3.5), (mine.Name, mine.Count, mine.IdentifierOf(3), mine.Labels[3]));
        Assert.Equal([0, 1, 2], mine.Splits.Keys.Order());
        Assert.All(mine.Splits.Values, split => Assert.Equal(Enumerable.Range(0, 20), split.Train.Concat(split.Valid).Concat(split.Test).Order()));
        Assert.Empty(mine.Rejected);
    }

    [Fact]
    public void What_is_left_out_leaves_every_other_row_in_its_part_with_its_label()
    {
        var all = Read(Rows(20));
        var left = all.Without(new Dictionary<int, string> { [4] = "too long", [17] = "unknown" });
        Assert.Equal(18, left.Count);
        Assert.Equal([(6, "A-4", "too long"), (19, "A-17", "unknown")], left.Rejected.Select(row => (row.Line, row.Identifier, row.Reason)));
        foreach (var (seed, split) in all.Splits)
            foreach (var (before, after) in new[] { (split.Train, left.Splits[seed].Train), (split.Valid, left.Splits[seed].Valid), (split.Test, left.Splits[seed].Test) })
                Assert.Equal(before.Except([4, 17]).Select(row => (all.IdentifierOf(row), all.Labels[row], all.Smiles[row])), after.Select(row => (left.IdentifierOf(row), left.Labels[row], left.Smiles[row])));
    }

    [Fact]
    public void Leaving_out_in_two_steps_or_in_one_is_the_same_but_for_what_was_read()
    {
        var all = Read(Rows(20), id: null);
        var twice = all.Without(new Dictionary<int, string> { [2] = "a" }).Without(new Dictionary<int, string> { [2] = "b" }); // the file's row 3
        var once = all.Without(new Dictionary<int, string> { [2] = "a", [3] = "b" });
        Assert.Equal(once.Smiles, twice.Smiles);
        Assert.Equal(once.SourceRows, twice.SourceRows);
        Assert.Equal(once.Rejected, twice.Rejected);
        Assert.Equal("4", twice.IdentifierOf(2));
        Assert.Equal(4, new[] { all.Digest, once.Digest, all.Without(new Dictionary<int, string> { [2] = "a" }).Digest, Read(Rows(20).Replace("3.5", "3.6"), id: null).Digest }.Distinct().Count());
    }

    [Fact]
    public void What_is_no_SMILES_by_its_characters_is_left_out_with_its_line()
    {
        var mine = Read(Rows(20).Replace(",CCCCC,", ",CC\u2013O,"));
        Assert.Equal(19, mine.Count);
        Assert.Contains("U+2013", Assert.Single(mine.Rejected).Reason);
        Assert.Equal("line,identifier,smiles,reason\n6,A-4,CC\u2013O,\"the SMILES 'CC\u2013O' has U+2013, which is not ASCII, at character 3\"\n", MoleculeData.RejectedRow.Csv(mine.Rejected));
    }

    [Theory]
    [InlineData("A-3", "A-4", "line 6: the identifier 'A-4' stands in line 5 already")]
    [InlineData("3.5", "three", "line 5: the label 'three' is no finite number")]
    [InlineData("3.5", "inf", "line 5")]
    [InlineData("A-3", "", "line 5: the identifier is empty")]
    [InlineData("Structure", "Struct", "no column 'structure'")]
    public void What_is_wrong_is_named_by_line(string there, string instead, string message) =>
        Assert.Contains(message, Assert.Throws<UserErrorException>(() => Read(Rows(20).Replace(there + ",", instead + ",").Replace("," + there, "," + instead))).Message);

    [Fact]
    public void Too_few_rows_for_a_split_are_refused_and_read_without_labels()
    {
        Assert.Contains("at least 10", Assert.Throws<UserErrorException>(() => Read(Rows(5))).Message);
        var file = new MoleculeFile(_folder.Path("mine.csv"), "structure", null, null, new CsvFormat());
        Assert.Equal(5, file.Load().Count);
    }

    [SkippableFact]
    public void AqSolDB_is_read_with_its_quoted_names()
    {
        var file = new MoleculeFile(RealData.File("moleculenet/AqSolDB.csv.gz"), "SMILES", "Solubility", null, new CsvFormat { IdColumn = "ID" });
        var mine = file.Load();
        Assert.Equal((9982, "A-3", 783), (mine.Count, mine.IdentifierOf(0), mine.Smiles.Max(smiles => smiles.Length)));
        Assert.Empty(mine.Rejected);
    }

    /// <summary>Chains of carbon, in a file with a quoted name in each row.</summary>
    private static string Rows(int count) =>
        "ID,Name,Structure,logS\n" + string.Concat(Enumerable.Range(0, count).Select(row => FormattableString.Invariant($"A-{row},\"chain, of {row}\",{new string('C', row + 1)},{row + 0.5}\n")));

    private MoleculeData Read(string text, string? id = "id") =>
        new MoleculeFile(_folder.Write("mine.csv", text), "structure", "LogS", null, new CsvFormat { IdColumn = id }).Load();
}
