namespace W2S.Experiments;

/// <summary>Seeds as people write them: "0..9", "0,3,7" or both, "0..4,10".</summary>
internal static class SeedList
{
    private const int Most = 100_000;

    /// <summary>The seeds in the order written, each once.</summary>
    /// <exception cref="UserErrorException">The text is no list of seeds.</exception>
    public static IReadOnlyList<long> Parse(string text)
    {
        var seeds = new List<long>();
        foreach (var part in text.Split(','))
        {
            var ends = part.Split("..");
            if (ends.Length > 2) throw Wrong(text, part);
            var (first, last) = (Seed(text, ends[0]), Seed(text, ends[^1]));
            if (last < first)
                throw new UserErrorException($"--seeds {text}: the range {part} ends before it starts; write {last}..{first}.");
            if (last - first >= Most - seeds.Count)
                throw new UserErrorException($"--seeds {text}: these are more than {Most} seeds; ask for fewer.");
            for (var above = 0L; above <= last - first; above++) seeds.Add(first + above);
        }
        return [.. seeds.Distinct()];
    }

    private static long Seed(string text, string part) =>
        long.TryParse(part, NumberStyles.AllowLeadingWhite | NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture, out var seed)
            ? seed
            : throw Wrong(text, part);

    private static UserErrorException Wrong(string text, string part) =>
        new($"--seeds {text}: \"{part.Trim()}\" is not a seed, which is a whole number from 0 up; write a range such as 0..9, or a list "
            + "such as 0,3,7.");
}
