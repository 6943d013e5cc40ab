using W2S.Data;
using W2S.Models;
using W2S.Training;
using static TorchSharp.torch;

namespace W2S.Experiments;

public class FrozenEncoderTests
{
    [Theory]
    [InlineData(EncoderPooling.Pooled)]
    [InlineData(EncoderPooling.Mean)]
    public void Its_features_are_those_of_the_torch_encoder_in_the_order_of_the_table(EncoderPooling pooling)
    {
        var encoder = TinyEncoders.Make();
        var found = encoder.Of(TinyEncoders.Synthetic, pooling);
        Assert.Equal(TinyEncoders.Synthetic.Count * encoder.Width, found.Length);
        using var silent = no_grad();
        using var torchEncoder = new Encoder(encoder.Shape, encoder.Weights);
        foreach (var row in new[] { 0, 1, 500, 999 })
        {
            using var scope = NewDisposeScope();
            var batch = TokenBatch.Of(Laid(TinyEncoders.Synthetic.Smiles[row]));
            var vectors = torchEncoder.call(batch);
            var expected = (pooling == EncoderPooling.Pooled ? torchEncoder.Pooled(vectors) : batch.Mean(vectors)).data<float>().ToArray();
            AssertClose(expected, found.AsSpan(row * encoder.Width, encoder.Width));
        }
    }

    [Fact]
    public void Its_features_do_not_depend_on_the_number_of_threads()
    {
        var encoder = TinyEncoders.Make();
        float[] With(int threads) => new FrozenEncoder("tiny", "", encoder.Shape, encoder.Weights, "smiles") { Threads = threads }.Of(TinyEncoders.Synthetic, EncoderPooling.Pooled);
        Assert.Equal(With(1), With(5));
    }

    [Fact]
    public void Libtorch_gives_all_features_alike()
    {
        var encoder = TinyEncoders.Make();
        var tokens = encoder.Tokens(TinyEncoders.Few);
        using var torchReader = new FrozenEncoder.Torch(encoder.Shape, encoder.Weights, EncoderPooling.Mean, "cpu", 1);
        using var features = new PartialFeatures(null, "", SequenceReader.Order(tokens), encoder.Width);
        torchReader.ReadAll(tokens, features, "tiny", RunServices.Silent);
        AssertClose(encoder.Of(tokens, EncoderPooling.Mean), features.Complete().ToArray());
    }

    [Fact]
    public void It_stops_when_asked_to()
    {
        var run = RunServices.Silent;
        run.Stop.Set("SIGTERM");
        Assert.Throws<StoppedException>(() => TinyEncoders.Make().On("cpu", 2, run).Of(TinyEncoders.Few, EncoderPooling.Pooled));
    }

    [Fact]
    public void A_Hugging_Face_folder_gives_the_same_encoder_its_tokenizer_recognised_by_the_vocabulary()
    {
        using var folder = new TemporaryFolder();
        foreach (var tokenizer in MoleculeTokenizers.Names)
        {
            var encoder = TinyEncoders.Make(tokenizer);
            var read = SavedRepresentations.LoadEncoder(TinyEncoders.Save(encoder, folder[$"of-{tokenizer}"]));
            Assert.Equal((tokenizer, $"of-{tokenizer}", encoder.Digest), (read.Tokenizer, read.Name, read.Digest));
            Assert.Equal(encoder.Of(TinyEncoders.Synthetic, EncoderPooling.Pooled), read.Of(TinyEncoders.Synthetic, EncoderPooling.Pooled));
        }
    }

    [Fact]
    public void A_vocabulary_of_no_tokenizer_is_refused()
    {
        using var folder = new TemporaryFolder();
        TinyEncoders.Save(TinyEncoders.Make("molbert"), folder["other"]);
        var path = Path.Combine(folder["other"], "vocab.txt");
        File.WriteAllText(path, File.ReadAllText(path).Replace("Br\n", "##ing\n"));
        var error = Assert.Throws<UserErrorException>(() => SavedRepresentations.LoadEncoder(folder["other"])).Message;
        Assert.Contains($"{path} has 42 tokens, which are those of no tokenizer here (molbert, smiles)", error);
    }

    [Theory]
    [InlineData("nowhere", "There is no folder nowhere")]
    [InlineData("molbert:", "molbert: needs the path of a checkpoint")]
    [InlineData("molbert:nowhere.ckpt", "nowhere.ckpt")]
    public void What_is_not_there_is_named(string reference, string cause) =>
        Assert.Contains(cause, Assert.Throws<UserErrorException>(() => SavedRepresentations.LoadEncoder(reference)).Message);

    [Fact]
    public void Molecules_that_it_cannot_read_are_one_error_with_row_text_and_symbol()
    {
        var data = TinyEncoders.Of("CCO", "C[Xx]C", "CC", new string('C', 600), "C?", "C!", "C;", "C&", "C C");
        var error = Assert.Throws<UserErrorException>(() => TinyEncoders.Make().Of(data, EncoderPooling.Pooled)).Message;
        Assert.StartsWith("mine.csv has 7 of 9 molecules that cannot be read:", error);
        Assert.Contains("molecule 1: The tokenizer 'smiles' does not know '", error);
        Assert.Contains("at character 3 of 'C[Xx]C'", error);
        Assert.Contains("molecule 3: 602 tokens with [CLS] and [SEP], and tiny-8 reads at most 512", error);
        Assert.EndsWith("and 2 more", error);
    }

    [Fact]
    public void Sinusoidal_positions_go_on_beyond_the_maximum_and_change_nothing_before()
    {
        var (small, large) = (TinyEncoders.Make(maximumLength: 20), TinyEncoders.Make(maximumLength: 300));
        var data = TinyEncoders.Of(new string('C', 267), "CCO");
        Assert.Equal(large.Of(data, EncoderPooling.Mean), small.Of(data, EncoderPooling.Mean));
    }

    [Fact]
    public void Learned_positions_end_where_their_table_ends()
    {
        var encoder = TinyEncoders.Make(maximumLength: 20, positions: PositionEncoding.Learned);
        encoder.Of(TinyEncoders.Of(new string('C', 18)), EncoderPooling.Pooled);
        var error = Assert.Throws<UserErrorException>(() => encoder.Of(TinyEncoders.Of("CC", new string('C', 19)), EncoderPooling.Pooled)).Message;
        Assert.Contains("molecule 1: 21 tokens with [CLS] and [SEP], and tiny-8 reads at most 20", error);
        Assert.Contains("Its positions are a learned table", error);
    }

    [Fact]
    public void MolBERTs_tokenizer_reads_the_kekulised_form_that_the_set_brings_along()
    {
        var encoder = TinyEncoders.Make("molbert");
        var tokens = encoder.Tokens(TinyEncoders.Synthetic);
        Assert.Equal(TinyEncoders.Synthetic.Kekulised![17], MoleculeTokenizers.Find("molbert").Decode(tokens.Tokens.AsSpan(tokens.Offsets[17], tokens.Length(17))));
    }

    [SkippableFact]
    public void Elsewhere_RDKit_writes_it()
    {
        Skip.If(PythonProcess.FindRDKit(withDescriptors: false) == null, "No python3 here has rdkit.");
        // RDKit's clean-up would write the nitro group with charges; MolBERT leaves it out.
        Assert.Equal(["C1=CC=CC=C1O", "SC1=CC=CC=C1", "C[C@H](N)C(=O)O", "C1=CC=CC=C1N(=O)=O"], Kekulisation.Of(TinyEncoders.Of("c1ccccc1O", "Sc1ccccc1", "C[C@H](N)C(=O)O", "c1ccccc1N(=O)=O")));
        var error = Assert.Throws<UserErrorException>(() => Kekulisation.Of(TinyEncoders.Of("CC", "c1cccc1", "C(C", "C(C)(C)(C)(C)C"))).Message;
        Assert.Contains("molecule 3: 'C(C)(C)(C)(C)C' cannot be sanitised or kekulised", error);
        Assert.Contains("mine.csv has 3 of 4 molecules that RDKit cannot write without aromatic atoms", error);
        Assert.Contains("molecule 1: 'c1cccc1' cannot be sanitised or kekulised", error);
        Assert.Contains("molecule 2: 'C(C' not readable as SMILES", error);
        Assert.Contains("molecule 1: the SMILES 'CC O' has a blank", Assert.Throws<UserErrorException>(() => Kekulisation.Of(TinyEncoders.Of("CC", "CC O", "C"))).Message);
    }

    [SkippableFact]
    public void A_checkpoint_of_MolBERT_reads_Lipop_with_its_longest_molecule()
    {
        using var folder = new TemporaryFolder();
        var lipop = RepositoryData.Load("lipop");
        Skip.If(PythonProcess.FindRDKit(withDescriptors: false) == null, "No python3 here has rdkit.");
        var encoder = SavedRepresentations.LoadEncoder("molbert:" + TinyEncoders.SaveMolbert(folder.Path));
        var features = encoder.Of(lipop, EncoderPooling.Pooled);
        Assert.Equal(4200 * 16, features.Length);
        Assert.All(features, value => Assert.True(float.IsFinite(value)));
        Assert.True(lipop.Smiles.Max(smiles => smiles.Length) > 260);
    }

    private static PackedTokens Laid(string smiles)
    {
        var ids = new int[smiles.Length];
        var count = MoleculeTokenizers.Find("smiles").Encode(smiles, ids, out _);
        return new PackedTokens([MoleculeTokenizer.ClsId, .. ids.AsSpan(0, count), MoleculeTokenizer.SepId], [0, count + 2]);
    }

    private static void AssertClose(ReadOnlySpan<float> expected, ReadOnlySpan<float> found)
    {
        Assert.Equal(expected.Length, found.Length);
        for (var i = 0; i < expected.Length; i++) Assert.True(Math.Abs(expected[i] - found[i]) <= 1e-5, $"Element {i}: {found[i]} where {expected[i]} is expected.");
    }
}
