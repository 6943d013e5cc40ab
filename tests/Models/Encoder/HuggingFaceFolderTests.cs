using System.Text.Json.Nodes;
using W2S.Data;

namespace W2S.Models.Tests;

public class HuggingFaceFolderTests
{
    private static readonly EncoderShape Shape = EncoderExamples.Small with { MaximumLength = 30, LayerNormEpsilon = 1e-9 };

    [Theory]
    [InlineData(PositionEncoding.Sinusoidal)]
    [InlineData(PositionEncoding.Learned)]
    public void What_is_written_is_read_back_bit_for_bit(PositionEncoding positions)
    {
        using var folder = new TemporaryFolder();
        var written = Example(Shape with { Positions = positions });
        HuggingFaceFolder.Write(folder["model"], written);
        var read = HuggingFaceFolder.Read(folder["model"]);
        Assert.Equal(written.Shape, read.Shape);
        Assert.Equal(written.Vocabulary, read.Vocabulary);
        Assert.Equal(written.Weights.Values, read.Weights.Values);
        Assert.Equal([folder["model"]], Directory.EnumerateFileSystemEntries(folder[""]));
    }

    [Fact]
    public void Sinusoidal_positions_are_written_as_the_table_that_BertModel_needs()
    {
        using var folder = new TemporaryFolder();
        HuggingFaceFolder.Write(folder["model"], Example(Shape));
        var tensors = Safetensors.Read(Path.Combine(folder["model"], "model.safetensors")).Tensors;
        Assert.Equal(SinusoidalPositions.Table(30, 16), tensors.Floats("embeddings.position_embeddings.weight", 30, 16).ToArray());
        var config = JsonNode.Parse(File.ReadAllText(Path.Combine(folder["model"], "config.json")))!;
        Assert.Equal("absolute", (string?)config["position_embedding_type"]);
        Assert.Equal("bert", (string?)config["model_type"]);
        Assert.Equal("gelu", (string?)config["hidden_act"]);
        Assert.Equal(1e-9, (double)config["layer_norm_eps"]!);
        Assert.Equal(30, (int)config["max_position_embeddings"]!);
        Assert.Equal("t0\nt1\n", File.ReadAllText(Path.Combine(folder["model"], "vocab.txt"))[..6]);
    }

    [Fact]
    public void A_table_that_was_trained_further_is_a_learned_one()
    {
        using var folder = new TemporaryFolder();
        var learned = Example(Shape with { Positions = PositionEncoding.Learned });
        var table = learned.Weights["embeddings.position_embeddings.weight"];
        SinusoidalPositions.Table(30, 16).CopyTo(table);
        table[7] += 1e-3f;
        HuggingFaceFolder.Write(folder["model"], learned);
        Assert.Equal(PositionEncoding.Learned, HuggingFaceFolder.Read(folder["model"]).Shape.Positions);
    }

    [Fact]
    public void The_encoder_inside_a_task_model_is_found()
    {
        using var folder = new TemporaryFolder();
        var written = Example(Shape);
        HuggingFaceFolder.Write(folder["model"], written);
        var path = Path.Combine(folder["model"], "model.safetensors");
        var renamed = Safetensors.Read(path).Tensors.Values.Select(tensor => tensor with { Name = "bert." + tensor.Name });
        Safetensors.Write(path, [.. renamed, NamedTensor.Of("cls.predictions.bias", new float[42], 42)]);
        Assert.Equal(written.Weights.Values, HuggingFaceFolder.Read(folder["model"]).Weights.Values);
    }

    [Fact]
    public void Weights_in_half_precision_are_widened()
    {
        using var folder = new TemporaryFolder();
        var written = Example(Shape with { Positions = PositionEncoding.Learned });
        HuggingFaceFolder.Write(folder["model"], written);
        var path = Path.Combine(folder["model"], "model.safetensors");
        Safetensors.Write(path, [.. Safetensors.Read(path).Tensors.Values.Select(tensor => tensor with
        {
            Type = TensorType.F16,
            Bytes = [.. tensor.As<float>().ToArray().SelectMany(value => BitConverter.GetBytes((Half)value))],
        })]);
        Assert.Equal(written.Weights.Values.Select(value => (float)(Half)value), HuggingFaceFolder.Read(folder["model"]).Weights.Values);
    }

    [Theory]
    [InlineData(TensorType.F64)]
    [InlineData(TensorType.BF16)]
    public void Weights_of_other_precision_are_read_in_single(TensorType type)
    {
        // Rounded, sinusoids would be a learned table.
        var example = Example(Shape with { Positions = PositionEncoding.Learned });
        var bytes = (float value) => type == TensorType.F64 ? BitConverter.GetBytes((double)value) : BitConverter.GetBytes(value)[2..];
        var read = Changed(tensors => tensors.Select(tensor => tensor with { Type = type, Bytes = [.. tensor.As<float>().ToArray().SelectMany(bytes)] }), example);
        Assert.Equal(example.Weights.Values.Select(value => type == TensorType.F64 ? value : BitConverter.UInt32BitsToSingle(BitConverter.SingleToUInt32Bits(value) & 0xffff0000)), read.Weights.Values);
    }

    [Fact]
    public void Absent_keys_have_the_defaults_of_BertConfig()
    {
        using var folder = new TemporaryFolder();
        HuggingFaceFolder.Write(folder["model"], Example(Shape with { LayerNormEpsilon = 1e-12 }));
        var path = Path.Combine(folder["model"], "config.json");
        var config = JsonNode.Parse(File.ReadAllText(path))!.AsObject();
        foreach (var key in (string[])["layer_norm_eps", "type_vocab_size", "model_type", "architectures", "hidden_act", "position_embedding_type"]) config.Remove(key);
        File.WriteAllText(path, config.ToJsonString());
        Assert.Equal(Shape with { LayerNormEpsilon = 1e-12 }, HuggingFaceFolder.Read(folder["model"]).Shape);
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
    public void Two_encoders_in_one_file_are_refused_unless_one_has_the_usual_name()
    {
        IEnumerable<NamedTensor> Twice(IEnumerable<NamedTensor> tensors, string first) =>
            tensors.SelectMany(tensor => (NamedTensor[])[tensor with { Name = first + tensor.Name }, tensor with { Name = "passages." + tensor.Name }]);
        Assert.Contains("It holds 2 encoders, passages.*, questions.*", Assert.Throws<UserErrorException>(() => Changed(tensors => Twice(tensors, "questions."))).Message);
        Assert.Equal(Original, Changed(tensors => Twice(tensors, "bert.")).Weights.Values);
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
        HuggingFaceFolder.Write(folder["model"], example with { Vocabulary = [.. example.Vocabulary.Take(38)] });
        Assert.Equal(38, HuggingFaceFolder.Read(folder["model"]).Vocabulary.Count);
    }

    [Fact]
    public void Integers_and_types_that_are_not_known_are_named_where_a_weight_is_needed()
    {
        const string name = "encoder.layer.0.output.dense.weight";
        var error = Assert.Throws<UserErrorException>(() => Changed(tensors => tensors.Select(tensor => tensor.Name == name ? tensor with { Type = TensorType.I8, Bytes = new byte[tensor.Bytes.Length / 4] } : tensor)));
        Assert.Contains($"The tensor {name} is I8; weights are F32, F16, BF16 or F64", error.Message);
    }

    [Fact]
    public void Shards_are_one_model()
    {
        using var folder = new TemporaryFolder();
        HuggingFaceFolder.Write(folder["model"], Example(Shape));
        Shard(folder["model"], name => name);
        Assert.Equal(Original, HuggingFaceFolder.Read(folder["model"]).Weights.Values);
        File.Delete(Path.Combine(folder["model"], "model-1.safetensors"));
        Assert.Contains("model-1.safetensors", Assert.Throws<UserErrorException>(() => HuggingFaceFolder.Read(folder["model"])).Message);
    }

    [Fact]
    public void Shards_outside_of_the_folder_are_refused()
    {
        using var folder = new TemporaryFolder();
        HuggingFaceFolder.Write(folder["model"], Example(Shape));
        Shard(folder["model"], name => "../" + name);
        Assert.Contains("'../model-0.safetensors', which is no file of this folder", Assert.Throws<UserErrorException>(() => HuggingFaceFolder.Read(folder["model"])).Message);
    }

    [Theory]
    [InlineData("version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 440449768\n", "a pointer of Git LFS, not the file itself: run git lfs pull")]
    [InlineData("\n <html><head><title>Sign in", "a web page, not the file")]
    public void What_is_no_file_of_weights_but_was_saved_as_one_is_named(string text, string cause)
    {
        foreach (var file in (string[])["model.safetensors", "pytorch_model.bin", "model.safetensors.index.json"])
        {
            using var folder = new TemporaryFolder();
            HuggingFaceFolder.Write(folder["model"], Example(Shape));
            File.Delete(Path.Combine(folder["model"], "model.safetensors"));
            File.WriteAllText(Path.Combine(folder["model"], file), text);
            Assert.Contains($"{file} is {cause}", Assert.Throws<UserErrorException>(() => HuggingFaceFolder.Read(folder["model"])).Message);
        }
    }

    [Fact]
    public void Writing_again_replaces_the_folder_and_nothing_else_is_ever_replaced()
    {
        using var folder = new TemporaryFolder();
        HuggingFaceFolder.Write(folder["model"], Example(Shape));
        HuggingFaceFolder.Write(folder["model"], Example(Shape with { Layers = 1 }));
        Assert.Equal(1, HuggingFaceFolder.Read(folder["model"]).Shape.Layers);

        Directory.CreateDirectory(folder["thesis"]);
        File.WriteAllText(Path.Combine(folder["thesis"], "chapter.txt"), "1");
        var error = Assert.Throws<UserErrorException>(() => HuggingFaceFolder.Write(folder["thesis"], Example(Shape)));
        Assert.Contains("thesis exists and is no folder of an encoder", error.Message);
        Assert.True(File.Exists(Path.Combine(folder["thesis"], "chapter.txt")));
    }

    [Fact]
    public void A_killed_writer_leaves_nothing_in_the_way_of_the_next()
    {
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder["model.tmp"]);
        File.WriteAllText(Path.Combine(folder["model.tmp"], "model.safetensors"), "torn");
        HuggingFaceFolder.Write(folder["model"], Example(Shape));
        Assert.Equal([folder["model"]], Directory.EnumerateFileSystemEntries(folder[""]));
    }

    [Fact]
    public void A_tensor_that_does_not_fit_is_named_with_the_file_and_both_shapes()
    {
        var error = Refused("config.json", text => text.Replace("\"intermediate_size\": 32", "\"intermediate_size\": 64"));
        Assert.Contains("model.safetensors: The tensor encoder.layer.0.intermediate.dense.weight is [32, 16] where [64, 16] is needed", error);
    }

    [Theory]
    [InlineData("config.json", "\"hidden_size\": 16", "\"hidden_size\": \"wide\"", "config.json: hidden_size is \"wide\", which is no number")]
    [InlineData("config.json", "\"hidden_size\": 16", "\"hidden_size\": 1e12", "config.json: hidden_size is 1e12, but must be a whole number from 1 to 1000000")]
    [InlineData("config.json", "\"hidden_size\": 16,", "", "embeddings.word_embeddings.weight is [42, 16] where [42, 768] is needed")]
    [InlineData("config.json", "\"num_attention_heads\": 2", "\"num_attention_heads\": 3", "no multiple of the 3 heads")]
    [InlineData("config.json", "{", "{\"is_decoder\": true,", "config.json: is_decoder is true, but W2S reads BERT encoders with false only")]
    [InlineData("config.json", "{", "{\"add_cross_attention\": true,", "add_cross_attention is true")]
    [InlineData("config.json", "{", "{\"pruned_heads\": {\"0\": [1]},", "pruned_heads is {\"0\":[1]}")]
    [InlineData("config.json", "{", "{\"quantization_config\": {\"bits\": 4},", "quantization_config is {\"bits\":4}")]
    [InlineData("config.json", "{", "{\"auto_map\": {\"AutoModel\": \"modeling_x.X\"},", "auto_map names code of the model's own (modeling_x.X)")]
    [InlineData("config.json", "\"bert\"", "\"deberta-v2\"", "model_type is \"deberta-v2\", but W2S reads encoders with \"bert\", \"roberta\"")]
    [InlineData("config.json", "{", "version https://git-lfs.github.com/spec/v1\n{", "config.json is a pointer of Git LFS")]
    [InlineData("config.json", "{", "<!DOCTYPE html>{", "config.json is a web page")]
    [InlineData("config.json", "\"gelu\"", "\"gelu_new\"", "hidden_act is \"gelu_new\", but W2S reads BERT encoders with \"gelu\" only")]
    [InlineData("config.json", "\"absolute\"", "\"relative_key\"", "position_embedding_type is \"relative_key\"")]
    [InlineData("config.json", "{", "", "config.json is no JSON object")]
    [InlineData("config.json", "\"num_hidden_layers\": 2", "\"num_hidden_layers\": 3", "encoder.layer.2.attention.self.query.weight is missing")]
    [InlineData("vocab.txt", "t41\n", "t41\nt42\n", "vocab.txt has 43 tokens, but config.json says vocab_size 42")]
    public void Files_that_do_not_fit_are_refused_with_file_and_cause(string file, string before, string after, string cause) =>
        Assert.Contains(cause, Refused(file, text => text.Contains(before, StringComparison.Ordinal) ? text.Replace(before, after) : throw new ArgumentException(before)));

    [Theory]
    [InlineData("config.json")]
    [InlineData("model.safetensors")]
    [InlineData("vocab.txt")]
    public void A_missing_file_is_named(string file)
    {
        using var folder = new TemporaryFolder();
        HuggingFaceFolder.Write(folder["model"], Example(Shape));
        File.Delete(Path.Combine(folder["model"], file));
        Assert.Contains($"has no {file}", Assert.Throws<UserErrorException>(() => HuggingFaceFolder.Read(folder["model"])).Message);
    }

    [Fact]
    public void Torn_weights_are_refused()
    {
        using var folder = new TemporaryFolder();
        HuggingFaceFolder.Write(folder["model"], Example(Shape));
        var path = Path.Combine(folder["model"], "model.safetensors");
        File.WriteAllBytes(path, File.ReadAllBytes(path)[..1000]);
        Assert.Contains($"{path} is not a sound safetensors file", Assert.Throws<UserErrorException>(() => HuggingFaceFolder.Read(folder["model"])).Message);
    }

    private static float[] Original => Example(Shape).Weights.Values;

    /// <summary>What is read of the example after its tensors were changed.</summary>
    private static HuggingFaceEncoder Changed(Func<IEnumerable<NamedTensor>, IEnumerable<NamedTensor>> change, HuggingFaceEncoder? example = null)
    {
        using var folder = new TemporaryFolder();
        HuggingFaceFolder.Write(folder["model"], example ?? Example(Shape));
        var path = Path.Combine(folder["model"], "model.safetensors");
        Safetensors.Write(path, [.. change(Safetensors.Read(path).Tensors.Values)]);
        return HuggingFaceFolder.Read(folder["model"]);
    }

    /// <summary>Cuts the weights in two.</summary>
    private static void Shard(string folder, Func<string, string> named)
    {
        var path = Path.Combine(folder, "model.safetensors");
        var tensors = Safetensors.Read(path).Tensors.Values.ToList();
        File.Delete(path);
        var map = new JsonObject();
        for (var shard = 0; shard < 2; shard++)
        {
            var own = tensors.Where((_, place) => place % 2 == shard).ToList();
            Safetensors.Write(Path.Combine(folder, $"model-{shard}.safetensors"), own);
            foreach (var tensor in own) map[tensor.Name] = named($"model-{shard}.safetensors");
        }
        File.WriteAllText(path + ".index.json", new JsonObject { ["metadata"] = new JsonObject(), ["weight_map"] = map }.ToJsonString());
    }

    [Theory]
    [InlineData("config.json")]
    [InlineData("vocab.txt")]
    [InlineData("model.safetensors.index.json")]
    public void Damaged_texts_are_read_or_refused_in_words(string file)
    {
        const int rounds = 500;
        using var folder = new TemporaryFolder();
        HuggingFaceFolder.Write(folder["model"], Example(Shape));
        if (file.EndsWith(".index.json", StringComparison.Ordinal)) Shard(folder["model"], name => name);
        var path = Path.Combine(folder["model"], file);
        var (whole, refused) = (File.ReadAllBytes(path), 0);
        for (var round = 0; round < rounds; round++)
        {
            var random = new RandomStream(9, file, round);
            var bytes = whole.ToList();
            for (var change = random.NextInt(3); change >= 0; change--)
            {
                var at = random.NextInt(bytes.Count);
                switch (random.NextInt(3))
                {
                    case 0: bytes[at] ^= (byte)(1 << random.NextInt(8)); break;
                    case 1: bytes.RemoveRange(at, Math.Min(1 + random.NextInt(4), bytes.Count - at - 1)); break;
                    default: bytes[at] = (byte)"0{}[]\":,-9e\\u\n"[random.NextInt(14)]; break;
                }
            }
            File.WriteAllBytes(path, [.. bytes]);
            try
            {
                HuggingFaceFolder.Read(folder["model"]);
            }
            catch (UserErrorException)
            {
                refused++;
            }
        }
        Assert.InRange(refused, 1, rounds);
    }

    private static string Refused(string file, Func<string, string> change)
    {
        using var folder = new TemporaryFolder();
        HuggingFaceFolder.Write(folder["model"], Example(Shape));
        var path = Path.Combine(folder["model"], file);
        File.WriteAllText(path, change(File.ReadAllText(path)));
        return Assert.Throws<UserErrorException>(() => HuggingFaceFolder.Read(folder["model"])).Message;
    }

    private static HuggingFaceEncoder Example(EncoderShape shape) =>
        new(shape, EncoderExamples.Weights(shape), [.. Enumerable.Range(0, shape.VocabularySize).Select(id => $"t{id}")]);
}
