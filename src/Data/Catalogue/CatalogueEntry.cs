using System.Text.Json.Serialization;

namespace W2S.Data;

/// <summary>What is done to an upstream file to make the file that W2S reads. All but the last are done by `data fetch`.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<Transformation>))]
public enum Transformation
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

/// <summary>A file that W2S knows: where it comes from, under which licence, and what it must be.</summary>
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
    public required Transformation Transformation { get; init; }

    /// <summary>The transformation for people, where its name does not say it all; null elsewhere.</summary>
    public string? TransformationInWords { get; init; }

    /// <summary>What else is to be known of the file; null: nothing.</summary>
    public string? Note { get; init; }

    /// <summary>Whether the stored file is compressed.</summary>
    [JsonIgnore]
    public bool IsGzip => File.EndsWith(".gz", StringComparison.Ordinal);
}
