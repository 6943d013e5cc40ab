using System.Text.Json;
using W2S.Data;

namespace W2S.Models.PyTorch;

/// <summary>Weights in several files of a folder, with an index of which tensor is where: `model.safetensors.index.json`.</summary>
internal static class TensorShards
{
    public const string Index = ".index.json";

    /// <param name="readShard">Reads the tensors that are wanted from a file.</param>
    /// <exception cref="UserErrorException">The index or a file that it names is damaged or absent.</exception>
    public static TensorDocument Read(string index, Func<string, bool> wanted, Func<string, Func<string, bool>, TensorDocument> readShard)
    {
        var folder = Path.GetDirectoryName(Path.GetFullPath(index))!;
        var shards = Entries(index).GroupBy(entry => entry.File, entry => entry.Tensor, StringComparer.Ordinal).ToList();
        var documents = new List<TensorDocument>();
        foreach (var shard in shards)
        {
            var names = shard.Where(wanted).ToHashSet(StringComparer.Ordinal);
            if (names.Count > 0) documents.Add(readShard(Path.Combine(folder, shard.Key), names.Contains));
        }
        return new TensorDocument(
            documents.Count == 0 ? "no shard" : $"{documents[0].Format}, {shards.Count} shards",
            documents.SelectMany(document => document.Tensors).DistinctBy(pair => pair.Key).ToDictionary(),
            documents.SelectMany(document => document.Values).DistinctBy(pair => pair.Key).ToDictionary())
        {
            LeftOut = documents.SelectMany(document => document.LeftOut).DistinctBy(pair => pair.Key).ToDictionary(),
        };
    }

    private static List<(string Tensor, string File)> Entries(string path)
    {
        try
        {
            using var index = JsonDocument.Parse(File.ReadAllBytes(path));
            var entries = new List<(string, string)>();
            foreach (var entry in index.RootElement.GetProperty("weight_map").EnumerateObject())
            {
                var file = entry.Value.GetString() ?? "";
                if (file != Path.GetFileName(file) || file is "" or "." or "..")
                    throw new UserErrorException(
                        $"{path}: the tensor {entry.Name} is said to be in '{file}', which is no file of this folder.");
                entries.Add((entry.Name, file));
            }
            return entries;
        }
        catch (Exception error) when (error is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw new UserErrorException(
                $"{path} is no index of shards (a JSON object with a weight_map from tensors to files): {error.Message}");
        }
    }
}
