namespace W2S.Data;

/// <summary>Numbers of things, as sentences have them: "1 row", "2 rows".</summary>
internal static class Counted
{
    /// <param name="one">What one of them is called.</param>
    /// <param name="many">What several are called, where that is not <paramref name="one"/> and an s.</param>
    public static string Of(long count, string one, string? many = null) => $"{count} {Word(count, one, many)}";

    /// <summary>"The row", "All 2 rows".</summary>
    public static string AllOf(long count, string one) => count == 1 ? $"The {one}" : $"All {Of(count, one)}";

    /// <summary>The word alone, for numbers that are written in another way.</summary>
    /// <inheritdoc cref="Of" path="/param"/>
    public static string Word(long count, string one, string? many = null) => count == 1 ? one : many ?? one + "s";

    /// <summary>The first five of some problems, and how many more there are: "a; b; and 3 more".</summary>
    public static string FirstOf(IReadOnlyCollection<string> problems, string separator)
    {
        const int shown = 5;
        var more = problems.Count > shown ? $"{separator}and {problems.Count - shown} more" : "";
        return string.Join(separator, problems.Take(shown)) + more;
    }
}
