using System.Security.Cryptography;
using System.Text;

namespace W2S.Data.Tests;

public sealed class DataFetcherTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly byte[] _content = new byte[300_000];

    public DataFetcherTests()
    {
        var random = new RandomStream(0, "test");
        for (var index = 0; index < _content.Length; index++) _content[index] = (byte)random.NextInt(256);
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_cut_connection_is_continued_where_it_broke()
    {
        using var server = ServerOf(_content);
        server.Cuts.Enqueue(100_000);
        server.Cuts.Enqueue(50_000);
        var path = await Fetch(server);
        Assert.Equal(_content, File.ReadAllBytes(path));
        Assert.Equal(["", "bytes=100000-", "bytes=150000-"], server.Ranges);
        AssertNothingElse(path);
    }

    [Fact]
    public async Task What_an_earlier_process_left_is_continued()
    {
        using var server = ServerOf(_content);
        _folder.Write("to/some/file.bin.new.partial", _content[..1234]);
        Assert.Equal(_content, File.ReadAllBytes(await Fetch(server)));
        Assert.Equal(["bytes=1234-"], server.Ranges);
    }

    [Fact]
    public async Task A_partial_file_that_has_every_byte_already_is_taken()
    {
        using var server = ServerOf(_content);
        _folder.Write("to/some/file.bin.new.partial", _content);
        Assert.Equal(_content, File.ReadAllBytes(await Fetch(server)));
    }

    [Fact]
    public async Task Where_the_server_knows_no_ranges_it_begins_again()
    {
        using var server = new LocalServer { UnderstandsRanges = false, Files = { ["some/file.bin"] = _content } };
        server.Cuts.Enqueue(100_000);
        Assert.Equal(_content, File.ReadAllBytes(await Fetch(server)));
    }

    [Fact]
    public async Task What_was_begun_from_another_version_is_fetched_anew()
    {
        using var server = ServerOf(_content);
        _folder.Write("to/some/file.bin.new.partial", [9, 9, 9, 9]);
        Assert.Equal(_content, File.ReadAllBytes(await Fetch(server)));
        Assert.Equal(["bytes=4-", ""], server.Ranges);
    }

    [Fact]
    public async Task A_file_with_a_wrong_checksum_is_refused_and_never_takes_the_name()
    {
        using var server = ServerOf([.. _content, 1]);
        var message = (await Assert.ThrowsAsync<UserErrorException>(() => Fetch(server))).Message;
        Assert.Contains(Convert.ToHexStringLower(SHA256.HashData(_content)), message);
        Assert.Contains(Convert.ToHexStringLower(SHA256.HashData([.. _content, (byte)1])), message);
        Assert.Empty(Directory.GetFiles(_folder.Path("to/some")));
    }

    [Fact]
    public async Task While_bytes_are_missing_no_file_has_the_name()
    {
        using var server = ServerOf(_content);
        for (var attempt = 0; attempt < 10; attempt++) server.Cuts.Enqueue(attempt == 0 ? 5000 : 0);
        var message = (await Assert.ThrowsAsync<UserErrorException>(() => Fetch(server))).Message;
        Assert.Contains("5000 bytes are kept", message);
        Assert.Equal([_folder.Path("to/some/file.bin.new.partial")], Directory.GetFiles(_folder.Path("to/some")));
    }

    [Fact]
    public async Task A_busy_server_is_asked_again_and_an_absent_file_is_not()
    {
        using var server = ServerOf(_content);
        server.Refusals.Enqueue(503);
        server.Refusals.Enqueue(429);
        await Fetch(server);
        Assert.Equal(3, server.Ranges.Count);
        using var empty = new LocalServer();
        Assert.Contains("404", (await Assert.ThrowsAsync<UserErrorException>(() => Fetcher("elsewhere").FetchAsync(Entry(), new DataFetcher.Source(empty.Address), (_, _) => { }))).Message);
        Assert.Single(empty.Ranges);
    }

    [Fact]
    public async Task A_file_that_is_there_is_not_fetched_again_but_a_damaged_one_is()
    {
        using var server = ServerOf(_content);
        var path = await Fetch(server);
        Assert.True((await Fetcher("to").FetchAsync(Entry(), new DataFetcher.Source(server.Address), (_, _) => { })).WasThere);
        Assert.Single(server.Ranges);
        File.WriteAllText(path, "damaged");
        Assert.Equal(_content, File.ReadAllBytes(await Fetch(server)));
    }

    [Fact]
    public async Task What_another_process_is_fetching_is_waited_for_and_found()
    {
        using var server = ServerOf(_content);
        Directory.CreateDirectory(_folder.Path("to/some"));
        var (path, waited) = (_folder.Path("to/some/file.bin"), 0);
        using var other = FileLock.TryAcquire(path);
        var (_, wasThere) = await Fetcher("to").FetchAsync(Entry(), new DataFetcher.Source(server.Address), (_, _) => { }, () =>
        {
            if (++waited < 3) return;
            File.WriteAllBytes(path, _content);
            other!.Dispose();
        });
        Assert.Equal((true, 3), (wasThere, waited));
        Assert.Empty(server.Ranges);
        AssertNothingElse(path);
    }

    [SkippableFact]
    public async Task A_full_disk_is_an_error_of_the_disk_and_the_file_does_not_take_its_name()
    {
        Skip.IfNot(OperatingSystem.IsLinux(), "/dev/full is of Linux.");
        using var server = ServerOf(_content);
        Directory.CreateDirectory(_folder.Path("to/some"));
        File.CreateSymbolicLink(_folder.Path("to/some/file.bin.new.partial"), "/dev/full");
        Assert.True(AtomicFile.IsDiskFull(await Assert.ThrowsAnyAsync<IOException>(() => Fetch(server))));
        Assert.False(File.Exists(_folder.Path("to/some/file.bin")));
    }

    [Fact]
    public async Task A_folder_may_have_the_files_in_their_places_or_all_in_one()
    {
        _folder.Write("mirror/file.bin", _content);
        var (path, wasThere) = await Fetcher("to").FetchAsync(Entry(), new DataFetcher.Source(From: _folder.Path("mirror")), (_, _) => { });
        Assert.Equal((false, true), (wasThere, File.ReadAllBytes(path).SequenceEqual(_content)));
        Assert.Contains("has neither", (await Assert.ThrowsAsync<UserErrorException>(() => Fetcher("two").FetchAsync(Entry(), new DataFetcher.Source(From: _folder.Path("nowhere")), (_, _) => { }))).Message);
    }

    [Fact]
    public async Task Upstream_text_gets_its_header_and_is_packed()
    {
        using var server = new LocalServer { Files = { ["valid.smiles"] = "CC\nC\n"u8.ToArray() } };
        var path = await FetchUpstream(server, "list.csv.gz", CatalogueEntry.Recipe.HeaderGzip, "smiles\nCC\nC\n", "valid.smiles");
        Assert.Equal(["CC", "C"], SmilesCorpus.Read(path).Smiles);
        AssertNothingElse(path);
    }

    [Fact]
    public async Task Upstream_gzip_is_unpacked_and_blanks_are_stripped()
    {
        using var server = new LocalServer { Files = { ["a.csv.gz"] = TemporaryFolder.Packed("smiles,x\nCC ,1\nC,2\n") } };
        Assert.Equal("smiles,x\nCC,1\nC,2\n", File.ReadAllText(await FetchUpstream(server, "a.csv", CatalogueEntry.Recipe.GunzipStripBlanks, "smiles,x\nCC,1\nC,2\n", "a.csv.gz")));
    }

    [Fact]
    public async Task Pickled_splits_become_a_table()
    {
        byte[] Pickle(byte train, byte valid, byte test) =>
            [0x80, 4, (byte)']', 0x94, (byte)'(', (byte)'K', train, (byte)'M', 3, 0, (byte)'e', (byte)'(', (byte)'J', 4, 0, 0, 0, (byte)'e', (byte)']', 0x94, (byte)'(', (byte)'K', valid, (byte)'e', (byte)']', 0x94, (byte)'(', (byte)'K', test, (byte)'e', (byte)'.', 0, 0, 0, 0];
        using var server = new LocalServer { Files = { ["122"] = Pickle(0, 1, 2), ["123"] = Pickle(1, 2, 0), ["124"] = Pickle(2, 0, 1) } };
        var table = "row_index,split122,split123,split124\n0,train,test,valid\n1,valid,train,test\n2,test,valid,train\n3,train,train,train\n4,train,train,train\n";
        Assert.Equal(table, File.ReadAllText(await FetchUpstream(server, "splits.csv", CatalogueEntry.Recipe.ChemBenchSplits, table, "122", "123", "124")));
    }

    [Fact]
    public async Task A_source_that_is_something_else_is_refused_and_deleted()
    {
        using var server = new LocalServer { Files = { ["a.csv.gz"] = "<html>Sign in</html>"u8.ToArray() } };
        await Assert.ThrowsAsync<UserErrorException>(() => FetchUpstream(server, "a.csv", CatalogueEntry.Recipe.Gunzip, "smiles\n", "a.csv.gz"));
        Assert.Empty(Directory.GetFiles(_folder.Path("to")));
    }

    [Fact]
    public async Task What_cannot_be_made_here_is_said_with_the_way_out()
    {
        var message = (await Assert.ThrowsAsync<UserErrorException>(() => Fetcher("to").FetchAsync(CatalogueEntry.Named("chembl22-bioactive-curated"), new DataFetcher.Source(), (_, _) => { }))).Message;
        Assert.Contains("--mirror URL or --from FOLDER", message);
    }

    private LocalServer ServerOf(byte[] content) => new() { Files = { ["some/file.bin"] = content } };

    private async Task<string> Fetch(LocalServer server) => (await Fetcher("to").FetchAsync(Entry(), new DataFetcher.Source(server.Address), (_, _) => { })).Path;

    private async Task<string> FetchUpstream(LocalServer server, string file, CatalogueEntry.Recipe recipe, string content, params string[] sources)
    {
        var entry = Entry() with
        {
            File = file,
            Sha256 = null,
            ContentSha256 = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(content))),
            Transformation = recipe,
            Upstream = [.. sources.Select(source => new Uri(server.Address, source).AbsoluteUri)],
        };
        return (await Fetcher("to").FetchAsync(entry, new DataFetcher.Source(), (_, _) => { })).Path;
    }

    private DataFetcher Fetcher(string folder) =>
        new(new ResumableDownload(new HttpClient(), TimeProvider.System) { PauseBetweenAttempts = TimeSpan.FromMilliseconds(1) }, _folder.Path(folder));

    private CatalogueEntry Entry() => new()
    {
        Name = "some",
        File = "some/file.bin",
        Licence = "none",
        Upstream = [],
        Transformation = CatalogueEntry.Recipe.None,
        Bytes = _content.Length,
        Sha256 = Convert.ToHexStringLower(SHA256.HashData(_content)),
        ContentSha256 = Convert.ToHexStringLower(SHA256.HashData(_content)),
    };

    private static void AssertNothingElse(string path) => Assert.Equal([path], Directory.GetFiles(Path.GetDirectoryName(path)!));
}
