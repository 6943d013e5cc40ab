using TorchSharp;
using W2S.Data;
using static TorchSharp.torch;

namespace W2S.Models.Tests;

/// <summary>On a file that plain PyTorch writes with MolBERT's structure and Lightning's folders: the tiny preset with random weights.</summary>
public class MolbertCheckpointTests
{
    private static readonly string[] TinyPreset = ["16", "2", "2", "32"];

    [SkippableFact]
    public void Its_outputs_are_those_of_the_model_that_wrote_it()
    {
        using var folder = Written(TinyPreset);
        using var silent = no_grad();
        using var scope = NewDisposeScope();
        var (shape, weights) = Read(folder);
        Assert.Equal((42, 16, 2, 2, 32, 2), (shape.VocabularySize, shape.HiddenSize, shape.Layers, shape.Heads, shape.IntermediateSize, shape.TokenTypes));
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

    [SkippableFact]
    public void Files_that_are_no_MolBERT_are_refused_with_the_cause()
    {
        using var folder = Written(TinyPreset);
        var tensors = Safetensors.Read(folder["state.safetensors"]).Tensors;
        string Refused(Action<Dictionary<string, NamedTensor>> change)
        {
            var changed = tensors.ToDictionary();
            change(changed);
            return Assert.Throws<UserErrorException>(() => MolbertCheckpoint.From(changed, Checkpoint(folder))).Message;
        }

        Assert.Contains("last.ckpt is no MolBERT checkpoint: it has no tensor model.bert.embeddings", Refused(all => all.Clear()));
        Assert.Contains("last.ckpt: The tensor model.bert.pooler.dense.weight is missing", Refused(all => all.Remove("model.bert.pooler.dense.weight")));
        const string query = "model.bert.encoder.layer.1.attention.self.query.weight";
        Assert.Contains($"last.ckpt: The tensor {query} is F32 [16, 8] where F32 [16, 16] is needed", Refused(all => all[query] = NamedTensor.Of(query, new float[128], 16, 8)));
        const string frequencies = "model.bert.embeddings.position_embeddings.inv_freq";
        Assert.Contains($"{frequencies}[1] is 0.5 where MolBERT's positions have 0.3162", Refused(all => all[frequencies] = NamedTensor.Of(frequencies, [1, 0.5f, 0, 0, 0, 0, 0, 0], 8)));
    }

    [SkippableTheory]
    [InlineData("tiny: false\n", "says tiny: false, which is hidden size 768")]
    [InlineData("tiny: perhaps\n", "tiny is 'perhaps', but must be true or false")]
    [InlineData("[1, 2\n", "is no YAML")]
    [InlineData("just words\n", "is no list of hyperparameters")]
    public void Hyperparameters_that_do_not_fit_are_refused_with_their_file(string yaml, string cause)
    {
        using var folder = Written(TinyPreset);
        var path = folder[Path.Combine("version_0", "hparams.yaml")];
        File.WriteAllText(path, yaml);
        var error = Assert.Throws<UserErrorException>(() => Read(folder)).Message;
        Assert.Contains(path, error);
        Assert.Contains(cause, error);
    }

    [SkippableFact]
    public void Python_objects_among_the_hyperparameters_are_read_over()
    {
        using var folder = Written(TinyPreset);
        File.AppendAllText(folder[Path.Combine("version_0", "hparams.yaml")], "distributed_backend: !!python/object/apply:os.system ['false']\n");
        Assert.Equal(2, Read(folder).Shape.Heads);
    }

    [SkippableFact]
    public void Without_hyperparameters_only_the_sizes_that_MolBERT_has_are_understood()
    {
        using var tiny = Written(TinyPreset);
        File.Delete(tiny[Path.Combine("version_0", "hparams.yaml")]);
        Assert.Equal(2, Read(tiny).Shape.Heads);

        using var other = Written("24", "1", "4", "48");
        File.Delete(other[Path.Combine("version_0", "hparams.yaml")]);
        var error = Assert.Throws<UserErrorException>(() => Read(other)).Message;
        Assert.Contains("hidden size 24; the number of attention heads is in", error);
        Assert.Contains("hparams.yaml, which is absent", error);
    }

    private static MolbertCheckpoint Read(TemporaryFolder folder) => MolbertCheckpoint.From(Safetensors.Read(folder["state.safetensors"]).Tensors, Checkpoint(folder));

    private static string Checkpoint(TemporaryFolder folder) => folder[Path.Combine("version_0", "checkpoints", "last.ckpt")];

    private static TemporaryFolder Written(params string[] sizes)
    {
        BertPeer.SkipWithoutIt();
        var folder = new TemporaryFolder();
        BertPeer.Call(["molbert", folder[""], .. sizes]);
        return folder;
    }
}
