namespace W2S.Data.Tests;

public sealed class SmilesCorpusTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Duplicates_and_empty_rows_are_left_out_and_counted()
    {
        var corpus = SmilesCorpus.Read(_folder.Write("corpus.csv.gz", TemporaryFolder.Packed("smiles\nCC\n\nC\n  \nCC\n\"\"\n")));
        Assert.Equal(["CC", "C"], corpus.Smiles);
        Assert.Equal(1, corpus.Duplicates);
        Assert.Equal(3, corpus.Empty);
    }

    [Theory]
    [InlineData("smiles\nCC\nCC\n", "one molecule")]
    [InlineData("smiles\n", "no molecule")]
    public void A_corpus_of_one_molecule_is_refused(string text, string message) =>
        Assert.Contains(message, Assert.Throws<UserErrorException>(() => SmilesCorpus.Read(_folder.Write("corpus.csv", text))).Message);

    [Fact]
    public void A_truncated_gzip_is_refused_with_its_name_wherever_it_ends()
    {
        var random = new RandomStream(0, "test");
        var whole = TemporaryFolder.Packed("smiles\n" + string.Concat(Enumerable.Range(0, 20_000).Select(_ => $"C{random.NextInt(1 << 30)}\n")));
        foreach (var length in new[] { 12, whole.Length / 3, whole.Length / 2, whole.Length - 9, whole.Length - 8, whole.Length - 4, whole.Length - 1 })
        {
            var path = _folder.Write("corpus.csv.gz", whole[..length]);
            var message = Assert.Throws<UserErrorException>(() => SmilesCorpus.Read(path)).Message;
            Assert.Contains("corpus.csv.gz is a gzip file that is damaged or ends too early", message);
        }
        var corpus = SmilesCorpus.Read(_folder.Write("corpus.csv.gz", whole));
        Assert.Equal(20_000, corpus.Count + corpus.Duplicates);
    }

    [Fact]
    public void A_gzip_with_a_wrong_byte_is_refused()
    {
        var packed = TemporaryFolder.Packed("smiles\n" + string.Concat(Enumerable.Range(0, 2000).Select(index => $"C{index * 7919}\n")));
        packed[packed.Length / 2] ^= 0x10;
        Assert.Throws<UserErrorException>(() => SmilesCorpus.Read(_folder.Write("corpus.csv.gz", packed)));
    }

    [Fact]
    public void What_another_set_has_is_removed_and_counted()
    {
        var corpus = new SmilesCorpus("corpus", ["C", "CC", "CCC", "CCCC"]).Without(["CC", "N", "CCCC"]);
        Assert.Equal(["C", "CCC"], corpus.Smiles);
        Assert.Equal(2, corpus.Overlaps);
        Assert.Contains("2 overlapping", Assert.Throws<UserErrorException>(() => new SmilesCorpus("corpus", ["C", "CC"]).Without(["C", "CC"])).Message);
    }

    /// <summary>The overlaps that the data's own notes state, counted there by other means.</summary>
    [SkippableFact]
    public void The_overlap_of_two_real_corpora_is_the_known_one()
    {
        var guacamol = SmilesCorpus.Read(RealData.File("smiles/guacamol_v1_valid.csv.gz"));
        var reinvent = SmilesCorpus.Read(RealData.File("smiles/chembl_reinvent_validation.csv.gz"));
        Assert.Equal(79_568, guacamol.Count + guacamol.Duplicates);
        Assert.Equal(2_847, reinvent.Without(guacamol.Smiles).Overlaps);
    }
}
