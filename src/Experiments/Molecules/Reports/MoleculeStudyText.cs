namespace W2S.Experiments;

/// <summary>The choices of a study that the paper leaves open, in words: every table carries them.</summary>
public static class MoleculeStudyText
{
    public static IReadOnlyList<string> Lines(MoleculeStudyOptions options) =>
    [
        $"Heads: {Heads(options.Heads)}.",
        $"Features: {Features(options.Heads)}.",
        Stages(options.W2sOn),
        $"Errors: mean squared, on the {options.MeasuredOn.ToString().ToLowerInvariant()} part, raw labels.",
    ];

    /// <summary>Where the ceiling is no ceiling: a strong model that is not better than each weak one on true labels tells nothing.</summary>
    public static IEnumerable<string> Notes(MoleculeStudyResult study) =>
        from set in study.Sets
        from weak in set.Weak
        let results = set.Results.Where(result => result.Weak == weak).ToList()
        where results.Average(result => result.StrongError) >= results.Average(result => result.WeakError)
        select $"{set.Title}: on true labels the strong encoder (mean squared error {NumberText.Measure(results.Average(result => result.StrongError))}) is no better than {weak} ({NumberText.Measure(results.Average(result => result.WeakError))}).";

    private static string Heads(MoleculeHeadOptions heads) => heads.Solver == HeadSolver.Exact
        ? "ridge in closed form, strength by generalised cross-validation"
        : FormattableString.Invariant($"AdamW, rate {heads.Optimiser.LearningRate}, batch {heads.Optimiser.Batch}, {heads.Optimiser.Epochs} epochs, on standardised samples");

    private static string Features(MoleculeHeadOptions heads) =>
        (heads.Pooling == Training.EncoderPooling.Pooled ? "pooled" : "averaged over tokens")
        + (heads.StockPasses == 0 ? "" : $"; heads fitted on {heads.StockPasses} passes, 15 % masked, dropout on");

    private static string Stages(MoleculeProtocol protocol) => protocol switch
    {
        MoleculeProtocol.Valid => "Weak heads: the train part. Weak labels, student and ceiling: the valid part.",
        MoleculeProtocol.Half => "Weak heads: half of train. Weak labels, student and ceiling: the other half.",
        _ => "Weak heads, weak labels, student and ceiling: the train part.",
    };
}
