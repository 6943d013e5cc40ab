namespace W2S.Data.Tests;

public sealed class MoleculeColumnsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Named_columns_are_read_wherever_they_stand()
    {
        var table = Read("name,Label,extra, SMILES \n\"a, b\",-1.5,x,CCO\n\"two\nlines\",2e1,,  c1ccccc1 \n");
        Assert.Equal(["CCO", "c1ccccc1"], table.Smiles);
        Assert.Equal([-1.5, 20], table.Labels);
    }

    [Fact]
    public void A_byte_order_mark_Windows_line_ends_and_gzip_make_no_difference()
    {
        var path = _folder.Write("packed.csv", TemporaryFolder.Packed("\uFEFFsmiles,label\r\nC,1\r\nCC,2\r\n"));
        Assert.Equal(["C", "CC"], MoleculeDataSet.Read(path, "smiles", "label").Smiles);
    }

    [Fact]
    public void A_missing_column_is_named_with_those_that_are_there() =>
        AssertRefused("smiles,value\nC,1\n", "no column 'label'", "'smiles', 'value'");

    [Theory]
    [InlineData("NaN")]
    [InlineData("inf")]
    [InlineData("1e200")]
    [InlineData("1,5")]
    [InlineData("")]
    [InlineData("one")]
    public void A_label_that_is_no_finite_number_is_named_with_its_line(string label) =>
        AssertRefused($"smiles,label\nC,1\nCC,\"{label}\"\n", "line 3", $"'{label}'");

    [Fact]
    public void Lines_are_counted_through_cells_with_line_breaks() =>
        AssertRefused("smiles,label,note\nC,1,\"a\nb\"\n,2,\n", "line 4: the SMILES is empty");

    [Fact]
    public void What_RDKit_would_read_only_a_part_of_is_refused_with_its_line() =>
        AssertRefused("smiles,label\nC,1\nCC\u2013O,2\nCC O,3\n", "line 3: the SMILES 'CC\u2013O' has U+2013", "line 4: the SMILES 'CC O' has a blank");

    [Fact]
    public void Many_problems_are_told_together_and_counted() =>
        AssertRefused("smiles,label\n" + string.Concat(Enumerable.Repeat(",x\n", 10)), "line 2: the SMILES is empty; line 2: the label 'x'", "and 15 more");

    [Fact]
    public void Duplicates_stay_and_are_counted()
    {
        var (smiles, labels, _) = Read("smiles,label\nC,1\nCC,2\nC,3\nC,4\n");
        var data = new MoleculeData(MoleculeDataSet.Named("esol"), "", smiles, labels, new Dictionary<int, TableSplit>()) { Digest = "" };
        Assert.Equal((4, 2), (data.Count, data.Duplicates));
    }

    [Theory]
    [InlineData("", "empty")]
    [InlineData("smiles,label\n", "no molecule")]
    [InlineData("smiles,label\nC\n", "line 2: the row has 1 cell, the header 2")]
    [InlineData("smiles,label\nC,1\n\"CC,2\n", "line 3")]
    [InlineData("smiles,label,smiles\nC,1,C\n", "2 columns called 'smiles'")]
    public void A_file_that_is_no_table_is_refused_with_the_place(string text, string message) => AssertRefused(text, message);

    [Fact]
    public void A_file_that_is_not_there_is_named() =>
        Assert.Contains("absent.csv", Assert.Throws<UserErrorException>(() => MoleculeDataSet.Read(_folder.Path("absent.csv"), "smiles", "label")).Message);

    [Fact]
    public void Bytes_that_are_not_UTF_8_are_refused() =>
        Assert.Contains("UTF-8", Assert.Throws<UserErrorException>(() => MoleculeDataSet.Read(_folder.Write("latin.csv", [.. "smiles,label\nC,1,"u8, 0xE9, (byte)'\n']), "smiles", "label")).Message);

    private (string[] Smiles, double[] Labels, IReadOnlyList<int> Lines) Read(string text) => MoleculeDataSet.Read(_folder.Write("table.csv", text), "smiles", "label");

    private void AssertRefused(string text, params string[] parts)
    {
        var message = Assert.Throws<UserErrorException>(() => Read(text)).Message;
        Assert.Contains("table.csv", message);
        Assert.All(parts, part => Assert.Contains(part, message));
    }

    [Theory]
    [InlineData("CC\u2013O", "U+2013, which is not ASCII, at character 3")]
    [InlineData("CC\u200BO", "U+200B, which is not ASCII, at character 3")]
    [InlineData("\u0421\u0421O", "U+0421, which is not ASCII, at character 1")]
    [InlineData("CC O", "a blank at character 3")]
    [InlineData("CC\tethanol", "a blank at character 3")]
    [InlineData("CC\u0007", "U+0007")]
    [InlineData("", "the SMILES is empty")]
    public void A_character_that_ends_a_SMILES_early_is_named_with_its_place(string smiles, string problem) =>
        Assert.Contains(problem, MoleculeData.Problem(smiles));

    [Theory]
    [InlineData("CC(=O)Oc1ccccc1C(=O)O")]
    [InlineData("[Na+].[Cl-]")]
    [InlineData("[2H]C([nH])%12C=C%12")]
    [InlineData("[C@@H](F)(Cl)*")]
    public void No_character_of_a_SMILES_is_refused(string smiles) => Assert.Null(MoleculeData.Problem(smiles));

    [SkippableFact]
    public void No_SMILES_of_the_real_sets_is_refused()
    {
        var sets = RealSmiles.Files.Take(3).SelectMany(RealSmiles.Of);
        var solubilities = CsvTable.Read(RealData.File("moleculenet/AqSolDB.csv.gz"), ["SMILES"]).Rows.Select(row => row[0]);
        Assert.All(sets.Concat(solubilities), smiles => Assert.Null(MoleculeData.Problem(smiles)));
    }
}
