using System.Text.Json;

namespace W2S.Data;

/// <summary>The data sets that W2S knows. The list is part of the program (catalogue.json); the data are not.</summary>
public static class DataCatalogue
{
    /// <summary>In the order of the list.</summary>
    public static IReadOnlyList<CatalogueEntry> All { get; } = Load();

    // What ./run.sh setup text lays down comes from packages; these are the addresses of those who made it.
    private static readonly (string Name, string Upstream)[] Encoders =
    [
        ("minilm", "https://huggingface.co/sentence-transformers/all-MiniLM-L6-v2"),
        ("arctic-xs", "https://huggingface.co/Snowflake/snowflake-arctic-embed-xs"),
    ];

    /// <exception cref="UserErrorException">There is none of that name; of an encoder that W2S knows it is said where that is.</exception>
    public static CatalogueEntry Named(string name)
    {
        if (All.FirstOrDefault(entry => entry.Name.Equals(name, StringComparison.OrdinalIgnoreCase)) is { } found) return found;
        if (Encoders.FirstOrDefault(one => one.Name.Equals(name, StringComparison.OrdinalIgnoreCase)) is { Name: { } encoder } known)
            throw new UserErrorException(
                $"{encoder} is an encoder and no data set. ./run.sh setup text lays it down in checkpoints/text/{encoder}; its authors' "
                + $"files are {known.Upstream}/resolve/main/onnx/model.onnx and {known.Upstream}/resolve/main/vocab.txt.");
        var names = All.Select(entry => entry.Name).ToList();
        throw new UserErrorException($"There is no data set '{name}'. "
            + (NearestName.Find(name, names) is { } nearest ? $"Did you mean {nearest}? " : "") + $"There are {string.Join(", ", names)}.");
    }

    private static IReadOnlyList<CatalogueEntry> Load()
    {
        using var stream = typeof(DataCatalogue).Assembly.GetManifestResourceStream("catalogue.json")!;
        return JsonSerializer.Deserialize<CatalogueEntry[]>(
            stream, new JsonSerializerOptions { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower })!;
    }
}
