using System.Text.RegularExpressions;

namespace W2S.Experiments;

/// <summary>
/// Texts as hashed bags of words (<see cref="HashedWords"/>): bag:256 has 256 columns, bag:1024:2 counts pairs of neighbouring
/// words too. It needs no file, and it is weak by its width: the fewer columns, the more words share one.
/// </summary>
/// <param name="reference">"bag:256", "bag:1024:2".</param>
/// <exception cref="UserErrorException">It is misspelt, or out of bounds.</exception>
internal sealed partial class BagOfWords(string reference, int threads, FeatureCache cache, RunServices services) : TableRepresentation
{
    private const string Prefix = "bag:";
    private const int MostColumns = 1 << 16;

    private readonly (int Width, int Run) _shape = Parse(reference);

    public override string Name => NameOf(reference);

    public override string Description => string.Create(CultureInfo.InvariantCulture,
        $"words{(_shape.Run == 1 ? "" : $" and runs of up to {_shape.Run}")} hashed to {Counted.Of(Width, "column")}, ± log(1 + count)");

    public override int Width => _shape.Width;

    public override string Digest { get; } = DigestOf(reference);

    /// <summary>Whether this is meant for a bag of words.</summary>
    internal static bool IsOne(string reference) => reference.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase);

    /// <summary>What is wrong with a reference; null where nothing is.</summary>
    internal static string? Problem(string reference)
    {
        var parts = Parts().Match(reference);
        var isRead = int.TryParse(parts.Groups["width"].Value, CultureInfo.InvariantCulture, out var width) & parts.Success;
        return isRead && width is > 0 and <= MostColumns ? null
            : $"'{reference}' is no bag of words: bag:WIDTH has a width from 1 to {MostColumns}, as in bag:256, and bag:WIDTH:2 or :3 "
            + "counts runs of so many words too.";
    }

    /// <summary>"bag-1024-2" for bag:1024:2.</summary>
    internal static string NameOf(string reference) => reference.ToLowerInvariant().Replace(':', '-');

    /// <summary>SHA-256 of what is counted.</summary>
    internal static string DigestOf(string reference)
    {
        var (width, run) = Parse(reference);
        return Checksum.OfText(string.Create(
            CultureInfo.InvariantCulture, $"bag of words, FNV-1a, log counts: {width} columns, runs of {run}"));
    }

    protected override float[] Clean(ILabelledTable table) => Of(table).ToArray();

    private protected override TableFeatures Of(ILabelledTable table)
    {
        var texts = table.Texts ?? throw new UserErrorException(
            $"{Name} reads texts, and {table.Title} has none: name their column with --text-column, or take another representation.");
        return cache.Obtain($"{table.Name} {table.Digest} {Name} {Digest}", isShared: true, place => Count(texts, place));
    }

    private TableFeatures Count(IReadOnlyList<string> texts, FeatureCache.Place place)
    {
        using var features = place.Begin([.. Enumerable.Range(0, texts.Count)], Width);
        using var progress = new SequenceReader.Progress(Name, texts.Count, services, "texts", features.Done);
        while (features.Next(FeatureMoments.BlockRows(Width)) is { Length: > 0 } rows)
        {
            var bags = new float[rows.Length * Width];
            Parallel.For(0, rows.Length, new ParallelOptions { MaxDegreeOfParallelism = threads }, (row, loop) =>
            {
                HashedWords.Count(texts[rows[row]], _shape.Run, bags.AsSpan(row * Width, Width));
                if (!progress.Goes(1)) loop.Stop();
            });
            progress.ThrowIfStopped();
            features.Add(bags);
        }
        return features.Complete();
    }

    private static (int Width, int Run) Parse(string reference)
    {
        if (Problem(reference) is { } problem) throw new UserErrorException(problem);
        var parts = Parts().Match(reference).Groups;
        return (int.Parse(parts["width"].Value, CultureInfo.InvariantCulture), parts["run"].Success ? parts["run"].Value[0] - '0' : 1);
    }

    [GeneratedRegex(
        "^bag:(?<width>[0-9]+)(?::(?<run>[1-3]))?$",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex Parts();
}
