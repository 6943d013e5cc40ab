namespace W2S.Experiments;

/// <summary>SHA-256 of what a run read, as its settings record them, against what is there now.</summary>
internal static class RecordedDigests
{
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
    /// <exception cref="UserErrorException">It is not what was recorded for one of them.</exception>
    public static IReadOnlyList<string> Compared(
        IReadOnlyList<string> names, IReadOnlyList<string> recorded, Func<string, string> digest) =>
        Compared(names, recorded, (name, _) => digest(name));

    /// <param name="digest">Of a name and what was recorded for it.</param>
    /// <inheritdoc cref="Compared(IReadOnlyList{string}, IReadOnlyList{string}, Func{string, string})"/>
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
