using System.Text.Json.Nodes;
using W2S.Data;

namespace W2S.Models.Tests;

/// <summary>A small encoder whose folder tests write, change and read.</summary>
internal static class HuggingFaceExample
{
    public static readonly EncoderShape Shape = EncoderExamples.Small with { MaximumLength = 30, LayerNormEpsilon = 1e-9 };

    public static float[] Original => Example(Shape).Weights.Values;

    /// <summary>What is read of the example after its tensors were changed.</summary>
    public static HuggingFaceFolder Changed(
        Func<IEnumerable<NamedTensor>, IEnumerable<NamedTensor>> change, HuggingFaceFolder? example = null)
    {
        using var folder = new TemporaryFolder();
        (example ?? Example(Shape)).Write(folder["model"]);
        var path = Path.Combine(folder["model"], "model.safetensors");
        Safetensors.Write(path, [.. change(Safetensors.Read(path).Tensors.Values)]);
        return HuggingFaceFolder.Read(folder["model"]);
    }

    /// <summary>Cuts the weights in two.</summary>
    public static void Shard(string folder, Func<string, string> named)
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

    public static string Refused(string file, Func<string, string> change)
    {
        using var folder = new TemporaryFolder();
        Example(Shape).Write(folder["model"]);
        var path = Path.Combine(folder["model"], file);
        File.WriteAllText(path, change(File.ReadAllText(path)));
        return Assert.Throws<UserErrorException>(() => HuggingFaceFolder.Read(folder["model"])).Message;
    }

    public static HuggingFaceFolder Example(EncoderShape shape) =>
        new(shape, EncoderExamples.Weights(shape), [.. Enumerable.Range(0, shape.VocabularySize).Select(id => $"t{id}")]);
}
