using System.Text.Json;

namespace W2S.Data;

/// <summary>The data sets that W2S knows. The list is part of the program (catalogue.json); the data are not.</summary>
public static class DataCatalogue
{
    public static IReadOnlyList<CatalogueEntry> All { get; } = Load();

    /// <exception cref="UserErrorException">There is none of that name.</exception>
    public static CatalogueEntry Named(string name) =>
        All.FirstOrDefault(entry => string.Equals(entry.Name, name, StringComparison.OrdinalIgnoreCase))
        ?? throw new UserErrorException($"There is no data set '{name}'. There are {string.Join(", ", All.Select(entry => entry.Name))}.");

    private static IReadOnlyList<CatalogueEntry> Load()
    {
        using var stream = typeof(DataCatalogue).Assembly.GetManifestResourceStream("catalogue.json")!;
        return JsonSerializer.Deserialize<CatalogueEntry[]>(stream, new JsonSerializerOptions { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower })!;
    }
}
