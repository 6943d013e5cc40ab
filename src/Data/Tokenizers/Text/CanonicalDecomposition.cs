using System.Collections.Frozen;

namespace W2S.Data;

/// <summary>
/// Unicode's canonical decomposition: é is e and an acute accent. A table of one's own, for without ICU, as W2S runs, .NET
/// leaves every text as it is.
/// </summary>
/// <remarks>
/// `decompositions.txt` is of Unicode 14 (UnicodeData.txt, fully expanded); Hangul syllables are computed. Marks are not put
/// into their canonical order.
/// </remarks>
internal static class CanonicalDecomposition
{
    private const int SyllableBase = 0xAC00, LeadBase = 0x1100, VowelBase = 0x1161, TailBase = 0x11A7,
        Vowels = 21, Tails = 28, Syllables = 19 * Vowels * Tails;

    private static readonly Lazy<FrozenDictionary<int, Rune[]>> Table = new(Read);

    /// <summary>Appends what a character is made of to <paramref name="text"/>: itself where it has no parts.</summary>
    /// <param name="withoutMarks">Whether combining marks (category Mn) are left out.</param>
    public static void Append(Rune character, bool withoutMarks, StringBuilder text)
    {
        if (character.Value < 0xC0)
        {
            text.Append((char)character.Value);
            return;
        }
        var syllable = character.Value - SyllableBase;
        if (syllable is >= 0 and < Syllables)
        {
            text.Append((char)(LeadBase + syllable / (Vowels * Tails))).Append((char)(VowelBase + syllable % (Vowels * Tails) / Tails));
            if (syllable % Tails != 0) text.Append((char)(TailBase + syllable % Tails));
        }
        else if (Table.Value.TryGetValue(character.Value, out var parts))
        {
            foreach (var part in parts) AppendOne(part);
        }
        else
        {
            AppendOne(character);
        }

        void AppendOne(Rune part)
        {
            if (!withoutMarks || Rune.GetUnicodeCategory(part) != UnicodeCategory.NonSpacingMark) text.Append(part);
        }
    }

    private static FrozenDictionary<int, Rune[]> Read()
    {
        using var reader = new StreamReader(typeof(CanonicalDecomposition).Assembly.GetManifestResourceStream("decompositions.txt")!);
        var table = new Dictionary<int, Rune[]>();
        while (reader.ReadLine() is { } line)
        {
            var numbers = line.Split(' ')
                .Select(number => int.Parse(number, NumberStyles.HexNumber, CultureInfo.InvariantCulture)).ToArray();
            table.Add(numbers[0], [.. numbers[1..].Select(number => new Rune(number))]);
        }
        return table.ToFrozenDictionary();
    }
}
