namespace W2S.Experiments;

/// <summary>One panel over several seeds: how far another seed would have moved each number.</summary>
internal sealed record SeedStatistics
{
    public required int Seeds { get; init; }
    public required Spread? WeakError { get; init; }
    public required Spread? StudentError { get; init; }
    public required Spread? StrongError { get; init; }
    public required Spread? Misfit { get; init; }
    public required Spread? Gain { get; init; }

    /// <summary>Of each seed's mean gain / mean misfit.</summary>
    public required Spread? GainOverMisfit { get; init; }

    public required Spread? SlopeThroughOrigin { get; init; }
    public required Spread? Correlation { get; init; }
    public required Spread? ShareAboveLine { get; init; }
    public required Spread? MedianGapRecovered { get; init; }

    /// <param name="seeds">The same panel's statistics, one for each seed.</param>
    public static SeedStatistics Of(IReadOnlyList<PanelStatistics> seeds) => new()
    {
        Seeds = seeds.Count,
        WeakError = Spread.Of(seeds.Select(seed => seed.WeakError)),
        StudentError = Spread.Of(seeds.Select(seed => seed.StudentError)),
        StrongError = Spread.Of(seeds.Select(seed => seed.StrongError)),
        Misfit = Spread.Of(seeds.Select(seed => seed.Misfit)),
        Gain = Spread.Of(seeds.Select(seed => seed.Gain)),
        GainOverMisfit = Spread.Of(seeds.Select(seed => seed.GainOverMisfit)),
        SlopeThroughOrigin = Spread.Of(seeds.Select(seed => seed.SlopeThroughOrigin)),
        Correlation = Spread.Of(seeds.Select(seed => seed.Correlation)),
        ShareAboveLine = Spread.Of(seeds.Select(seed => seed.ShareAboveLine)),
        MedianGapRecovered = Spread.Of(seeds.Select(seed => seed.MedianGapRecovered)),
    };
}
