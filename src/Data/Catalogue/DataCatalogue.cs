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
    public static CatalogueEntry Named(string name) =>
        All.FirstOrDefault(entry => string.Equals(entry.Name, name, StringComparison.OrdinalIgnoreCase))
        ?? (Encoders.FirstOrDefault(encoder => encoder.Name.Equals(name, StringComparison.OrdinalIgnoreCase)) is { Name: { } encoder, Upstream: var upstream }
            ? throw new UserErrorException(
                $"{encoder} is an encoder and no data set. ./run.sh setup text lays it down in checkpoints/text/{encoder}; its authors' files are "
                + $"{upstream}/resolve/main/onnx/model.onnx and {upstream}/resolve/main/vocab.txt.")
            : throw new UserErrorException($"There is no data set '{name}'. "
                + (NearestName.Find(name, All.Select(entry => entry.Name)) is { } nearest ? $"Did you mean {nearest}? " : "")
                + $"There are {string.Join(", ", All.Select(entry => entry.Name))}."));

    private static IReadOnlyList<CatalogueEntry> Load()
    {
        using var stream = typeof(DataCatalogue).Assembly.GetManifestResourceStream("catalogue.json")!;
        return JsonSerializer.Deserialize<CatalogueEntry[]>(stream, new JsonSerializerOptions { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower })!;
    }
}
