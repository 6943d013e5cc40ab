using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace W2S.Training;

/// <summary>The manifest.json of a checkpoint: where the training stood, and what its other files must be.</summary>
public sealed partial record CheckpointManifest
{
    /// <summary>Raised with every change that older programs cannot read.</summary>
    public const int CurrentFormatVersion = 1;

    /// <summary>Of the layout on disk; a newer one is refused.</summary>
    public required int FormatVersion { get; init; }

    /// <summary>The job's name, for people.</summary>
    public required string Job { get; init; }

    /// <summary>The settings that the state belongs to; a job with others must not continue from it.</summary>
    public required string Fingerprint { get; init; }

    /// <summary>Steps done.</summary>
    public required long Step { get; init; }

    /// <summary>Epochs done.</summary>
    public required double Epoch { get; init; }

    /// <summary>The last logged loss; null before the first log point.</summary>
    public required double? Loss { get; init; }

    /// <summary>The losses so far, a point for each time they were logged.</summary>
    public required IReadOnlyList<LossPoint> History { get; init; }

    /// <summary>When it was written. For people: nothing that is compared bit by bit depends on it.</summary>
    public required DateTimeOffset SavedUtc { get; init; }

    /// <summary>Every other file of the checkpoint, by name.</summary>
    public required IReadOnlyDictionary<string, StoredFile> Files { get; init; }

    /// <summary>SHA-256 of this manifest with an empty seal: shows that the manifest itself was not edited.</summary>
    public string Seal { get; init; } = "";

    /// <summary>The sealed JSON text.</summary>
    public byte[] ToJson()
    {
        var seal = SHA256.HashData(Serialise(this with { Seal = "" }));
        return Serialise(this with { Seal = Convert.ToHexStringLower(seal) });
    }

    /// <exception cref="InvalidDataException">
    /// The text is torn, edited or of a newer format; the message says which, as the end of a sentence.
    /// </exception>
    public static CheckpointManifest Parse(byte[] json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            var version = document.RootElement.GetProperty("format_version").GetInt32();
            if (version > CurrentFormatVersion) throw new NewerVersionException(version);
            var manifest = JsonSerializer.Deserialize(json, ManifestJson.Default.CheckpointManifest)!;
            if (!manifest.ToJson().AsSpan().SequenceEqual(json))
                throw new InvalidDataException("is torn or edited: its seal does not fit its contents");
            return manifest;
        }
        catch (Exception error) when (error is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            throw new InvalidDataException("is torn or edited: it is no manifest", error);
        }
    }

    private static byte[] Serialise(CheckpointManifest manifest) =>
        JsonSerializer.SerializeToUtf8Bytes(manifest, ManifestJson.Default.CheckpointManifest);

    [JsonSourceGenerationOptions(
        PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        WriteIndented = true,
        NewLine = "\n")]
    [JsonSerializable(typeof(CheckpointManifest))]
    private sealed partial class ManifestJson : JsonSerializerContext;

    /// <summary>The checkpoint was written by a newer program.</summary>
    public sealed class NewerVersionException(int version)
        : Exception($"has format version {version}; this program reads up to {CheckpointManifest.CurrentFormatVersion}");

    /// <summary>What a checkpoint's file must be: its length in bytes and its SHA-256 in lower-case hexadecimal.</summary>
    public sealed record StoredFile(long Bytes, string Sha256);

    /// <summary>The mean training loss of the steps up to <paramref name="Step"/> since the point before.</summary>
    public sealed record LossPoint(long Step, double Loss);
}
