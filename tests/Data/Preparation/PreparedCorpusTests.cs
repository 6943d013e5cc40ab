using System.Security.Cryptography;
using System.Text;

namespace W2S.Data.Tests;

public sealed class PreparedCorpusTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [SkippableFact]
    public void RDKit_kekulises_renumbers_and_leaves_out_what_it_cannot_use_with_the_reasons()
    {
        Skip.If(PythonProcess.FindRDKit(withDescriptors: false) == null, "python3-rdkit is not installed.");
        var corpus = _folder.Write("corpus.csv", "smiles\nc1ccccc1O\nOc1ccccc1\nC1=CC\nC(C)(C)(C)(C)C\nCCO\nCCO\nc1cc[nH]c1CC\nCCN\n");
        var excluded = _folder.Write("excluded.csv", "smiles\nNCC\nN\n");
        var shares = new List<long>();
        PreparedCorpus.Make(new PreparedCorpus.Job([corpus], [excluded], 2, null, null, 0), _folder.Path("out"), 1, (done, _) => shares.Add(done));
        var prepared = PreparedCorpus.Read(_folder.Path("out"));
        Assert.Contains(prepared.Kekulised[0], new[] { "C1=CC=CC=C1O", "C1C=CC=CC=1O" });
        Assert.Equal("CCO", prepared.Kekulised[1]);
        Assert.All(prepared.Kekulised.Concat(prepared.Renumbered[0]), smiles => Assert.DoesNotMatch("[a-z]", smiles));
        Assert.Equal(2, prepared.Renumbered.Count);
        Assert.All(prepared.Renumbered, turn => Assert.Equal(prepared.Kekulised.Select(Atoms), turn.Select(Atoms)));
        Assert.Equal(new Dictionary<string, int>
        {
            ["repeats an earlier molecule"] = 2, ["not readable as SMILES"] = 1, ["cannot be sanitised or kekulised"] = 1, ["is in an excluded set"] = 1,
        }.OrderBy(pair => pair.Key), prepared.Summary.Skipped.OrderBy(pair => pair.Key));
        Assert.Equal(7, shares[^1]);
        Assert.Equal(["corpus.json", "molecules.csv"], Directory.GetFiles(_folder.Path("out")).Select(Path.GetFileName).Order());

        static string Atoms(string smiles) => string.Concat(smiles.Where(char.IsAsciiLetter).Where(letter => letter != 'H').Order());
    }

    [SkippableFact]
    public void What_RDKit_would_read_only_a_part_of_is_left_out_and_counted()
    {
        Skip.If(PythonProcess.FindRDKit(withDescriptors: false) == null, "python3-rdkit is not installed.");
        var corpus = _folder.Write("corpus.csv", "smiles\nCCC\nCCN\nCC\u2013O\nCC O\n\u0421\u0421O\n[2H]OC\n");
        var excluded = _folder.Write("excluded.csv", "smiles\nCCC nothing\nN\n");
        PreparedCorpus.Make(new PreparedCorpus.Job([corpus], [excluded], 1, null, null, 0), _folder.Path("out"), 1, (_, _) => { });
        var prepared = PreparedCorpus.Read(_folder.Path("out"));
        Assert.Equal(["CCC", "CCN", "[2H]OC"], prepared.Smiles);
        Assert.Equal(new Dictionary<string, int> { ["has a blank or a character that is not ASCII"] = 3 }, prepared.Summary.Skipped);
    }

    [SkippableFact]
    public void Asked_to_stop_between_two_lines_of_Python_it_stops_at_once()
    {
        Skip.If(PythonProcess.FindRDKit(withDescriptors: false) == null, "python3-rdkit is not installed.");
        var corpus = _folder.Write("corpus.csv", "smiles\n" + string.Concat(SyntheticMolecules.Generate(1100, 0).Select(molecule => molecule.Aromatic + "\n")));
        var asked = 0;
        Assert.Throws<OperationCanceledException>(() => PreparedCorpus.Make(new PreparedCorpus.Job([corpus], [], 1, null, null, 0), _folder.Path("out"), 1, (_, _) => { }, () =>
        {
            if (++asked > 3) throw new OperationCanceledException();
        }));
        Assert.False(Directory.Exists(_folder.Path("out")));
    }

    [Fact]
    public void What_another_process_is_preparing_is_left_to_it()
    {
        using var other = FileLock.TryAcquire(_folder.Path("out"));
        var job = new PreparedCorpus.Job([], [], 0, null, null, 0);
        foreach (var name in new[] { "out", "out/" })
        {
            var refused = Assert.Throws<UserErrorException>(() => PreparedCorpus.Make(job, _folder.Path(name), 1, (_, _) => { }));
            Assert.Contains("out is being prepared by another process. Wait until it ends", refused.Message);
        }
    }

    [SkippableFact]
    public void Descriptors_are_200_shares_and_follow_the_fitted_distributions()
    {
        Skip.If(PythonProcess.FindRDKit(withDescriptors: true) == null, "python3-rdkit or python3-scipy is not installed.");
        var distributions = RealData.File("molbert/physchem_distributions.json");
        var corpus = _folder.Write("corpus.csv", "smiles\nCCO\nCC(=O)Oc1ccccc1C(=O)O\nCN1C=NC2=C1C(=O)N(C(=O)N2C)C\n");
        PreparedCorpus.Make(new PreparedCorpus.Job([corpus], [], 0, distributions, null, 0), _folder.Path("out"), 1, (_, _) => { });
        var prepared = PreparedCorpus.Read(_folder.Path("out"));
        Assert.Equal(200, prepared.Summary.Descriptors.Count);
        Assert.Equal(3 * 200, prepared.Descriptors!.Length);
        Assert.All(prepared.Descriptors, value => Assert.InRange(value, 0f, 1f));
        // A heavier molecule has a larger share of the weights below it; ethanol lies below nearly all drugs.
        var weight = prepared.Summary.Descriptors.ToList().IndexOf("MolWt");
        float[] shares = [.. Enumerable.Range(0, 3).Select(row => prepared.Descriptors[row * 200 + weight])];
        Assert.True(shares[0] < shares[1] && shares[1] < shares[2] && shares[0] < 0.05f, string.Join(' ', shares));
    }

    [SkippableFact]
    public void A_preparation_that_was_stopped_goes_on_and_ends_as_if_it_never_was()
    {
        Skip.If(PythonProcess.FindRDKit(withDescriptors: false) == null, "python3-rdkit is not installed.");
        var corpus = _folder.Write("corpus.csv", "smiles\n" + string.Concat(SyntheticMolecules.Generate(1100, 0).Select(molecule => molecule.Aromatic + "\n")));
        var job = new PreparedCorpus.Job([corpus], [], 1, null, null, 0);
        PreparedCorpus.Make(job, _folder.Path("whole"), 1, (_, _) => { });
        Assert.Throws<OperationCanceledException>(() => PreparedCorpus.Make(job, _folder.Path("stopped"), 1, (done, _) =>
        {
            if (done > 0) throw new OperationCanceledException();
        }));
        Assert.False(Directory.Exists(_folder.Path("stopped")));
        Assert.NotEmpty(Directory.GetFiles(_folder.Path("stopped.partial"), "part-*.json"));
        PreparedCorpus.Make(job, _folder.Path("stopped"), 1, (_, _) => { });
        Assert.Equal(File.ReadAllBytes(_folder.Path("whole/molecules.csv")), File.ReadAllBytes(_folder.Path("stopped/molecules.csv")));
        Assert.False(Directory.Exists(_folder.Path("stopped.partial")));
    }

    [Fact]
    public void A_folder_that_was_not_prepared_is_refused() =>
        Assert.Contains("no corpus.json", Assert.Throws<UserErrorException>(() => PreparedCorpus.Read(_folder.Path("nothing"))).Message);

    [Fact]
    public void A_file_that_was_changed_is_refused_by_its_checksum()
    {
        Write("smiles,kekulised\nC,C\nN,N\n", 2);
        Assert.Equal(["C", "N"], PreparedCorpus.Read(_folder.Path("made")).Kekulised);
        File.AppendAllText(_folder.Path("made/molecules.csv"), "O,O\n");
        Assert.Contains("molecules.csv is not the file that was prepared", Assert.Throws<UserErrorException>(() => PreparedCorpus.Read(_folder.Path("made"))).Message);
    }

    [Theory]
    [InlineData("smiles,kekulised\nC,C\n", 1)]
    [InlineData("smiles,kekulised\nC,C\nN,N\n", 3)]
    public void A_corpus_of_one_molecule_or_of_another_number_is_refused(string table, int molecules)
    {
        Write(table, molecules);
        Assert.Contains("at least two", Assert.Throws<UserErrorException>(() => PreparedCorpus.Read(_folder.Path("made"))).Message);
    }

    private void Write(string table, int molecules)
    {
        _folder.Write("made/molecules.csv", table);
        _folder.Write("made/corpus.json", $$$"""
            {"molecules": {{{molecules}}}, "renumberings": 0, "sources": [], "excluded": [], "limit": null, "seed": 0, "skipped": {}, "rdkit": "", "descriptors": [],
             "missing_descriptors": [], "failed_descriptors": {}, "sha256": {"molecules.csv": "{{{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(table)))}}}"}}
            """);
    }
}
