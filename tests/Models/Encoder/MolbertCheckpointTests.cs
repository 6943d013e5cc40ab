using TorchSharp;
using W2S.Data;
using static TorchSharp.torch;

namespace W2S.Models.Tests;

/// <summary>
/// Of the tiny preset with random weights; once in a file that plain PyTorch writes with MolBERT's structure and Lightning's
/// folders.
/// </summary>
public class MolbertCheckpointTests
{
    private static readonly EncoderShape Tiny = EncoderExamples.Small with { MaximumLength = 512 };

    [SkippableFact]
    public void Its_outputs_are_those_of_the_model_that_wrote_it()
    {
        BertPeer.SkipWithoutIt();
        using var folder = new TemporaryFolder();
        BertPeer.Call("molbert", folder[""], "16", "2", "2", "32");
        using var silent = no_grad();
        using var scope = NewDisposeScope();
        var (shape, weights) = MolbertCheckpoint.Read(Checkpoint(folder));
        Assert.Equal(
            (42, 16, 2, 2, 32, 2),
            (shape.VocabularySize, shape.HiddenSize, shape.Layers, shape.Heads, shape.IntermediateSize, shape.TokenTypes));
        Assert.Equal(PositionEncoding.Sinusoidal, shape.Positions);
        using var encoder = new Encoder(shape, weights);
        var batch = BertPeer.ReadTokens(folder[""]);
        var expected = Safetensors.Read(folder["outputs.safetensors"]).Tensors;

        var vectors = encoder.call(batch);

        var peer = batch.Packed(tensor(expected["tokens"].As<float>().ToArray(), expected["tokens"].Shape));
        BertPeer.AssertClose(NamedTensor.Of("tokens", peer.data<float>().ToArray(), peer.shape), batch.Packed(vectors), 1e-5);
        BertPeer.AssertClose(expected["pooled"], encoder.Pooled(vectors), 1e-5);
        BertPeer.AssertClose(expected["mean"], batch.Mean(vectors), 1e-5);
    }

    [Fact]
    public void Tensors_under_MolBERTs_names_are_the_encoder()
    {
        using var folder = new TemporaryFolder();
        var (shape, weights) = From(folder, Tensors(Tiny));
        Assert.Equal(Tiny, shape);
        Assert.Equal(EncoderExamples.Weights(Tiny).Values, weights.Values);
    }

    [Fact]
    public void Files_that_are_no_MolBERT_are_refused_with_the_cause()
    {
        using var folder = new TemporaryFolder();
        string Refused(Action<Dictionary<string, NamedTensor>> change)
        {
            var changed = Tensors(Tiny);
            change(changed);
            return Assert.Throws<UserErrorException>(() => From(folder, changed)).Message;
        }

        Assert.Contains("last.ckpt is no MolBERT checkpoint: it has no tensor model.bert.embeddings", Refused(all => all.Clear()));
        Assert.Contains(
            "last.ckpt: The tensor model.bert.pooler.dense.weight is missing",
            Refused(all => all.Remove("model.bert.pooler.dense.weight")));
        const string query = "model.bert.encoder.layer.1.attention.self.query.weight";
        Assert.Contains(
            $"last.ckpt: The tensor {query} is F32 [16, 8] where F32 [16, 16] is needed",
            Refused(all => all[query] = NamedTensor.Of(query, new float[128], 16, 8)));
        const string frequencies = "model.bert.embeddings.position_embeddings.inv_freq";
        Assert.Contains(
            $"{frequencies}[1] is 0.5 where MolBERT's positions have 0.3162",
            Refused(all => all[frequencies] = NamedTensor.Of(frequencies, [1, 0.5f, 0, 0, 0, 0, 0, 0], 8)));
        const string types = "model.bert.embeddings.token_type_embeddings.weight";
        Assert.Contains($"{types} is [32] where a matrix is needed", Refused(all => all[types] = NamedTensor.Of(types, new float[32], 32)));
    }

    [Theory]
    [InlineData("tiny: false\n", "says tiny: false, which is hidden size 768")]
    [InlineData("tiny: perhaps\n", "tiny is 'perhaps', but must be true or false")]
    [InlineData("[1, 2\n", "is no YAML")]
    [InlineData("just words\n", "is no list of hyperparameters")]
    public void Hyperparameters_that_do_not_fit_are_refused_with_their_file(string yaml, string cause)
    {
        using var folder = new TemporaryFolder();
        var error = Assert.Throws<UserErrorException>(() => From(folder, Tensors(Tiny), yaml)).Message;
        Assert.Contains(folder[Path.Combine("version_0", "hparams.yaml")], error);
        Assert.Contains(cause, error);
    }

    [Fact]
    public void Python_objects_among_the_hyperparameters_are_read_over()
    {
        using var folder = new TemporaryFolder();
        Assert.Equal(2, From(folder, Tensors(Tiny), "backend: !!python/object/apply:os.system ['false']\ntiny: true\n").Shape.Heads);
    }

    [Fact]
    public void Without_hyperparameters_only_the_sizes_that_MolBERT_has_are_understood()
    {
        using var folder = new TemporaryFolder();
        Assert.Equal(2, From(folder, Tensors(Tiny), yaml: null).Shape.Heads);
        var error = Assert.Throws<UserErrorException>(() => From(folder, Tensors(new EncoderShape(42, 24, 1, 4)), yaml: null)).Message;
        Assert.Contains("hidden size 24; the number of attention heads is in", error);
        Assert.Contains("hparams.yaml, which is absent", error);
    }

    [Fact]
    public void A_missing_file_is_named() =>
        Assert.Contains("nowhere.ckpt", Assert.Throws<UserErrorException>(() => MolbertCheckpoint.Read("nowhere.ckpt")).Message);

    private static string Checkpoint(TemporaryFolder folder) => folder[Path.Combine("version_0", "checkpoints", "last.ckpt")];

    private static MolbertCheckpoint From(
        TemporaryFolder folder, IReadOnlyDictionary<string, NamedTensor> tensors, string? yaml = "tiny: true\n")
    {
        Directory.CreateDirectory(folder["version_0"]);
        if (yaml is not null) File.WriteAllText(folder[Path.Combine("version_0", "hparams.yaml")], yaml);
        return MolbertCheckpoint.From(tensors, Checkpoint(folder));
    }

    private static Dictionary<string, NamedTensor> Tensors(EncoderShape shape) =>
        EncoderExamples.Weights(shape).ToTensors("model.bert.")
            .Append(
                NamedTensor.Of(
                    "model.bert.embeddings.position_embeddings.inv_freq", EncoderShape.InverseFrequencies(shape.HiddenSize),
                    shape.HiddenSize / 2))
            .ToDictionary(tensor => tensor.Name);
}
