namespace W2S.Data.Tests;

public sealed class TextFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Texts_keep_commas_quotes_and_line_breaks()
    {
        var table = Load("T,Y\n" + string.Concat(Enumerable.Range(0, 10).Select(row => $"\"a, \"\"b\"\"\nline {row}\",{row}\n")));
        Assert.Equal("a, \"b\"\nline 3", table.Texts[3]);
        Assert.Equal(3, table.Labels[3]);
        Assert.Equal([0, 1, 2], table.Splits.Keys.Order());
    }

    [Theory]
    [InlineData("\ufeff", ",", "\r\n")]
    [InlineData("", ";", "\n")]
    [InlineData("", "\t", "\n")]
    public void Byte_order_marks_line_ends_and_separators_are_found_out(string mark, string separator, string end)
    {
        var table = Load(mark + string.Concat(Rows(12).Prepend(["T", "Y"]).Select(row => string.Join(separator, row) + end)));
        Assert.Equal(("text 7", 7.0), (table.Texts[7], table.Labels[7]));
    }

    [Fact]
    public void Rows_with_identifiers_stand_in_their_order_texts_and_labels_alike()
    {
        var csv = new CsvFormat(IdColumn: "id");
        var table = Load("id,T,Y\n" + string.Concat(Enumerable.Range(0, 12).Reverse().Select(row => $"{row},text {row},{row}\n")), csv);
        Assert.Equal(Enumerable.Range(0, 12).Select(row => $"text {row}"), table.Texts);
        Assert.Equal(Enumerable.Range(0, 12).Select(row => (double)row), table.Labels);
    }

    [Fact]
    public void The_column_of_texts_is_part_of_what_a_table_is()
    {
        var path = _folder.Write("two.csv", "T,U,Y\n" + string.Concat(Enumerable.Range(0, 12).Select(row => $"a {row},b {row},{row}\n")));
        Assert.NotEqual(new TextFile(path, "T", Format()).Load().Digest, new TextFile(path, "U", Format()).Load().Digest);
    }

    [Fact]
    public void Of_preferences_the_label_says_where_the_chosen_text_stands_and_both_columns_are_part_of_what_they_are()
    {
        var rows = Enumerable.Range(0, 40).Select(row => $"good {row},bad {row},worse {row}\n");
        var path = _folder.Write("pairs.csv", "A,B,C\n" + string.Concat(rows));
        var (bad, worse) = (Preferences("B"), Preferences("C"));
        for (var row = 0; row < 40; row++)
        {
            Assert.Equal($"good {row}", bad.Labels[row] == 0 ? bad.Texts[row] : bad.Seconds![row]);
            Assert.Equal($"bad {row}", bad.Labels[row] == 0 ? bad.Seconds![row] : bad.Texts[row]);
        }
        Assert.Equal(2, bad.Labels.Distinct().Count());
        Assert.NotEqual(bad.Digest, worse.Digest);

        TextData Preferences(string rejected) => new TextFile(path, "A", new FeatureTable.Format()) { RejectedColumn = rejected }.Load();
    }

    [Theory]
    [InlineData("Text,Y\na,1\n", "no column 'T'")]
    [InlineData("T,Y\na,1\n,2\nb,3\n,4\n", "2 of 4 texts in the column T are empty", "lines 3, 5")]
    [InlineData("T,Y\n", "has no text")]
    [InlineData("T,Y\na,1\nb,two\nc,1\n", "line 3: the label 'two' is no finite number")]
    [InlineData("T,Z\na,1\n", "no column 'Y'")]
    [InlineData("T,Y\na,1\nb,c,1\n", "line 3: the row has 3 cells, the header 2")]
    public void What_is_wrong_is_refused_with_its_place(string text, params string[] message)
    {
        var error = Assert.Throws<UserErrorException>(() => Load(text)).Message;
        Assert.All(message, part => Assert.Contains(part, error));
    }

    [Fact]
    public void A_misspelt_column_is_answered_with_the_nearest()
    {
        var path = _folder.Write("mine.csv", "full_text,label\na,1\n");
        Assert.Contains("did you mean 'full_text'?",
            Assert.Throws<UserErrorException>(() => new TextFile(path, "ful_text", Format()).Load()).Message);
    }

    [Theory]
    [InlineData("T,Y\né,1\n", 2)]
    [InlineData("T,Y\r\na,1\r\nb c é,2\r\n", 3)]
    public void Latin_1_is_no_text_in_UTF_8_from_its_first_accent_on(string text, int line)
    {
        var path = _folder.Write("latin.csv", System.Text.Encoding.Latin1.GetBytes(text));
        Assert.Contains($"latin.csv, line {line}: the byte 0xE9 is not text in UTF-8. Convert it",
            Assert.Throws<UserErrorException>(() => new TextFile(path, "T", Format()).Load()).Message);
    }

    private static IEnumerable<string[]> Rows(int count) => Enumerable.Range(0, count).Select(row => (string[])[$"text {row}", $"{row}"]);

    private static FeatureTable.Format Format(CsvFormat? csv = null) => new(["Y"], Classes: false, Csv: csv);

    private TextData Load(string text, CsvFormat? csv = null) => new TextFile(_folder.Write("mine.csv", text), "T", Format(csv)).Load();
}
