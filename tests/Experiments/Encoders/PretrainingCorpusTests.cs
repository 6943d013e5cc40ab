using System.IO.Compression;
using W2S.Data;
using W2S.Runs;
using W2S.Training;

namespace W2S.Experiments;

public sealed class PretrainingCorpusTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private static EncoderSettings Settings(params string[] corpora) => new() { Corpora = corpora, HeldOut = 0.1, MaximumLength = 60 };

    private PretrainingCorpus Load(EncoderSettings settings) => EncoderStore.LoadCorpora(settings, new DataFolders([_folder.Path]), RunServices.Silent);

    [Fact]
    public void Molecules_of_several_corpora_are_taken_once_with_the_descriptors_that_there_are()
    {
        PreparedFolder.Write(_folder["prepared/first"], [["CCO", "CCO"], ["c1ccccc1", "C1=CC=CC=C1"], ["CCN", "CCN"]], [0.1f, 0.2f, 0.3f, 0.4f, 0.5f, 0.6f]);
        PreparedFolder.Write(_folder["prepared/second"], [["CCN", "CCN"], ["CCC", "CCC"]]);
        var corpus = Load(Settings("first", "second") with { HeldOut = 0 });
        Assert.Equal(4, corpus.Examples.Count);
        Assert.Equal([0, 1, 2, -1], corpus.Examples.DescriptorRows);
        Assert.Equal([0.1f, 0.2f, 0.3f, 0.4f, 0.5f, 0.6f], corpus.Examples.Descriptors);
        Assert.Equal(["first: 3 molecules, 2 descriptors", "second: 1 molecule"], corpus.Sources);
    }

    [Fact]
    public void Each_tokenizer_gets_the_form_that_it_reads()
    {
        PreparedFolder.Write(_folder["prepared/both"], [["c1ccccc1", "C1=CC=CC=C1", "C1C=CC=CC=1"], ["CCO", "CCO", "OCC"]]);
        var raw = Load(Settings("both") with { HeldOut = 0 }).Examples;
        var kekulised = Load(Settings("both") with { HeldOut = 0, Tokenizer = "molbert" }).Examples;
        Assert.Single(raw.Forms);
        Assert.Equal(8 + 2, raw.Forms[0].Length(0));
        Assert.Equal(2, kekulised.Forms.Count);
        Assert.Equal(11 + 2, kekulised.Forms[1].Length(0));
    }

    [Theory]
    [InlineData("esol")]
    [InlineData("freesolv")]
    [InlineData("lipop")]
    public void No_molecule_of_an_evaluation_set_that_is_here_is_read_from_a_plain_list(string set)
    {
        var evaluated = _folder[CatalogueEntry.Named(set).File];
        Directory.CreateDirectory(Path.GetDirectoryName(evaluated)!);
        File.WriteAllText(evaluated, "smiles,label\nCCO,1\nCCCl,2\n");
        File.WriteAllText(_folder["list.csv"], "smiles\nCCO\nCCN\nCCC\n");
        Assert.Equal(2, Load(Settings(_folder["list.csv"]) with { HeldOut = 0 }).Examples.Count);
    }

    [Fact]
    public void Encoders_of_all_seeds_are_asked_for_the_same_tokens_of_what_is_held_out()
    {
        PreparedFolder.Write(_folder["prepared/all"], [.. SyntheticMolecules.Generate(100, 9).Select(molecule => new[] { molecule.Aromatic, molecule.Kekulised })]);
        var settings = Settings("all") with { MaximumLength = 300, HeldOut = 0.3 };
        var corpus = Load(settings);
        var (one, other) = (Asked(settings with { Seed = 1 }), Asked(settings with { Seed = 2 }));
        Assert.NotEmpty(one);
        Assert.Equal(one, other);

        int[] Asked(EncoderSettings of) =>
            [.. corpus.HeldOutBatches(of, of.Shape(corpus.VocabularySize)).SelectMany(batch => batch.Tokens.Tokens.Concat(batch.Positions))];
    }

    [Fact]
    public void What_is_held_out_depends_on_the_molecule_alone()
    {
        var many = SyntheticMolecules.Generate(300, 9).Select(molecule => new[] { molecule.Aromatic, molecule.Kekulised }).ToArray();
        PreparedFolder.Write(_folder["prepared/all"], many);
        PreparedFolder.Write(_folder["prepared/half"], [.. many.Reverse().Take(150)]);
        var (all, half) = (Load(Settings("all") with { MaximumLength = 300 }), Load(Settings("half") with { MaximumLength = 300, Seed = 5 }));
        Assert.InRange(all.HeldOut.Length, 10, 60);
        Assert.Equal(all.HeldOut.Where(number => number >= 150).Select(number => 299 - number).Order(), half.HeldOut.Order());
        Assert.Empty(all.HeldOut.Intersect(all.Training));
        Assert.Equal(all.Examples.Count, all.HeldOut.Length + all.Training.Length);
    }

    [Fact]
    public void What_cannot_be_read_is_left_out_and_counted()
    {
        var log = new LogLines();
        PreparedFolder.Write(_folder["prepared/mixed"], [["CCO", "CCO"], ["CC[Xx]", "CC[Xx]"], [new string('C', 70), new string('C', 70)], ["CCN", "CCN"], ["CCO", "CCO"]]);
        var corpus = EncoderStore.LoadCorpora(Settings("mixed") with { HeldOut = 0 }, new DataFolders([_folder.Path]), RunServices.Silent with { Log = log.Logger });
        Assert.Equal(2, corpus.Examples.Count);
        var line = Assert.Single(log.All, line => line.Contains("left out", StringComparison.Ordinal));
        Assert.Contains("1 of mixed that repeat", line, StringComparison.Ordinal);
        Assert.Contains("1 of mixed with symbols that the tokenizer smiles lacks", line, StringComparison.Ordinal);
        Assert.Contains("1 of mixed of more than 58 tokens", line, StringComparison.Ordinal);
        Assert.Single(log.All, line => line.Contains("masked tokens alone", StringComparison.Ordinal));
    }

    [Fact]
    public void A_list_of_SMILES_serves_without_RDKit_but_not_for_kekulised_tokens()
    {
        File.WriteAllText(_folder["list.csv"], "smiles\nCCO\nCCN\nCCO\n");
        Assert.Equal(2, Load(Settings(_folder["list.csv"]) with { HeldOut = 0 }).Examples.Count);
        var error = Assert.Throws<UserErrorException>(() => Load(Settings(_folder["list.csv"]) with { Tokenizer = "molbert" }));
        Assert.Contains("data prepare", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_corpus_of_one_molecule_an_unknown_one_and_a_torn_file_are_refused_with_their_names()
    {
        File.WriteAllText(_folder["one.csv"], "smiles\nCCO\n");
        Refused(Settings(_folder["one.csv"]), "one.csv");
        Refused(Settings("nowhere"), "nowhere");
        using (var gzip = new GZipStream(File.Create(_folder["torn.csv.gz"]), CompressionLevel.Fastest))
            gzip.Write(System.Text.Encoding.UTF8.GetBytes("smiles\n" + string.Concat(SyntheticMolecules.Generate(500, 1).Select(molecule => molecule.Aromatic + "\n"))));
        var whole = File.ReadAllBytes(_folder["torn.csv.gz"]);
        File.WriteAllBytes(_folder["torn.csv.gz"], whole[..(whole.Length / 2)]);
        Refused(Settings(_folder["torn.csv.gz"]), "torn.csv.gz");

        void Refused(EncoderSettings settings, string name) =>
            Assert.Contains(name, Assert.Throws<UserErrorException>(() => Load(settings)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Pairs_need_renumbered_forms()
    {
        PreparedFolder.Write(_folder["prepared/plain"], [["CCO", "CCO"], ["CCN", "CCN"]]);
        var error = Assert.Throws<UserErrorException>(() => Load(Settings("plain") with { SameMolecule = true, Tokenizer = "molbert" }));
        Assert.Contains("--renumberings", error.Message, StringComparison.Ordinal);
    }
}
