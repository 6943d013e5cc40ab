using System.Text.Json.Nodes;
using TorchSharp;
using W2S.Models.PyTorch;
using static TorchSharp.torch;

namespace W2S.Models.Tests;

/// <summary>
/// Each family of encoders from a folder of its own names, against PyTorch's TransformerEncoderLayer with the same weights.
/// </summary>
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
            using var encoder = new Encoder(shape, read.Weights.Only(EncoderParameter.OfEncoder(shape)));
            encoder.eval();
            var vectors = encoder.call(batch);
            AssertClose(expected[$"layer {layers}"], vectors, batch);
            if (hasPooler && layers == read.Shape.Layers) BertPeer.AssertClose(expected["pooled"], encoder.Pooled(vectors), Tolerance);
        }
    }

    /// <summary>The same class, keys, names and numbers, and the tokenizer's files as they were.</summary>
    [SkippableTheory]
    [InlineData("bert")]
    [InlineData("roberta")]
    [InlineData("camembert")]
    [InlineData("distilbert")]
    [InlineData("electra")]
    [InlineData("mpnet")]
    public void What_was_read_is_written_as_it_was(string family)
    {
        using var folder = new TemporaryFolder();
        var (source, target) = (peer.Of(family), folder["again"]);
        var read = HuggingFaceFolder.Read(source);
        read.Write(target);
        var again = HuggingFaceFolder.Read(target);
        Assert.Equal((read.Shape, read.ModelType, (string?)family), (again.Shape, again.ModelType, again.ModelType));
        Assert.Equal(read.Weights.Values, again.Weights.Values);

        var (before, after) = (Configuration(source), Configuration(target));
        Assert.All(before, pair => Assert.True(JsonNode.DeepEquals(pair.Value, after[pair.Key]), pair.Key));
        var tensors = Safetensors.Read(Path.Combine(target, "model.safetensors")).Tensors;
        var originals = TensorFile.Read(HuggingFaceFolder.WeightsIn(source)!).Tensors;
        Assert.All(tensors.Values, tensor =>
        {
            var original = originals.Values.Single(
                other => other.Name == tensor.Name || other.Name.EndsWith("." + tensor.Name, StringComparison.Ordinal));
            Assert.Equal(original.Shape, tensor.Shape);
            // The rows of RoBERTa's positions before its first token are never read.
            if (!tensor.Name.Contains("position_embeddings", StringComparison.Ordinal))
                Assert.Equal(original.ToSingles(), tensor.ToSingles());
        });
        Assert.All(Directory.EnumerateFiles(source, "*vocab*"), file =>
            Assert.Equal(File.ReadAllBytes(file), File.ReadAllBytes(Path.Combine(target, Path.GetFileName(file)))));

        static JsonObject Configuration(string folder) =>
            JsonNode.Parse(File.ReadAllText(Path.Combine(folder, "config.json")))!.AsObject();
    }

    [Theory]
    [InlineData("distilbert", "DistilBertModel has not the shape of this encoder")]
    [InlineData("gpt2", "W2S writes encoders with model_type \"bert\"")]
    public void What_a_class_cannot_be_is_not_written_as_it(string modelType, string cause)
    {
        using var folder = new TemporaryFolder();
        var encoder = HuggingFaceExample.Example(HuggingFaceExample.Shape) with { ModelType = modelType };
        Assert.Contains(cause, Assert.Throws<ArgumentException>(() => encoder.Write(folder["model"])).Message);
        Assert.Empty(Directory.EnumerateFileSystemEntries(folder[""]));
    }

    [SkippableFact]
    public void An_ONNX_model_is_read_by_its_weights_and_its_graph_alone()
    {
        var folder = peer.Of("onnx");
        using var silent = no_grad();
        using var scope = NewDisposeScope();
        var read = HuggingFaceFolder.Read(folder);
        Assert.Equal(
            new EncoderShape(60, 32, 3, 4)
            {
                IntermediateSize = 48, MaximumLength = 40, TokenTypes = 2, LayerNormEpsilon = 1e-12, Positions = PositionEncoding.Learned,
            },
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
