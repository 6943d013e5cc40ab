using W2S.Data;

namespace W2S.Bench;

/// <summary>
/// Inputs that are nearly right: a seed with a few bytes flipped, removed, repeated, taken from another seed or put in for
/// what breaks parsers. Input number i of a kind is a function of (seed, kind, i), so a finding is found again.
/// </summary>
internal sealed class Mutation(IReadOnlyList<byte[]> seeds, IReadOnlyList<byte[]> words)
{
    /// <summary>Longer ones say no more about parsers, and take longer.</summary>
    private const int Longest = 1 << 17;

    private static readonly byte[][] Always =
    [
        .. new[]
        {
            "", "\0", "\n", "\r\n", "\"", "'", ",", ":", "{", "}", "[", "]", "(", ")", "\\", "\u00e9", "\ufeff", "null", "NaN", "-1", "0",
            "1e999", "1e200", "-0.0",
            "2147483648", "9223372036854775808", "-9223372036854775809", "99999999999999999999999", "true", "../../etc/passwd", "\u2028",
            "%n", "[[[[[[[[", "{\"a\":",
        }.Select(System.Text.Encoding.UTF8.GetBytes),
        [0xff], [0xc0, 0x80], [0xff, 0xff, 0xff, 0xff], [0, 0, 0, 0x80], [0xff, 0xff, 0xff, 0x7f], [0, 0, 0, 0, 0, 0, 0, 0x80],
        [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f],
    ];

    /// <param name="random">All that decides the input.</param>
    public byte[] Draw(RandomStream random)
    {
        List<byte> input = [.. Seed(random)];
        for (var change = random.NextInt(6); change >= 0; change--) Change(input, random);
        if (input.Count > Longest) input.RemoveRange(Longest, input.Count - Longest);
        return [.. input];
    }

    private byte[] Seed(RandomStream random) => seeds[random.NextInt(seeds.Count)];

    private void Change(List<byte> input, RandomStream random)
    {
        var place = random.NextInt(input.Count + 1);
        var length = Math.Min(input.Count - place, 1 + random.NextInt(random.NextInt(8) == 0 ? 4096 : 8));
        switch (random.NextInt(8))
        {
            case 0 when place < input.Count:
                input[place] ^= (byte)(1 << random.NextInt(8));
                break;
            case 1 when place < input.Count:
                input[place] = (byte)random.NextInt(256);
                break;
            case 2:
                input.RemoveRange(place, length);
                break;
            case 3:
                input.InsertRange(place, input.GetRange(place, length)); // repeated
                break;
            case 4:
                var word = words.Count > 0 && random.NextInt(2) == 0
                    ? words[random.NextInt(words.Count)]
                    : Always[random.NextInt(Always.Length)];
                if (random.NextInt(2) == 0) input.RemoveRange(place, Math.Min(word.Length, input.Count - place));
                input.InsertRange(place, word);
                break;
            case 5:
                var other = Seed(random);
                var start = random.NextInt(other.Length + 1);
                input.InsertRange(place, other.AsSpan(start, Math.Min(other.Length - start, 1 + random.NextInt(256))).ToArray());
                break;
            case 6 when random.NextInt(4) == 0:
                input.RemoveRange(place, input.Count - place); // cut off
                break;
            default:
                // A number, counted up or down, as lengths and versions are read.
                if (place < input.Count) input[place] += (byte)(random.NextInt(2) == 0 ? 1 : 255);
                break;
        }
    }
}
