using System.Text.Json.Nodes;
using TorchSharp;
using static TorchSharp.torch;

namespace W2S.Models.Tests;

/// <summary>Each family of encoders from a folder of its own names, against PyTorch's TransformerEncoderLayer with the same weights.</summary>
public sealed class HuggingFaceFamilyTests(FamilyPeer peer) : IClassFixture<FamilyPeer>
{
    private const double Tolerance = 1e-5;

    [SkippableTheory]
    [InlineData("bert", true, 40)]
    [InlineData("roberta", true, 38)]
    [InlineData("camembert", false, 38)]
    [InlineData("distilbert", false, 40)]
    [InlineData("electra", false, 40)]
    [InlineData("mpnet", true, 38)]
    public void Vectors_of_every_layer_are_those_of_PyTorch(string family, bool hasPooler, int maximumLength)
    {
        var folder = peer.Of(family);
        using var silent = no_grad();
        using var scope = NewDisposeScope();
        var read = HuggingFaceFolder.Read(folder);
        Assert.Equal((hasPooler, maximumLength), (!read.Shape.WithoutPooler, read.Shape.MaximumLength));
        var batch = BertPeer.ReadTokens(folder);
        var expected = Safetensors.Read(Path.Combine(folder, "expected.safetensors")).Tensors;

        for (var layers = 1; layers <= read.Shape.Layers; layers++)
        {
            var shape = read.Shape with { Layers = layers };
            using var encoder = new Encoder(shape, read.Weights.Only(EncoderParameters.OfEncoder(shape)));
            encoder.eval();
            var vectors = encoder.call(batch);
            AssertClose(expected[$"layer {layers}"], vectors, batch);
            if (hasPooler && layers == read.Shape.Layers) BertPeer.AssertClose(expected["pooled"], encoder.Pooled(vectors), Tolerance);
        }
    }

    [SkippableTheory]
    [InlineData("bert", "bert")]
    [InlineData("roberta", "bert")]
    [InlineData("distilbert", "bert")]
    [InlineData("electra", "electra")]
    [InlineData("mpnet", "mpnet")]
    public void What_is_written_again_is_read_as_the_same_encoder(string family, string written)
    {
        using var folder = new TemporaryFolder();
        var read = HuggingFaceFolder.Read(peer.Of(family));
        HuggingFaceFolder.Write(folder["again"], read);
        var again = HuggingFaceFolder.Read(folder["again"]);
        Assert.Equal(read.Shape, again.Shape);
        Assert.Equal(read.Weights.Values, again.Weights.Values);
        Assert.Equal(written, (string?)JsonNode.Parse(File.ReadAllText(Path.Combine(folder["again"], "config.json")))!["model_type"]);
    }

    [SkippableFact]
    public void An_ONNX_model_is_read_by_its_weights_and_its_graph_alone()
    {
        var folder = peer.Of("onnx");
        using var silent = no_grad();
        using var scope = NewDisposeScope();
        var read = HuggingFaceFolder.Read(folder);
        Assert.Equal(
            new EncoderShape(60, 32, 3, 4) { IntermediateSize = 48, MaximumLength = 40, TokenTypes = 2, LayerNormEpsilon = 1e-12, Positions = PositionEncoding.Learned },
            read.Shape);
        using var encoder = new Encoder(read.Shape, read.Weights);
        encoder.eval();
        var batch = BertPeer.ReadTokens(folder);
        var expected = Safetensors.Read(Path.Combine(folder, "expected.safetensors")).Tensors;
        var vectors = encoder.call(batch);
        AssertClose(expected["tokens"], vectors, batch);
        BertPeer.AssertClose(expected["pooled"], encoder.Pooled(vectors), Tolerance);
    }

    [SkippableTheory]
    [InlineData("roberta", "max_position_embeddings", 2, "of which 2 stand before the first token")]
    [InlineData("electra", "embedding_size", 32, "embeddings.word_embeddings.weight is [60, 16] where [60, 32] is needed")]
    [InlineData("distilbert", "activation", "relu", "activation is \"relu\", but W2S reads DISTILBERT encoders with \"gelu\" only")]
    [InlineData("mpnet", "relative_attention_num_buckets", 16, "encoder.relative_attention_bias.weight is [8, 4] where [16, 4] is needed")]
    [InlineData("camembert", "is_decoder", true, "is_decoder is true, but W2S reads ROBERTA encoders with false only")]
    public void What_does_not_fit_is_named_by_the_familys_own_key(string family, string key, object value, string cause)
    {
        var copy = Directory.CreateTempSubdirectory("w2s-test-").FullName;
        try
        {
            foreach (var file in Directory.EnumerateFiles(peer.Of(family))) File.Copy(file, Path.Combine(copy, Path.GetFileName(file)));
            var path = Path.Combine(copy, "config.json");
            var config = JsonNode.Parse(File.ReadAllText(path))!;
            config[key] = JsonValue.Create(value);
            File.WriteAllText(path, config.ToJsonString());
            Assert.Contains(cause, Assert.Throws<W2S.Data.UserErrorException>(() => HuggingFaceFolder.Read(copy)).Message);
        }
        finally
        {
            Directory.Delete(copy, recursive: true);
        }
    }

    /// <summary>Of the tokens; what stands in the padding means nothing.</summary>
    private static void AssertClose(NamedTensor expected, Tensor found, TokenBatch batch)
    {
        var packed = batch.Packed(tensor(expected.As<float>().ToArray(), expected.Shape));
        BertPeer.AssertClose(NamedTensor.Of(expected.Name, packed.data<float>().ToArray(), packed.shape), batch.Packed(found), Tolerance);
    }
}
