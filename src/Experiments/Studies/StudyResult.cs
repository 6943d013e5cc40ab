namespace W2S.Experiments;

/// <summary>
/// The measures of one task (2405.15116, section 5.1), all mean squared errors on fresh samples. Gain = weak error −
/// student error; the paper's claim is gain ≈ misfit.
/// </summary>
public sealed record TaskResult(int Task, double WeakError, double StudentError, double StrongError, double Misfit)
{
    public double Gain => WeakError - StudentError;

    /// <summary>
    /// Performance gap recovered (Burns et al. 2023): gain / (weak error − ceiling error); null where the strong model is
    /// not better than the weak one, for then there is no gap to recover.
    /// </summary>
    public double? GapRecovered => StrongError < WeakError ? Gain / (WeakError - StrongError) : null;
}

/// <summary>A representation that a panel used, and whether it still represents anything.</summary>
/// <param name="Role">"weak", "strong" or "truth".</param>
/// <param name="Description">For people: "pretrained 8-16-16, 2 layers".</param>
/// <param name="Loss">Last training loss; null where nothing was trained.</param>
/// <param name="AliveUnits">Features that are not constant over a fresh sample.</param>
/// <param name="EffectiveRank">exp(entropy) of the normalised spectrum of the centred features' covariance (Roy and Vetterli 2007).</param>
/// <param name="Explained">Share of the true labels' variance that heads on it explain on fresh samples, all tasks together; null where no head was fitted on true labels.</param>
/// <param name="Collapsed">Whether it counts as collapsed, and is flagged by name.</param>
public sealed record RepresentationResult(
    string Role, string Description, int Width, long Steps, double? Loss, int AliveUnits, double EffectiveRank, double? Explained, bool Collapsed);

/// <summary>A panel for one seed.</summary>
/// <param name="Engine">The engine that ran it.</param>
/// <param name="Seconds">Wall time, everything counted; what was resumed or shared counts where it ran.</param>
public sealed record PanelResult(
    StudyOptions Options,
    string Engine,
    IReadOnlyList<RepresentationResult> Representations,
    IReadOnlyList<TaskResult> Tasks,
    double Seconds)
{
    public string Name => Options.Name;
    public long Seed => Options.Seed;
}
