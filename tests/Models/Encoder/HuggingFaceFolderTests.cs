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
        Assert.Contains("model.safetensors: The tensor encoder.layer.0.intermediate.dense.weight is F32 [32, 16] where F32 [64, 16] is needed", error);
    }

    [Theory]
    [InlineData("config.json", "\"hidden_size\": 16", "\"hidden_size\": \"wide\"", "config.json: hidden_size is \"wide\", which is no number")]
    [InlineData("config.json", "\"hidden_size\": 16", "\"hidden_size\": 1e12", "config.json: hidden_size is 1e12, but must be a whole number from 1 to 1000000")]
    [InlineData("config.json", "\"hidden_size\": 16,", "", "config.json lacks hidden_size")]
    [InlineData("config.json", "\"num_attention_heads\": 2", "\"num_attention_heads\": 3", "no multiple of the 3 heads")]
    [InlineData("config.json", "\"gelu\"", "\"gelu_new\"", "hidden_act is \"gelu_new\", but W2S reads BERT encoders with \"gelu\" only")]
    [InlineData("config.json", "\"absolute\"", "\"relative_key\"", "position_embedding_type is \"relative_key\"")]
    [InlineData("config.json", "{", "", "config.json is no JSON object")]
    [InlineData("config.json", "\"num_hidden_layers\": 2", "\"num_hidden_layers\": 3", "encoder.layer.2.attention.self.query.weight is missing")]
    [InlineData("vocab.txt", "t41\n", "", "vocab.txt has 41 tokens, but config.json says vocab_size 42")]
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
