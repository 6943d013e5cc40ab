using System.Text.Json;
using W2S.Models;

namespace W2S.Tests.Cli;

/// <summary>`checkpoints inspect` of files that other programs made.</summary>
public sealed class CheckpointsInspectTests : IDisposable
{
    private readonly BuiltProgram _program = new();

    public void Dispose() => _program.Dispose();

    [SkippableTheory]
    [InlineData("burn/reader/mixed_types.pt")]
    [InlineData("burn/reader/special_values.pt")]
    [InlineData("burn/reader/bool.pt")]
    [InlineData("burn/reader/legacy_shared_storage.pt")]
    [InlineData("torchsharp-pybridge/tensors.safetensors")]
    public void Json_is_what_an_independent_reader_lists(string name)
    {
        using var json = JsonDocument.Parse(File.ReadAllText(Shared("expected.json")));
        var expected = json.RootElement.GetProperty("files").EnumerateArray().Single(file => file.GetProperty("file").GetString() == name);
        var (code, output, error) = _program.Run($"checkpoints inspect \"{Shared(name)}\" --json");
        Assert.True(code == 0, error);
        using var found = JsonDocument.Parse(output);
        Assert.Equal(expected.GetProperty("format").GetString(), found.RootElement.GetProperty("format").GetString());
        Assert.Equal(Lines(expected), Lines(found.RootElement));
    }

    [Fact]
    public void A_Hugging_Face_folder_stands_for_its_weights()
    {
        var shape = new EncoderShape(10, 4, 1, 1);
        new HuggingFaceFolder(shape, EncoderWeights.InitialiseEncoder(shape, 0, "encoder"), [.. Enumerable.Range(0, 10).Select(id => $"token{id}")]).Write(Path.Combine(_program.Folder, "exported"));
        var (code, output, error) = _program.Run("checkpoints inspect exported");
        Assert.True(code == 0, error);
        Assert.Contains("encoder.layer.0.attention.self.query.weight", output, StringComparison.Ordinal);
    }

    [SkippableFact]
    public void Text_is_a_table_of_80_columns_with_the_other_values_below()
    {
        var (code, output, _) = _program.Run($"checkpoints inspect \"{Shared("burn/reader/checkpoint.pt")}\"");
        Assert.Equal(0, code);
        Assert.Contains("model_state_dict.fc1.weight", output);
        Assert.Contains("[10, 5]", output);
        Assert.Contains("epoch = ", output);
        Assert.All(output.Split('\n'), line => Assert.InRange(line.Length, 0, 80));
    }

    [SkippableFact]
    public void A_broken_file_is_refused_with_its_name()
    {
        var (code, output, error) = _program.Run($"checkpoints inspect \"{Shared("burn/reader/broken.pt")}\"");
        Assert.Equal((2, ""), (code, output));
        Assert.Contains("broken.pt is no file of weights", error);
    }

    [Fact]
    public void A_missing_file_and_long_names_are_no_trouble()
    {
        Assert.Contains("There is no file nowhere.pt", _program.Run("checkpoints inspect nowhere.pt").Error);
        var name = string.Join('.', Enumerable.Repeat("layer", 20));
        Safetensors.Write(Path.Combine(_program.Folder, "long.safetensors"), [NamedTensor.Of(name, [1f, float.NaN], 2), NamedTensor.Of("\u001b[2J", [2L], 1)]);
        var output = _program.Run("checkpoints inspect long.safetensors").Output;
        Assert.DoesNotContain('\u001b', output);
        Assert.All(output.Split('\n'), line => Assert.InRange(line.Length, 0, 80));
    }

    private static IEnumerable<string> Lines(JsonElement file) => file.GetProperty("tensors").EnumerateArray()
        .Select(tensor => string.Join(' ', new[] { "name", "dtype", "shape", "sha256", "first" }.Select(key => Canonical(tensor.GetProperty(key)))))
        .Order(StringComparer.Ordinal);

    /// <summary>Without white space; numbers as doubles, because writers differ in 1.0 and 1.</summary>
    private static string Canonical(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Array => $"[{string.Join(',', value.EnumerateArray().Select(Canonical))}]",
        JsonValueKind.Number => value.GetDouble().ToString("R"),
        _ => value.ToString(),
    };

    /// <summary>Where W2S_DATA points, or ../shared/data beside the repository.</summary>
    private static string Shared(string file)
    {
        var root = new DirectoryInfo(AppContext.BaseDirectory);
        while (root != null && !File.Exists(Path.Combine(root.FullName, "W2S.sln"))) root = root.Parent;
        var data = Environment.GetEnvironmentVariable("W2S_DATA") is { Length: > 0 } given ? given : Path.GetFullPath(Path.Combine(root?.FullName ?? "", "..", "shared", "data"));
        Skip.IfNot(Directory.Exists(Path.Combine(data, "checkpoints")), $"{data}/checkpoints is absent.");
        return Path.Combine(data, "checkpoints", file);
    }
}
