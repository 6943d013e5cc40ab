namespace W2S.Data.Tests;

/// <summary>Numbers in text, in the ways in which people's programs write them.</summary>
public sealed class TextNumbersTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("a.csv", "1,2.5\n-3,4e-1\n")]
    [InlineData("a.csv", "1;2.5\n-3;4e-1\n")]
    [InlineData("a.csv", "x;y\r\n1;2.5\r\n-3;4e-1")]
    [InlineData("a.csv", "\uFEFFx,y\n1,2.5\n\n-3,0.4\n\n")]
    [InlineData("a.csv", "\"x, of a\",\"y\n\"\n\"1\",\" 2.5 \"\n-3,.4\n")]
    [InlineData("a.tsv", "x\ty\n1\t2.5\n-3\t0.4\n")]
    [InlineData("a.csv", "x\ty\n1\t2.5\n-3\t0.4\n")]
    [InlineData("a.csv", ",x,y\n0,1,2.5\n1,-3,0.4\n")]
    [InlineData("a.csv", ",0,1\n0,1,2.5\n1,-3,0.4\n")]
    public void Separators_headers_marks_line_ends_quotes_and_pandas_index_are_found_out(string name, string text)
    {
        foreach (var path in new[] { _folder.Write(name, text), _folder.Write(name + ".gz", TemporaryFolder.Packed(text)) })
        {
            using var array = ArrayFile.Open(path);
            Assert.Equal((2, 2), ((int)array.Rows, array.Width));
            Assert.Equal([1, 2.5, -3, 0.4], Numbers(array));
        }
    }

    [Fact]
    public void Decimal_commas_are_read_where_they_are_asked_for()
    {
        var path = _folder.Write("a.csv", "x;y\n1,5;-2,25e1\n");
        using (var array = ArrayFile.Open(path, new CsvFormat { Decimal = ',' })) Assert.Equal([1.5, -22.5], Numbers(array));
        Assert.Contains("--decimal", Refusal("x;y\n1,5;-2,25e1\n"));
        Assert.Contains("it has points", Refusal("x;y\n1.5;2\n", new CsvFormat { Decimal = ',' }));
    }

    [Fact]
    public void Columns_are_chosen_by_name_or_number_in_the_order_asked_for()
    {
        var path = _folder.Write("a.csv", "name,x,y\none,1,2\ntwo,3,4\n");
        using (var array = ArrayFile.Open(path, new CsvFormat { Columns = ["Y", "2"], IdColumn = "name" }))
        {
            Assert.Equal([2, 1, 4, 3], Numbers(array));
            Assert.Equal(["one", "two"], array.Identifiers);
            Assert.Equal(["y", "x"], array.Columns);
        }
        using (var bare = ArrayFile.Open(_folder.Write("b.csv", "1,2\n3,4\n"), new CsvFormat { Columns = ["2"] })) Assert.Equal([2, 4], Numbers(bare));
        Assert.Contains("no column 'z'", Refusal("x,y\n1,2\n", new CsvFormat { Columns = ["z"] }));
    }

    [Fact]
    public void A_header_can_be_forbidden_or_demanded_where_it_is_of_numbers()
    {
        Assert.Contains("--no-header", Refusal("0,1\n5,6\n"));
        var path = _folder.Write("a.csv", "0,1\n5,6\n");
        using (var with = ArrayFile.Open(path, new CsvFormat { Header = true })) Assert.Equal([5, 6], Numbers(with));
        using (var without = ArrayFile.Open(path, new CsvFormat { Header = false })) Assert.Equal([0, 1, 5, 6], Numbers(without));
    }

    [Theory]
    [InlineData("x,y\n1,2\n3,\n", "line 3, column 2 ('y'): the cell is empty")]
    [InlineData("1\n2\n\n4\n", "line 3: the cell is empty")]
    [InlineData("x,y\n1,2\n3\n", "line 3: the row has 1 cell, the first 2")]
    [InlineData("x,y\n1,\"two\n\"\n3,4\n", "line 2, column 2 ('y'): 'two' is no number")]
    [InlineData("x,y\n", "a header and no row")]
    [InlineData("", "is empty")]
    [InlineData("x,y\n1,\"2\n", "line 2")]
    public void What_is_wrong_is_named_with_line_and_column(string text, string message) => Assert.Contains(message, Refusal(text));

    [Fact]
    public void Infinities_and_nan_are_numbers_as_NumPy_and_pandas_write_them()
    {
        using var array = ArrayFile.Open(_folder.Write("a.csv", "inf,-inf,nan,NaN,Infinity\n"));
        Assert.Equal([double.PositiveInfinity, double.NegativeInfinity, double.NaN, double.NaN, double.PositiveInfinity], Numbers(array));
    }

    [SkippableFact]
    public void Doubles_survive_text_to_the_last_bit()
    {
        NumPy.Run(_folder.Path("."), """
            x = np.random.default_rng(0).normal(size=(200, 3)) * 10.0 ** np.random.default_rng(1).integers(-300, 300, size=(200, 3))
            np.save('a.npy', x)
            with open('a.csv', 'w') as f:
                for row in x: f.write(','.join(repr(float(v)) for v in row) + '\n')
            """);
        using var binary = ArrayFile.Open(_folder.Path("a.npy"));
        using var text = ArrayFile.Open(_folder.Path("a.csv"));
        Assert.Equal(Numbers(binary), Numbers(text));
    }

    [Theory]
    [InlineData("a.csv")]
    [InlineData("a.csv.gz")]
    public void Long_texts_say_how_far_they_are_read_and_may_be_stopped(string name)
    {
        var text = string.Concat(Enumerable.Range(0, 5000).Select(row => $"{row},{row * row}\n"));
        var path = _folder.Write(name, name.EndsWith("gz") ? TemporaryFolder.Packed(text) : System.Text.Encoding.UTF8.GetBytes(text));
        var heard = new List<(long Done, long Of)>();
        ArrayFile.Open(path, tell: (done, all) => heard.Add((done, all))).Dispose();
        Assert.Equal(4, heard.Count);
        Assert.Equal(heard.Select(one => one.Done).Order(), heard.Select(one => one.Done));
        Assert.All(heard, one => Assert.Equal(new FileInfo(path).Length, one.Of));
        Assert.Throws<OperationCanceledException>(() => ArrayFile.Open(path, tell: (_, _) => throw new OperationCanceledException()));
    }

    [SkippableFact]
    public void The_tables_of_UCI_are_read_as_they_are()
    {
        using var energy = ArrayFile.Open(RealData.File("tables/energy-data.csv.gz"));
        Assert.Equal((768, 9), ((int)energy.Rows, energy.Width));
        energy.RequireFinite(0, Numbers(energy));
        using var masks = ArrayFile.Open(RealData.File("tables/wine-test_mask.csv.gz"));
        Assert.Equal((1599, 10), ((int)masks.Rows, masks.Width));
        Assert.Equal([0, 1], Numbers(masks).Distinct().Order());
    }

    private static double[] Numbers(ArrayFile array)
    {
        var numbers = new double[array.Rows * array.Width];
        array.Read(0, numbers);
        return numbers;
    }

    private string Refusal(string text, CsvFormat? format = null)
    {
        var message = Assert.Throws<UserErrorException>(() => ArrayFile.Open(_folder.Write("bad.csv", text), format).Dispose()).Message;
        Assert.Contains("bad.csv", message);
        return message;
    }
}
