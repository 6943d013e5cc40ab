using System.Text.Json.Nodes;
using W2S.Data;
using static W2S.Models.Tests.HuggingFaceExample;

namespace W2S.Models.Tests;

/// <summary>Folders that W2S writes: what is in them, and what they replace.</summary>
public sealed class HuggingFaceWritingTests
{
    [Theory]
    [InlineData(PositionEncoding.Sinusoidal)]
    [InlineData(PositionEncoding.Learned)]
    public void What_is_written_is_read_back_bit_for_bit(PositionEncoding positions)
    {
        using var folder = new TemporaryFolder();
        var written = Example(Shape with { Positions = positions });
        written.Write(folder["model"]);
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
        Example(Shape).Write(folder["model"]);
        var tensors = Safetensors.Read(Path.Combine(folder["model"], "model.safetensors")).Tensors;
        Assert.Equal(Shape.SinusoidalPositions(), tensors.Floats("embeddings.position_embeddings.weight", 30, 16).ToArray());
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
        Shape.SinusoidalPositions().CopyTo(table);
        table[7] += 1e-3f;
        learned.Write(folder["model"]);
        Assert.Equal(PositionEncoding.Learned, HuggingFaceFolder.Read(folder["model"]).Shape.Positions);
    }

    [Fact]
    public void Writing_again_replaces_the_folder_and_nothing_else_is_ever_replaced()
    {
        using var folder = new TemporaryFolder();
        Example(Shape).Write(folder["model"]);
        Example(Shape with { Layers = 1 }).Write(folder["model"]);
        Assert.Equal(1, HuggingFaceFolder.Read(folder["model"]).Shape.Layers);

        Directory.CreateDirectory(folder["thesis"]);
        File.WriteAllText(Path.Combine(folder["thesis"], "chapter.txt"), "1");
        var error = Assert.Throws<UserErrorException>(() => Example(Shape).Write(folder["thesis"]));
        Assert.Contains("thesis exists and is no folder of an encoder", error.Message);
        Assert.True(File.Exists(Path.Combine(folder["thesis"], "chapter.txt")));
    }

    [Fact]
    public void A_killed_writer_leaves_nothing_in_the_way_of_the_next()
    {
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder["model.tmp"]);
        File.WriteAllText(Path.Combine(folder["model.tmp"], "model.safetensors"), "torn");
        Example(Shape).Write(folder["model"]);
        Assert.Equal([folder["model"]], Directory.EnumerateFileSystemEntries(folder[""]));
    }
}
