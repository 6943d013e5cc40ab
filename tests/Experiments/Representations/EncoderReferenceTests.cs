using TorchSharp;
using W2S.Data;
using W2S.Models;
using W2S.Training;
using static TorchSharp.torch;

namespace W2S.Experiments;

public sealed class EncoderReferenceTests
{
    private static readonly MoleculeData Few = TinyEncoders.Of([.. TinyEncoders.Synthetic.Smiles.Take(20)]);

    [Theory]
    [InlineData("a/minilm", "a/minilm", null, null, "minilm")]
    [InlineData("a/minilm/", "a/minilm/", null, null, "minilm")]
    [InlineData("a/minilm@3", "a/minilm", 3, null, "minilm-layer3")]
    [InlineData("a/minilm@3:mean", "a/minilm", 3, EncoderPooling.Mean, "minilm-layer3-mean")]
    [InlineData("a/minilm:cls", "a/minilm", null, EncoderPooling.Cls, "minilm-cls")]
    [InlineData("a/minilm@0:max", "a/minilm", 0, EncoderPooling.Max, "minilm-layer0-max")]
    [InlineData("a/minilm@x", "a/minilm@x", null, null, "minilm@x")]
    [InlineData("a/minilm:men", "a/minilm:men", null, null, "minilm:men")]
    [InlineData("molbert:v/last.ckpt@2:mean", "molbert:v/last.ckpt", 2, EncoderPooling.Mean, "molbert-layer2-mean")]
    [InlineData("onnx:a/minilm/model.onnx#924:mean", "onnx:a/minilm/model.onnx#924", null, EncoderPooling.Mean, "minilm-mean-onnx")]
    public void A_reference_names_a_path_a_layer_and_a_pooling(string reference, string path, int? layer, EncoderPooling? pooling, string name)
    {
        var parsed = EncoderReference.Parse(reference);
        Assert.Equal(new EncoderReference(path, layer, pooling), parsed);
        Assert.Equal(name, parsed.Name);
    }

    [Fact]
    public void A_folder_of_the_whole_name_comes_first()
    {
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder["mine@3:mean"]);
        Assert.Equal(new EncoderReference(folder["mine@3:mean"]), EncoderReference.Parse(folder["mine@3:mean"]));
    }

    [Theory]
    [InlineData(EncoderPooling.Mean)]
    [InlineData(EncoderPooling.Cls)]
    [InlineData(EncoderPooling.Max)]
    [InlineData(EncoderPooling.Pooled)]
    public void Every_layer_is_what_the_module_has_after_so_many_and_every_pooling_what_it_says(EncoderPooling pooling)
    {
        var encoder = TinyEncoders.Make(layers: 3);
        using var silent = no_grad();
        for (var layer = pooling == EncoderPooling.Pooled ? 3 : 0; layer <= 3; layer++)
        {
            var found = encoder.Read(new EncoderReference("tiny", layer, pooling)).Of(Few, EncoderPooling.Mean);

            using var scope = NewDisposeScope();
            var shape = encoder.Shape with { Layers = layer };
            using var module = new Encoder(shape, encoder.Weights.Only(EncoderParameter.OfEncoder(shape)));
            module.eval();
            var tokens = encoder.Tokens(Few);
            for (var row = 0; row < tokens.Sequences; row++)
            {
                var vectors = module.call(TokenBatch.Of(tokens.Pick([row])))[0];
                var rows = Enumerable.Range(0, tokens.Length(row)).Select(token => vectors[token].data<float>().ToArray()).ToArray();
                var expected = pooling switch
                {
                    EncoderPooling.Mean => Columns(rows, column => column.Average()),
                    EncoderPooling.Max => Columns(rows, column => column.Max()),
                    EncoderPooling.Cls => rows[0],
                    _ => module.Pooled(vectors.unsqueeze(0)).data<float>().ToArray(),
                };
                for (var column = 0; column < expected.Length; column++)
                    Assert.Equal(expected[column], found[row * expected.Length + column], 1e-4);
            }
        }

        static float[] Columns(float[][] rows, Func<IEnumerable<float>, float> of) => [.. Enumerable.Range(0, rows[0].Length).Select(column => of(rows.Select(row => row[column])))];
    }

    [Fact]
    public void What_is_read_of_an_encoder_is_part_of_its_identity()
    {
        var encoder = TinyEncoders.Make(layers: 2);
        Assert.Equal(encoder.Digest, encoder.Read(new EncoderReference("tiny")).Digest);
        Assert.Equal(encoder.Digest, encoder.Read(new EncoderReference("tiny", 2)).Digest);
        Assert.Equal(4, new[] { new EncoderReference("tiny"), new("tiny", 1), new("tiny", 1, EncoderPooling.Mean), new("tiny", 1, EncoderPooling.Cls) }.Select(one => encoder.Read(one).Digest).Distinct().Count());
    }

    [Fact]
    public void Layers_and_poolings_that_are_not_there_are_refused()
    {
        var encoder = TinyEncoders.Make(layers: 2);
        Assert.Contains("has 2 layers: @0 (its embeddings) to @2, not @3", Refused(() => encoder.Read(new EncoderReference("tiny", 3))));
        Assert.Contains("no pooled vector of an earlier layer: take :mean, :cls or :max", Refused(() => encoder.Read(new EncoderReference("tiny", 1, EncoderPooling.Pooled))));
        Assert.Contains("has no pooler", Refused(() => encoder.Read(new EncoderReference("tiny", 1)).Of(Few, EncoderPooling.Pooled)));
    }

    [Fact]
    public void A_folder_with_a_tokenizer_of_text_reads_texts_and_SMILES_as_text()
    {
        using var folder = new TemporaryFolder();
        string[] vocabulary = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "good", "bad", "##ly", "c", "##c", "##1", "."];
        var shape = new EncoderShape(vocabulary.Length, 8, 2, 2) { MaximumLength = 6, Positions = PositionEncoding.Learned };
        new HuggingFaceFolder(shape, EncoderWeights.InitialiseEncoder(shape, 1, "text"), vocabulary).Write(folder["text"]);
        var encoder = SavedRepresentations.LoadEncoder(folder["text"]);

        var tokens = encoder.Tokens(["Good.", "badly", "", "good good good good good good", "été"], "mine");
        Assert.Equal([2, 5, 11, 3], tokens.Tokens[..4]);
        Assert.Equal([2, 6, 7, 3, 2, 3, 2, 5, 5, 5, 5, 3, 2, 1, 3], tokens.Tokens[4..]);
        Assert.Equal([2, 8, 9, 10, 3], encoder.Tokens(TinyEncoders.Of("cc1").Smiles, "mine.csv").Tokens);
        Assert.Equal(40, encoder.Of(tokens, EncoderPooling.Mean).Length);
        var table = new Texts(["good", "bad"]);
        var representation = new EncoderRepresentation(encoder, new FeatureOptions { Pooling = EncoderPooling.Mean }, seed: 0, new FeatureCache(null));
        Assert.Equal(encoder.Of(encoder.Tokens(table.All, ""), EncoderPooling.Mean), representation.Features(new Examples.OfTable(0, table, [[0, 1]])).Values);
        Assert.Contains("reads molecules (its tokenizer is smiles), and mine has texts", Refused(() => TinyEncoders.Make().Tokens(["x"], "mine")));
    }

    [SkippableFact]
    public void ONNX_Runtime_and_the_encoder_of_the_same_folder_give_the_same_features()
    {
        var minilm = Path.Combine(RepositoryData.Root, "checkpoints", "text", "minilm");
        Skip.IfNot(File.Exists(Path.Combine(minilm, "model.onnx")), $"{minilm} is not here. ./run.sh setup text fetches it.");
        var table = new Texts(["The film was good.", "Je ne l'ai pas aimé du tout !", "", "A long one, " + string.Concat(Enumerable.Repeat("and so on ", 40))]);
        foreach (var pooling in (EncoderPooling[])[EncoderPooling.Mean, EncoderPooling.Cls, EncoderPooling.Max])
        {
            var suffix = pooling.ToString().ToLowerInvariant();
            var onnx = new OnnxRepresentation(EncoderReference.Parse($"onnx:{minilm}:{suffix}"), new FeatureOptions(), 1, new FeatureCache(null), RunServices.Silent);
            var own = SavedRepresentations.LoadEncoder($"{minilm}:{suffix}");
            var (theirs, ours) = (onnx.Features(new Examples.OfTable(0, table, [[0, 1, 2, 3]])).Values, own.Of(own.Tokens(table.All, ""), EncoderPooling.Pooled));
            for (var i = 0; i < ours.Length; i++) Assert.Equal(ours[i], theirs[i], 1e-5);
        }
        Assert.Contains("has a vector for each token. Say what stands for an example", Refused(() => new OnnxRepresentation(EncoderReference.Parse($"onnx:{minilm}"), new FeatureOptions(), 1, new FeatureCache(null), RunServices.Silent)));
    }

    private static string Refused(Action action) => Assert.Throws<UserErrorException>(action).Message;

    private static string Refused(Func<object> action) => Assert.Throws<UserErrorException>(action).Message;

    private sealed record Texts(IReadOnlyList<string> All) : ILabelledTable
    {
        IReadOnlyList<string> ILabelledTable.Texts => All;
        public string Name => "mine";
        public string Title => "mine";
        public string Digest => "";
        public string Unit => "";
        public IReadOnlyList<double> Labels => [.. All.Select(_ => 0.0)];
        public IReadOnlyDictionary<int, TableSplit> Splits => new Dictionary<int, TableSplit>();
        public string Describe(int row) => All[row];
    }
}
