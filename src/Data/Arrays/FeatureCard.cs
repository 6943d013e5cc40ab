using System.Text.Json;

namespace W2S.Data;

/// <summary>
/// What a file of features is, in X.npy.json beside X.npy: which representation, of which rows of which data. `features` writes
/// it.
/// </summary>
internal sealed record FeatureCard
{
    public const string FormatName = "w2s-features";

    private static readonly JsonSerializerOptions Json =
        new() { WriteIndented = true, PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    public string Format { get; init; } = FormatName;

    public int Version { get; init; } = 1;

    /// <summary>The name of the file of features, and its SHA-256.</summary>
    public required string File { get; init; }

    public required string Sha256 { get; init; }

    public required long Rows { get; init; }

    public required int Width { get; init; }

    /// <summary>Name, description, and SHA-256 of what decides the features.</summary>
    public required string Representation { get; init; }

    public required string Description { get; init; }

    public required string RepresentationSha256 { get; init; }

    /// <summary>What stands for an example that an encoder reads: "pooled" or "mean".</summary>
    public string? Pooling { get; init; }

    /// <summary>The table's name, and the SHA-256 of its files.</summary>
    public required string Data { get; init; }

    public required string DataSha256 { get; init; }

    /// <summary>SHA-256 of X.ids.csv, which names the rows in their order: two files with the same one speak of the same rows.</summary>
    public required string RowsSha256 { get; init; }

    /// <summary>How it was made.</summary>
    public required string Command { get; init; }

    /// <summary>Where the card of a file of features lies: lipop.npy.json for lipop.npy.</summary>
    public static string FileOf(string path) => path + ".json";

    /// <summary>The card beside a file; null where there is none, or what lies there is something else.</summary>
    public static FeatureCard? Beside(string path)
    {
        try
        {
            var card = JsonSerializer.Deserialize<FeatureCard>(System.IO.File.ReadAllText(FileOf(path)), Json);
            return card?.Format == FormatName ? card : null;
        }
        catch (Exception other) when (other is IOException or UnauthorizedAccessException or JsonException)
        {
            return null;
        }
    }

    /// <summary>Refuses files that speak of different rows, as far as their cards tell; files without one may be of any.</summary>
    /// <exception cref="UserErrorException">Two files are of different rows, or a card is that of another file.</exception>
    public static void RequireSameRows(IEnumerable<ArrayFile> files)
    {
        (ArrayFile File, FeatureCard Card)? first = null;
        foreach (var file in files)
        {
            if (Beside(file.Path) is not { } card) continue;
            if (card.Sha256 != file.Digest)
                throw new UserErrorException(
                    $"{FileOf(file.Path)} describes another file than {file.Path}, which has changed since. "
                        + "Write the features again, or remove that description.");
            first ??= (file, card);
            if (card.RowsSha256 != first.Value.Card.RowsSha256)
                throw new UserErrorException(
                    $"{first.Value.File.Reference} speaks of {Counted.Of(first.Value.Card.Rows, "row")} of {first.Value.Card.Data}, and "
                    + $"{file.Reference} of {Counted.Of(card.Rows, "row")} of {card.Data}: they are not the same rows in the same order "
                    + $"(see {ArrayFile.IdentifierFileOf(first.Value.File.Path)} and {ArrayFile.IdentifierFileOf(file.Path)}). "
                    + "Write both from the same table, or join them by identifiers with --id.");
        }
    }

    public void Write(string path) => AtomicFile.WriteAllText(path, JsonSerializer.Serialize(this, Json) + "\n");
}
