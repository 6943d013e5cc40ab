using System.Text.Json;
using System.Text.Json.Serialization;

namespace W2S.Experiments;

/// <summary>
/// The identity of what decides a result: settings as canonical JSON, with a short hash of it for folder names, and the SHA-256 of what a
/// run read, as its settings record them, against what is there now.
/// </summary>
internal static class Fingerprint
{
    private static readonly JsonSerializerOptions Json = new()
    {
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower) },
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
    };

    /// <summary>Canonical JSON; property order is declaration order.</summary>
    public static string Of(object settings) => JsonSerializer.Serialize(settings, Json);

    /// <summary>Eight hexadecimal digits.</summary>
    public static string Short(string fingerprint) => Checksum.OfText(fingerprint)[..8];

    /// <summary>In place of the SHA-256 of a corpus that is gone while its encoder is not.</summary>
    public const string Unknown = "unknown";

    /// <exception cref="UserErrorException">It is not the one that was recorded.</exception>
    public static void RequireSame(string name, string? recorded, string found)
    {
        if (recorded is null or Unknown || found == Unknown || recorded == found) return;
        throw new UserErrorException(
            $"{name} is not what this run was made with: its SHA-256 begins with {Beginning(found)}, not {Beginning(recorded)}. "
            + "Put the earlier one back, or start anew: with --force, or in another folder.");
    }

    private static string Beginning(string digest) => digest[..Math.Min(12, digest.Length)];

    /// <summary>What is found for each name now.</summary>
    /// <param name="recorded">What a run read under these names, as its settings record it.</param>
    /// <param name="digest">Of a name and what was recorded for it.</param>
    /// <exception cref="UserErrorException">It is not what was recorded for one of them.</exception>
    public static IReadOnlyList<string> Compared(
        IReadOnlyList<string> names, IReadOnlyList<string> recorded, Func<string, string?, string> digest) =>
    [
        .. names.Select((name, index) =>
        {
            var known = recorded.ElementAtOrDefault(index);
            var found = digest(name, known);
            RequireSame(name, known, found);
            return found;
        }),
    ];
}
