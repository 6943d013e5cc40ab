using System.Text.Json.Nodes;
using W2S.Data;
using static W2S.Models.Tests.HuggingFaceExample;

namespace W2S.Models.Tests;

/// <summary>Folders as people have them: what is read of them, whatever wrote them.</summary>
public sealed class HuggingFaceFolderTests
{
    [Fact]
    public void The_encoder_inside_a_task_model_is_found()
    {
        using var folder = new TemporaryFolder();
        var written = Example(Shape);
        written.Write(folder["model"]);
        var path = Path.Combine(folder["model"], "model.safetensors");
        var renamed = Safetensors.Read(path).Tensors.Values.Select(tensor => tensor with { Name = "bert." + tensor.Name });
        Safetensors.Write(path, [.. renamed, NamedTensor.Of("cls.predictions.bias", new float[42], 42)]);
        Assert.Equal(written.Weights.Values, HuggingFaceFolder.Read(folder["model"]).Weights.Values);
    }

    [Fact]
    public void Absent_keys_have_the_defaults_of_BertConfig()
    {
        using var folder = new TemporaryFolder();
        Example(Shape with { LayerNormEpsilon = 1e-12 }).Write(folder["model"]);
        var path = Path.Combine(folder["model"], "config.json");
        var config = JsonNode.Parse(File.ReadAllText(path))!.AsObject();
        string[] absent =
            ["layer_norm_eps", "type_vocab_size", "model_type", "architectures", "hidden_act", "position_embedding_type"];
        foreach (var key in absent) config.Remove(key);
        File.WriteAllText(path, config.ToJsonString());
        Assert.Equal(Shape with { LayerNormEpsilon = 1e-12 }, HuggingFaceFolder.Read(folder["model"]).Shape);
    }

    [Theory]
    [InlineData(TensorType.F64)]
    [InlineData(TensorType.F16)]
    [InlineData(TensorType.BF16)]
    public void Weights_of_other_precision_are_read_in_single(TensorType type)
    {
        // Rounded, sinusoids would be a learned table.
        var example = Example(Shape with { Positions = PositionEncoding.Learned });
        var read = Changed(
            tensors => tensors.Select(tensor => tensor with { Type = type, Bytes = [.. tensor.As<float>().ToArray().SelectMany(Bytes)] }),
            example);
        Assert.Equal(example.Weights.Values.Select(Rounded), read.Weights.Values);

        byte[] Bytes(float value) => type switch
        {
            TensorType.F64 => BitConverter.GetBytes((double)value),
            TensorType.F16 => BitConverter.GetBytes((Half)value),
            _ => BitConverter.GetBytes(value)[2..],
        };

        float Rounded(float value) => type switch
        {
            TensorType.F64 => value,
            TensorType.F16 => (float)(Half)value,
            _ => BitConverter.UInt32BitsToSingle(BitConverter.SingleToUInt32Bits(value) & 0xffff0000),
        };
    }

    [Fact]
    public void Names_of_old_of_task_and_of_wrapped_models_are_found()
    {
        Func<NamedTensor, string>[] others =
        [
            tensor => "bert." + tensor.Name.Replace("LayerNorm.weight", "LayerNorm.gamma").Replace("LayerNorm.bias", "LayerNorm.beta"),
            tensor => "module.encoder.bert." + tensor.Name,
            tensor => "0.auto_model." + tensor.Name,
        ];
        foreach (var rename in others)
            Assert.Equal(Original, Changed(tensors => tensors.Select(tensor => tensor with { Name = rename(tensor) })).Weights.Values);
    }

    [Fact]
    public void A_tensor_that_a_file_has_only_as_what_it_is_tied_to_is_found_there()
    {
        const string embeddings = "bert.embeddings.word_embeddings.weight", decoder = "a.decoder.weight";
        using var folder = new TemporaryFolder();
        Example(Shape).Write(folder["model"]);
        var path = Path.Combine(folder["model"], "model.safetensors");
        var tensors = Safetensors.Read(path).Tensors.Values.Select(tensor => tensor with { Name = "bert." + tensor.Name });
        Safetensors.Write(
            path, [.. tensors.Select(tensor => tensor.Name == embeddings ? tensor with { Name = decoder } : tensor)],
            new Dictionary<string, string> { ["format"] = "pt", [embeddings] = decoder });
        Assert.Equal(Original, HuggingFaceFolder.Read(folder["model"]).Weights.Values);
    }

    [Fact]
    public void A_missing_pooler_is_told_and_all_else_read()
    {
        var read = Changed(tensors => tensors.Where(tensor => !tensor.Name.Contains("pooler", StringComparison.Ordinal)));
        Assert.True(read.Shape.WithoutPooler);
        Assert.Equal(Original[..^(16 * 16 + 16)], read.Weights.Values);
    }

    [Fact]
    public void A_vocabulary_may_be_shorter_than_its_padded_embeddings()
    {
        using var folder = new TemporaryFolder();
        var example = Example(Shape);
        (example with { Vocabulary = [.. example.Vocabulary.Take(38)] }).Write(folder["model"]);
        Assert.Equal(38, HuggingFaceFolder.Read(folder["model"]).Vocabulary.Count);
    }

    [Fact]
    public void Shards_are_one_model()
    {
        using var folder = new TemporaryFolder();
        Example(Shape).Write(folder["model"]);
        Shard(folder["model"], name => name);
        Assert.Equal(Original, HuggingFaceFolder.Read(folder["model"]).Weights.Values);
        File.Delete(Path.Combine(folder["model"], "model-1.safetensors"));
        Assert.Contains("model-1.safetensors", Assert.Throws<UserErrorException>(() => HuggingFaceFolder.Read(folder["model"])).Message);
    }
}
