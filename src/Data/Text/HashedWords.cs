namespace W2S.Data;

/// <summary>
/// Bags of words without a vocabulary: each word, or run of words, counts in a column that its hash names, with a sign that its
/// hash says, so that words which share a column cancel in the mean (Weinberger et al. 2009). What is counted is
/// ± log(1 + occurrences).
/// </summary>
/// <remarks>
/// Words are runs of letters, marks and digits in lower case, accents kept; languages that write no blanks have few. Every width
/// hashes in its own way, the same on every machine: with one hash the columns of a narrow bag would be sums of a wide one's, and a
/// student on the wide one could copy its teacher exactly.
/// </remarks>
public static class HashedWords
{
    /// <summary>The longest runs of words that are of use: 3.</summary>
    public const int LongestRun = 3;

    /// <summary>[<paramref name="bag"/>.Length]: the bag of one text.</summary>
    /// <param name="run">Words in the longest runs that are counted, from 1.</param>
    public static void Count(string text, int run, Span<float> bag)
    {
        bag.Clear();
        var counts = new Dictionary<ulong, int>();
        Span<ulong> last = stackalloc ulong[LongestRun];
        var words = 0;
        foreach (var word in Words(text))
        {
            for (var place = Math.Min(words, run - 1); place > 0; place--) last[place] = last[place - 1];
            (last[0], words) = (word, words + 1);
            var joined = 0UL;
            for (var length = 1; length <= Math.Min(run, words); length++)
            {
                joined = Mixed(joined + last[length - 1]);
                counts[joined] = counts.GetValueOrDefault(joined) + 1;
            }
        }
        // In the order of their first occurrence, so that sums round alike.
        foreach (var (hash, count) in counts)
        {
            var own = Mixed(hash ^ (ulong)bag.Length);
            bag[(int)Math.BigMul(own, (ulong)bag.Length, out _)] += ((own & 1) == 0 ? 1 : -1) * MathF.Log(1 + count);
        }
    }

    /// <summary>The hashes of a text's words, in their order (FNV-1a of their lower-case characters).</summary>
    private static IEnumerable<ulong> Words(string text)
    {
        const ulong start = 14695981039346656037, prime = 1099511628211;
        var (hash, isWord) = (start, false);
        foreach (var rune in Decomposed(text).EnumerateRunes())
        {
            if (Rune.IsLetterOrDigit(rune) || IsMark(rune))
            {
                hash = (hash ^ (uint)Rune.ToLowerInvariant(rune).Value) * prime;
                isWord = true;
                continue;
            }
            if (isWord) yield return hash;
            (hash, isWord) = (start, false);
        }
        if (isWord) yield return hash;
    }

    /// <summary>é and e with an accent are one letter, however a file writes it.</summary>
    private static string Decomposed(string text)
    {
        if (Ascii.IsValid(text)) return text;
        var decomposed = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes()) CanonicalDecomposition.Append(rune, withoutMarks: false, decomposed);
        return decomposed.ToString();
    }

    private static bool IsMark(Rune rune) => Rune.GetUnicodeCategory(rune)
        is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark;

    /// <summary>SplitMix64's last step: every bit of the outcome depends on every bit.</summary>
    private static ulong Mixed(ulong z)
    {
        z += 0x9E3779B97F4A7C15;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
