namespace W2S.Data;

/// <summary>The name that somebody probably meant, for "did you mean" in error messages.</summary>
internal static class NearestName
{
    /// <summary>
    /// The candidate nearest to <paramref name="word"/>, or null where none is near: more than a third of its letters would have to change.
    /// </summary>
    public static string? Find(string word, IEnumerable<string> candidates)
    {
        var allowed = Math.Max(2, word.Length / 3);
        return candidates
            .Select(name => (name, distance: Distance(Plain(word), Plain(name))))
            .Where(candidate => candidate.distance <= allowed && candidate.distance < candidate.name.Length)
            .OrderBy(candidate => candidate.distance)
            .Select(candidate => candidate.name)
            .FirstOrDefault();
    }

    /// <summary>
    /// Insertions, deletions, substitutions and swaps of neighbours that turn one word into the other (optimal string
    /// alignment; Damerau 1964).
    /// </summary>
    public static int Distance(string from, string to)
    {
        var table = new int[from.Length + 1, to.Length + 1];
        for (var i = 0; i <= from.Length; i++) table[i, 0] = i;
        for (var j = 0; j <= to.Length; j++) table[0, j] = j;
        for (var i = 1; i <= from.Length; i++)
        for (var j = 1; j <= to.Length; j++)
        {
            var cost = from[i - 1] == to[j - 1] ? 0 : 1;
            var best = Math.Min(Math.Min(table[i - 1, j], table[i, j - 1]) + 1, table[i - 1, j - 1] + cost);
            if (i > 1 && j > 1 && from[i - 1] == to[j - 2] && from[i - 2] == to[j - 1]) best = Math.Min(best, table[i - 2, j - 2] + 1);
            table[i, j] = best;
        }
        return table[from.Length, to.Length];
    }

    private static string Plain(string name) => name.ToLowerInvariant().Replace('-', '_');
}
