using W2S.Data;
using W2S.Runs;
using W2S.Training;

namespace W2S.Experiments;

/// <summary>Features in files: every format gives back every number, and what lies beside says of what they are.</summary>
public sealed class FeatureExportTests : IDisposable
{
    private static readonly LetterCounts Letters = new("letters", "CcNOn1");
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("a.npy")]
    [InlineData("a.safetensors")]
    [InlineData("a.csv")]
    [InlineData("a.csv.gz")]
    public void Every_format_gives_back_every_number_and_name(string name)
    {
        var encoder = new EncoderRepresentation(TinyEncoders.Make(), new FeatureOptions(), 0, new FeatureCache(null));
        var card = Write(name, TinyEncoders.Few, encoder);
        using var file = ArrayFile.Open(_folder[name]);
        var values = new float[file.Rows * file.Width];
        file.Read(0, values);
        Assert.Equal(encoder.Features(new Examples.OfTable(0, TinyEncoders.Few, [[.. Enumerable.Range(0, 100)]])).Values, values);
        Assert.Equal(Enumerable.Range(0, 100).Select(row => $"{row}"), file.Identifiers);
        Assert.Equal((file.Digest, 100L, 8, encoder.Digest, TinyEncoders.Few.Digest), (card.Sha256, card.Rows, card.Width, card.RepresentationSha256, card.DataSha256));
        Assert.Equal(card, FeatureCard.Beside(_folder[name]));
        Assert.Equal(TinyEncoders.Few.Smiles, CsvTable.Read(_folder["a.ids.csv"], ["smiles"]).Rows.Select(row => row[0]));
        Assert.Equal(Checksum.OfFile(_folder["a.ids.csv"]), card.RowsSha256);
    }

    [Fact]
    public void What_is_written_is_a_representation_with_the_same_features()
    {
        Write("a.npy", SmallTables.Molecules, Letters);
        var examples = new Examples.OfTable(0, SmallTables.Molecules, [[5, 0, 999], [1, 1, 7]]);
        Assert.Equal(Letters.Features(examples).Values, new StoredFeatures(_folder["a.npy"]).Features(examples).Values);
    }

    [Fact]
    public void The_same_again_is_found_and_another_in_its_place_refused()
    {
        var card = Write("a.npy", TinyEncoders.Few, Letters);
        var written = File.GetLastWriteTimeUtc(_folder["a.npy"]);
        Assert.Equal(card, Write("a.npy", TinyEncoders.Few, Letters));
        Assert.Equal(written, File.GetLastWriteTimeUtc(_folder["a.npy"]));
        Assert.Contains("holds other features", Assert.Throws<UserErrorException>(() => Write("a.npy", TinyEncoders.Few, new LetterCounts("others", "CcNOn2"))).Message);
        Assert.Contains("a.ids.csv is there already and names other rows", Assert.Throws<UserErrorException>(() => Write("a.csv", SmallTables.Molecules, Letters)).Message);
        Assert.Equal(1000, Write("a.npy", SmallTables.Molecules, Letters, force: true).Rows);
    }

    [Fact]
    public void A_file_that_was_damaged_is_written_again()
    {
        var card = Write("a.npy", TinyEncoders.Few, Letters);
        File.AppendAllText(_folder["a.npy"], "x");
        Assert.Equal(card.Sha256, Write("a.npy", TinyEncoders.Few, Letters).Sha256);
        Assert.Equal(card.Sha256, Checksum.OfFile(_folder["a.npy"]));
    }

    [Fact]
    public void Asked_to_stop_it_leaves_nothing()
    {
        var run = RunServices.Silent;
        run.Stop.Set("SIGTERM");
        Assert.Throws<StoppedException>(() => new FeatureExport(_folder["a.npy"], force: false, "test", run).Write(TinyEncoders.Few, Letters, null));
        Assert.Empty(Directory.GetFiles(_folder.Path));
    }

    [Fact]
    public void Files_of_other_rows_are_told_by_what_lies_beside()
    {
        Write("a.npy", TinyEncoders.Few, Letters);
        Write("b.csv", TinyEncoders.Few, new LetterCounts("others", "=#"));
        Write("c.npy", TinyEncoders.Of([.. TinyEncoders.Few.Smiles.Reverse()]), Letters);
        using (var a = ArrayFile.Open(_folder["a.npy"]))
        {
            using var b = ArrayFile.Open(_folder["b.csv"]);
            using var c = ArrayFile.Open(_folder["c.npy"]);
            FeatureCard.RequireSameRows([a, b]);
            Assert.Contains("not the same rows in the same order", Assert.Throws<UserErrorException>(() => FeatureCard.RequireSameRows([a, b, c])).Message);
        }
        File.Copy(_folder["c.npy"], _folder["a.npy"], overwrite: true);
        using var changed = ArrayFile.Open(_folder["a.npy"]);
        Assert.Contains("has changed since", Assert.Throws<UserErrorException>(() => FeatureCard.RequireSameRows([changed])).Message);
    }

    [Fact]
    public void A_probe_refuses_files_whose_rows_have_the_same_numbers_and_are_other_molecules()
    {
        Write("weak.npy", TinyEncoders.Few, Letters);
        Write("strong.npy", TinyEncoders.Few, new LetterCounts("strong", SmallTables.Strong));
        Write("other.npy", TinyEncoders.Of([.. TinyEncoders.Few.Smiles.Reverse()]), new LetterCounts("strong", SmallTables.Strong));
        File.WriteAllLines(_folder["labels.csv"], ["label", .. Enumerable.Range(0, 100).Select(row => $"{row}")]);
        ProbeStudy.Check(Probe("strong.npy"), new DataFolders(["."]), RunServices.Silent);
        var error = Assert.Throws<UserErrorException>(() => ProbeStudy.Check(Probe("other.npy"), new DataFolders(["."]), RunServices.Silent)).Message;
        Assert.Contains("not the same rows in the same order", error);

        Study Probe(string strong)
        {
            string[] settings = [$"data={_folder["labels.csv"]}", $"weak.from=features:{_folder["weak.npy"]}", $"strong.from=features:{_folder[strong]}"];
            return StudyConfiguration.Resolve([new Panel("mine", [.. settings.Select(ConfigurationLayer.FromAssignment)])], "paper", [], []).Single();
        }
    }

    [Fact]
    public void A_name_of_no_format_is_refused_with_those_there_are() =>
        Assert.Contains(".npy, .safetensors, .csv, .csv.gz", Assert.Throws<UserErrorException>(() => Write("a.pt", TinyEncoders.Few, Letters)).Message);

    private FeatureCard Write(string name, ILabelledTable table, IRepresentation representation, bool force = false) =>
        new FeatureExport(_folder[name], force, "test", RunServices.Silent).Write(table, representation, "pooled");
}
