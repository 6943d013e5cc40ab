using System.Text.Json;
using System.Text.Json.Serialization;

namespace W2S.Data;

/// <summary>
/// A file that W2S knows: where it comes from, under which licence, and what it must be. The list of them is part of the program
/// (catalogue.json); the data are not.
/// </summary>
public sealed record CatalogueEntry
{
    /// <summary>As `data fetch` knows it: "lipop".</summary>
    public required string Name { get; init; }

    /// <summary>Relative to a data folder.</summary>
    public required string File { get; init; }

    /// <summary>Of the stored file; null where no copy of it was at hand when the catalogue was written.</summary>
    public long? Bytes { get; init; }

    /// <summary>Of the stored file, lower-case hexadecimal; null as for <see cref="Bytes"/>.</summary>
    public string? Sha256 { get; init; }

    /// <summary>Of what a gzipped file holds, since the same text can be packed in many ways; else that of the file.</summary>
    public required string ContentSha256 { get; init; }

    /// <summary>Molecules or texts, without the header; null where nobody counted.</summary>
    public int? Rows { get; init; }

    /// <summary>Under which it may be used, as its source says.</summary>
    public required string Licence { get; init; }

    /// <summary>Addresses of the files that it was made from. They were not reachable when the catalogue was written.</summary>
    public required IReadOnlyList<string> Upstream { get; init; }

    /// <summary>What makes the stored file of the upstream ones.</summary>
    public required Recipe Transformation { get; init; }

    /// <summary>The transformation for people, where its name does not say it all; null elsewhere.</summary>
    public string? TransformationInWords { get; init; }

    /// <summary>What else is to be known of the file; null: nothing.</summary>
    public string? Note { get; init; }

    /// <summary>Whether the stored file is compressed.</summary>
    [JsonIgnore]
    public bool IsGzip => File.EndsWith(".gz", StringComparison.Ordinal);

    /// <summary>All there are, in the order of the list.</summary>
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
        using var stream = typeof(CatalogueEntry).Assembly.GetManifestResourceStream("catalogue.json")!;
        return JsonSerializer.Deserialize<CatalogueEntry[]>(
            stream, new JsonSerializerOptions { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower })!;
    }

    /// <summary>What is done to an upstream file to make the file that W2S reads. All but the last are done by `data fetch`.</summary>
    [JsonConverter(typeof(JsonStringEnumConverter<Recipe>))]
    public enum Recipe
    {
        [JsonStringEnumMemberName("none")] None,
        [JsonStringEnumMemberName("gunzip")] Gunzip,
        [JsonStringEnumMemberName("gunzip-strip-blanks")] GunzipStripBlanks,
        [JsonStringEnumMemberName("gzip")] Gzip,
        [JsonStringEnumMemberName("header-gzip")] HeaderGzip,
        [JsonStringEnumMemberName("chembench-splits")] ChemBenchSplits,

        /// <summary>Out of archives that .NET cannot open: only a mirror or a folder that has the finished file serves.</summary>
        [JsonStringEnumMemberName("by-hand")] ByHand,
    }
}
