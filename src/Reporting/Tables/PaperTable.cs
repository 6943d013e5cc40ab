namespace W2S.Reporting.Tables;

/// <summary>
/// Table 1 of 2405.15116: Lipop, MolBERT as the strong model, mean ± standard deviation over ChemBench's three splits. The
/// numbers of its Tables 2 (ESOL) and 3 (FreeSolv) are not known here.
/// </summary>
internal static class PaperTable
{
    /// <summary>A row of the paper's table: a weak model by its hidden size.</summary>
    public sealed record Row(
        int Hidden, (double Mean, double? Deviation) WeakMinusMisfit, (double Mean, double? Deviation) StudentError);

    /// <summary>Whether the paper has this data set, in ChemBench's splits.</summary>
    public static bool IsOfPaper(string data) => data is "esol" or "freesolv" or "lipop";

    /// <summary>The rows for a data set, or null where the paper's numbers are not known.</summary>
    public static IReadOnlyList<Row>? Of(string data) => data == "lipop" ? Lipop : null;

    private static readonly IReadOnlyList<Row> Lipop =
    [
        Of(96, 0.8969, 0.0327, 1.0713, 0.0489),
        Of(48, 0.9731, 0.0707, 1.1293, 0.0418),
        Of(24, 1.0331, 0.0449, 1.1204, 0.0261),
        Of(64, 1.0619, 0.0441, 1.1436, 0.0124),
        Of(32, 1.0624, 0.0527, 1.1302, 0.0220),
        Of(16, 1.1456, 0.0276, 1.1950, 0.0484),
        Of(12, 1.1499, 0.0177, 1.1869, 0.0297),
        Of(8, 1.1958, 0.0194, 1.2396, 0.0310),
    ];

    private static Row Of(int hidden, double bound, double boundDeviation, double error, double errorDeviation) =>
        new(hidden, (bound, boundDeviation), (error, errorDeviation));
}
