using W2S.Data;
using static W2S.Models.Tests.HuggingFaceExample;

namespace W2S.Models.Tests;

/// <summary>Folders that are not what they should be: every one is refused in words.</summary>
public sealed class HuggingFaceRefusalTests
{
    [Theory]
    [InlineData("config.json")]
    [InlineData("model.safetensors")]
    [InlineData("vocab.txt")]
    public void A_missing_file_is_named(string file)
    {
        using var folder = new TemporaryFolder();
        Example(Shape).Write(folder["model"]);
        File.Delete(Path.Combine(folder["model"], file));
        Assert.Contains($"has no {file}", Assert.Throws<UserErrorException>(() => HuggingFaceFolder.Read(folder["model"])).Message);
    }

    [Theory]
    [InlineData(
        "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 440449768\n",
        "a pointer of Git LFS, not the file itself: run git lfs pull")]
    [InlineData("\n <html><head><title>Sign in", "a web page, not the file")]
    public void What_is_no_file_of_weights_but_was_saved_as_one_is_named(string text, string cause)
    {
        foreach (var file in (string[])["model.safetensors", "pytorch_model.bin", "model.safetensors.index.json"])
        {
            using var folder = new TemporaryFolder();
            Example(Shape).Write(folder["model"]);
            File.Delete(Path.Combine(folder["model"], "model.safetensors"));
            File.WriteAllText(Path.Combine(folder["model"], file), text);
            Assert.Contains($"{file} is {cause}", Assert.Throws<UserErrorException>(() => HuggingFaceFolder.Read(folder["model"])).Message);
        }
    }

    [Theory]
    [InlineData(
        "config.json", "\"hidden_size\": 16", "\"hidden_size\": \"wide\"", "config.json: hidden_size is \"wide\", which is no number")]
    [InlineData(
        "config.json", "\"hidden_size\": 16", "\"hidden_size\": 1e12",
        "config.json: hidden_size is 1e12, but must be a whole number from 1 to 1000000")]
    [InlineData("config.json", "\"hidden_size\": 16,", "", "embeddings.word_embeddings.weight is [42, 16] where [42, 768] is needed")]
    [InlineData("config.json", "\"num_attention_heads\": 2", "\"num_attention_heads\": 3", "no multiple of the 3 heads")]
    [InlineData(
        "config.json", "{", "{\"is_decoder\": true,", "config.json: is_decoder is true, but W2S reads BERT encoders with false only")]
    [InlineData("config.json", "{", "{\"add_cross_attention\": true,", "add_cross_attention is true")]
    [InlineData("config.json", "{", "{\"pruned_heads\": {\"0\": [1]},", "pruned_heads is {\"0\":[1]}")]
    [InlineData("config.json", "{", "{\"quantization_config\": {\"bits\": 4},", "quantization_config is {\"bits\":4}")]
    [InlineData(
        "config.json", "{", "{\"auto_map\": {\"AutoModel\": \"modeling_x.X\"},", "auto_map names code of the model's own (modeling_x.X)")]
    [InlineData(
        "config.json", "\"bert\"", "\"deberta-v2\"", "model_type is \"deberta-v2\", but W2S reads encoders with \"bert\", \"roberta\"")]
    [InlineData("config.json", "{", "version https://git-lfs.github.com/spec/v1\n{", "config.json is a pointer of Git LFS")]
    [InlineData("config.json", "{", "<!DOCTYPE html>{", "config.json is a web page")]
    [InlineData("config.json", "\"gelu\"", "\"gelu_new\"", "hidden_act is \"gelu_new\", but W2S reads BERT encoders with \"gelu\" only")]
    [InlineData("config.json", "\"absolute\"", "\"relative_key\"", "position_embedding_type is \"relative_key\"")]
    [InlineData("config.json", "{", "", "config.json is no JSON object")]
    [InlineData(
        "config.json", "\"num_hidden_layers\": 2", "\"num_hidden_layers\": 3", "encoder.layer.2.attention.self.query.weight is missing")]
    [InlineData("vocab.txt", "t41\n", "t41\nt42\n", "vocab.txt has 43 tokens, but config.json says vocab_size 42")]
    public void Files_that_do_not_fit_are_refused_with_file_and_cause(string file, string before, string after, string cause) =>
        Assert.Contains(
            cause,
            Refused(
                file,
                text => text.Contains(before, StringComparison.Ordinal)
                    ? text.Replace(before, after) : throw new ArgumentException(before)));

    [Fact]
    public void A_tensor_that_does_not_fit_is_named_with_the_file_and_both_shapes()
    {
        var error = Refused("config.json", text => text.Replace("\"intermediate_size\": 32", "\"intermediate_size\": 64"));
        Assert.Contains(
            "model.safetensors: The tensor encoder.layer.0.intermediate.dense.weight is [32, 16] where [64, 16] is needed", error);
    }

    [Fact]
    public void Integers_and_types_that_are_not_known_are_named_where_a_weight_is_needed()
    {
        const string name = "encoder.layer.0.output.dense.weight";
        var error = Assert.Throws<UserErrorException>(
            () => Changed(tensors => tensors.Select(tensor => tensor.Name == name
                ? tensor with { Type = TensorType.I8, Bytes = new byte[tensor.Bytes.Length / 4] } : tensor)));
        Assert.Contains($"The tensor {name} is I8; weights are F32, F16, BF16 or F64", error.Message);
    }

    [Fact]
    public void Two_encoders_in_one_file_are_refused_unless_one_has_the_usual_name()
    {
        IEnumerable<NamedTensor> Twice(IEnumerable<NamedTensor> tensors, string first) =>
            tensors.SelectMany(
                tensor => (NamedTensor[])[tensor with { Name = first + tensor.Name }, tensor with { Name = "passages." + tensor.Name }]);
        Assert.Contains(
            "It holds 2 encoders, passages.*, questions.*",
            Assert.Throws<UserErrorException>(() => Changed(tensors => Twice(tensors, "questions."))).Message);
        Assert.Equal(Original, Changed(tensors => Twice(tensors, "bert.")).Weights.Values);
    }

    [Fact]
    public void Shards_outside_of_the_folder_are_refused()
    {
        using var folder = new TemporaryFolder();
        Example(Shape).Write(folder["model"]);
        Shard(folder["model"], name => "../" + name);
        Assert.Contains(
            "'../model-0.safetensors', which is no file of this folder",
            Assert.Throws<UserErrorException>(() => HuggingFaceFolder.Read(folder["model"])).Message);
    }

    [Fact]
    public void Torn_weights_are_refused()
    {
        using var folder = new TemporaryFolder();
        Example(Shape).Write(folder["model"]);
        var path = Path.Combine(folder["model"], "model.safetensors");
        File.WriteAllBytes(path, File.ReadAllBytes(path)[..1000]);
        Assert.Contains(
            $"{path} is not a sound safetensors file",
            Assert.Throws<UserErrorException>(() => HuggingFaceFolder.Read(folder["model"])).Message);
    }

    [Theory]
    [InlineData("config.json")]
    [InlineData("vocab.txt")]
    [InlineData("model.safetensors.index.json")]
    public void Damaged_texts_are_read_or_refused_in_words(string file)
    {
        const int rounds = 500;
        using var folder = new TemporaryFolder();
        Example(Shape).Write(folder["model"]);
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
}
