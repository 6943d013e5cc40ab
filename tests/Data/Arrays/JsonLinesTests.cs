using System.Globalization;
using System.Text.Json;

namespace W2S.Data.Tests;

/// <summary>A JSON object on each line, wherever CSV may stand.</summary>
public sealed class JsonLinesTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("a.jsonl", "\n", "")]
    [InlineData("a.ndjson", "\r\n", "\ufeff")]
    [InlineData("a.jsonl", "\n\n  \n", "")]
    public void A_table_of_texts_is_the_one_that_CSV_has(string name, string end, string mark)
    {
        string Text(int row) => $"a, \"{row}\"\nnoël ☃ {new string('x', row)}";
        var rows = Enumerable.Range(0, 20).Reverse().ToList();
        var csv = _folder.Write("a.csv", "id,T,U,Y\n" + string.Concat(rows.Select(row => $"{row},{CsvTable.Cell(Text(row))},u {row},{row}.5\n")));
        var lines = string.Concat(rows.Select(row => JsonSerializer.Serialize(new { U = $"u {row}", Y = row + 0.5, T = Text(row), id = row, other = new { x = 1 } }) + end));
        foreach (var path in new[] { _folder.Write(name, mark + lines), _folder.Write(name + ".gz", TemporaryFolder.Packed(mark + lines)) })
        {
            Assert.True(ArrayFile.IsArray(path));
            var (of, json) = (Load(csv), Load(path));
            Assert.Equal(of.Texts, json.Texts);
            Assert.Equal(of.Seconds, json.Seconds);
            Assert.Equal(of.Labels, json.Labels);
            Assert.Equal(of.Identifiers, json.Identifiers);
            Assert.Equal(of.Splits[1].Test, json.Splits[1].Test);
        }

        static TextData Load(string path) =>
            new TextFile(path, "t", new FeatureTable.Format(["Y"], Csv: new CsvFormat(IdColumn: "id"))) { PairColumn = "U" }.Load();
    }

    [Fact]
    public void Classes_stand_in_a_key_or_as_probabilities()
    {
        var hard = _folder.Write("hard.jsonl", string.Concat(Enumerable.Range(0, 12).Select(row => $$"""{"class": "{{(row % 3 == 0 ? "yes" : "no")}}"}""" + "\n")));
        Assert.Equal(["no", "yes"], FeatureTable.Read(hard).Classes!.Names);
        var soft = _folder.Write("soft.jsonl", string.Concat(Enumerable.Range(0, 12).Select(_ => """{"class:a": 0.25, "class:b": 0.75}""" + "\n")));
        Assert.Equal([0.25, 0.75], FeatureTable.Read(soft).Classes!.Probabilities.Take(2));
    }

    [Fact]
    public void Numbers_and_lists_of_numbers_are_columns()
    {
        var lines = """
            {"key": "b", "bias": 1, "embedding": [0.5, -2e3, 7], "note": "text"}
            {"note": "more", "embedding": [1, 2, 3], "bias": -1, "key": "a"}
            """;
        using var file = ArrayFile.Open(_folder.Write("a.jsonl", lines), new CsvFormat(IdColumn: "key"));
        Assert.Equal(["bias", "embedding[0]", "embedding[1]", "embedding[2]"], file.Columns);
        Assert.Equal(["b", "a"], file.Identifiers);
        var numbers = new double[8];
        file.Read(0, numbers);
        Assert.Equal([1, 0.5, -2000, 7, -1, 1, 2, 3], numbers);
        using var chosen = ArrayFile.Open(_folder.Write("a.jsonl", lines), new CsvFormat(Columns: ["Embedding"]));
        Assert.Equal(3, chosen.Width);
    }

    [Fact]
    public void Every_number_is_the_one_that_CSV_has()
    {
        var random = new RandomStream(0, "numbers");
        string[] numbers = [.. Enumerable.Range(0, 300).Select(_ => ((random.NextDouble() - 0.5) * Math.Pow(10, random.NextInt(60) - 30)).ToString("R", CultureInfo.InvariantCulture))];
        using var csv = ArrayFile.Open(_folder.Write("a.csv", "x\n" + string.Join('\n', numbers)));
        using var json = ArrayFile.Open(_folder.Write("a.jsonl", string.Join('\n', numbers.Select(number => $$"""{"x":{{number}}}"""))));
        Assert.Equal(All(csv), All(json));

        static double[] All(ArrayFile file)
        {
            var all = new double[file.Rows];
            file.Read(0, all);
            return all;
        }
    }

    [Theory]
    [InlineData("{\"T\": \"a\", \"Y\": 1}\n{\"T\": \"b\", \"Y\": }\n", "line 2, character 17", "object of its own")]
    [InlineData("[\n{\"T\": \"a\"},\n", "line 1: the line is no JSON object", "jq -c")]
    [InlineData("\"T\"\n", "line 1: the line is no JSON object")]
    [InlineData("{\"T\": \"a\", \"Y\": 1}\n\n{\"T\": \"b\"}\n", "line 3: the object has no key 'Y'", "'T'")]
    [InlineData("{\"Tt\": \"a\", \"Y\": 1}\n", "no key 'T'; did you mean 'Tt'?")]
    [InlineData("{\"T\": [\"a\"], \"Y\": 1}\n", "line 1: 'T' is a list")]
    [InlineData("{\"T\": \"a\", \"Y\": {}}\n", "line 1: 'Y' is an object")]
    [InlineData("{\"T\": \"a\", \"Y\": 1}\n{\"T\": null, \"Y\": 1}\n", "1 of 2 texts in the column T are empty", "line 2")]
    [InlineData("{\"T\": \"a\", \"Y\": 1}\n{\"T\": \"b\", \"Y\": \"two\"}\n", "line 2: the label 'two' is no finite number")]
    [InlineData("{\"T\": \"a\", \"Y\": 1}\n{\"T\": \"b\", \"Y\": true}\n", "line 2: the label 'true' is no finite number")]
    [InlineData("{\"T\": \"a\", \"T\": \"b\", \"Y\": 1}\n", "line 1")]
    [InlineData("", "no text")]
    public void What_is_wrong_is_refused_with_its_line(string text, params string[] message)
    {
        var path = _folder.Write("mine.jsonl", text);
        var error = Assert.Throws<UserErrorException>(() => new TextFile(path, "T", new FeatureTable.Format(["Y"])).Load()).Message;
        Assert.All(message, part => Assert.Contains(part, error));
    }

    [Theory]
    [InlineData("{\"x\": [1, 2]}\n{\"x\": [1]}\n", "line 2: 'x' is a list of 1 number, where the first row has 2")]
    [InlineData("{\"x\": [1, \"2\"]}\n", "line 1: 'x[1]' is \"2\", and no number")]
    [InlineData("{\"x\": 1}\n{\"y\": 1}\n", "line 2: the object has no key 'x'")]
    [InlineData("{\"x\": \"text\"}\n", "no number and no list")]
    [InlineData("\n", "is empty")]
    public void Features_that_are_no_numbers_are_refused_with_their_line(string text, string message)
    {
        var path = _folder.Write("features.jsonl", text);
        Assert.Contains(message, Assert.Throws<UserErrorException>(() => ArrayFile.Open(path).Dispose()).Message);
    }
}
