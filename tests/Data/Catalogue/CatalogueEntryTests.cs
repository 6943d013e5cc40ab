namespace W2S.Data.Tests;

public sealed class CatalogueEntryTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    public static TheoryData<string> Names => [.. CatalogueEntry.All.Select(entry => entry.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Every_entry_says_where_it_comes_from_over_HTTPS_under_which_licence_and_what_it_must_be(string name)
    {
        var entry = CatalogueEntry.Named(name);
        Assert.All(entry.Upstream, address => Assert.StartsWith("https://", address));
        Assert.NotEmpty(entry.Upstream);
        Assert.NotEmpty(entry.Licence);
        Assert.Matches("^[0-9a-f]{64}$", entry.ContentSha256);
        Assert.Equal(entry.Transformation == CatalogueEntry.Recipe.None, entry.TransformationInWords == null);
    }

    [SkippableTheory]
    [MemberData(nameof(Names))]
    public void The_files_that_are_here_are_what_the_catalogue_says(string name)
    {
        var entry = CatalogueEntry.Named(name);
        Assert.Equal(Checksum.State.Good, Checksum.Check(entry, RealData.File(entry.File)));
    }

    [Fact]
    public void A_gzip_packed_in_another_way_is_known_by_its_content_and_a_cut_one_is_bad()
    {
        var packed = TemporaryFolder.Packed("smiles\nCC\n");
        var entry = CatalogueEntry.Named("guacamol-v1-valid") with { ContentSha256 = Checksum.OfFile(_folder.Write("plain", "smiles\nCC\n")) };
        Assert.Equal(Checksum.State.GoodContent, Checksum.Check(entry, _folder.Write("a.gz", packed)));
        Assert.Equal(Checksum.State.Bad, Checksum.Check(entry, _folder.Write("a.gz", packed[..^3])));
        Assert.Equal(Checksum.State.Missing, Checksum.Check(entry, _folder.Path("absent")));
    }

    [Theory]
    [InlineData("minilm", "https://huggingface.co/sentence-transformers/all-MiniLM-L6-v2/resolve/main/onnx/model.onnx")]
    [InlineData("Arctic-XS", "https://huggingface.co/Snowflake/snowflake-arctic-embed-xs/resolve/main/vocab.txt")]
    public void Of_a_sentence_encoder_it_is_said_how_to_get_it(string name, string address)
    {
        var message = Assert.Throws<UserErrorException>(() => CatalogueEntry.Named(name)).Message;
        Assert.Contains("./run.sh setup text", message);
        Assert.Contains(address, message);
    }

    [Fact]
    public void A_variable_that_is_set_and_empty_is_not_taken_for_one_that_is_not_set()
    {
        Assert.Equal("mine", DataFolders.Named("mine").Destination);
        Assert.Equal("data", DataFolders.Named(null).Destination);
        foreach (var empty in new[] { "", "  " }) Assert.Contains("W2S_DATA is set, and empty", Assert.Throws<UserErrorException>(() => DataFolders.Named(empty)).Message);
    }

    [Fact]
    public void The_first_folder_that_has_a_file_counts()
    {
        _folder.Write("two/file", "2");
        var folders = new DataFolders([_folder.Path("one"), _folder.Path("two")]);
        Assert.Equal(_folder.Path("two/file"), folders.Find("file"));
        _folder.Write("one/file", "1");
        Assert.Equal(_folder.Path("one/file"), folders.Find("file"));
        Assert.Null(folders.Find("other"));
    }
}
