using System.Text.Json.Serialization;

namespace W2S.Experiments;

/// <summary>A model's errors against true labels on the parts that it was not fitted on.</summary>
/// <param name="Valid">Null where it was fitted on that part.</param>
public sealed record MoleculePartErrors(MoleculeErrors? Valid, MoleculeErrors Test);

/// <summary>One dot of Figures 2d to 2f: a weak encoder on one split of a data set. Mean squared errors on the measured part, raw labels.</summary>
/// <param name="Split">The seed of the split: 122, 123, 124.</param>
/// <param name="Weak">The weak encoder: "weak-32".</param>
/// <param name="Width">Of its features.</param>
/// <param name="WeakError">Of the weak head on its encoder.</param>
/// <param name="StudentError">Of the head on the strong encoder that was fitted on weak labels.</param>
/// <param name="StrongError">The ceiling: of the head on the strong encoder that was fitted on true labels.</param>
/// <param name="Misfit">Between the student's predictions and the weak model's.</param>
public sealed record MoleculeResult(
    int Split, string Weak, int Width, double WeakError, double StudentError, double StrongError, double Misfit,
    MoleculePartErrors WeakOn, MoleculePartErrors StudentOn, MoleculePartErrors StrongOn)
{
    [JsonIgnore]
    public double Gain => WeakError - StudentError;

    /// <summary>What the paper's theorem bounds the student's error by, and its heuristic sorts by.</summary>
    [JsonIgnore]
    public double WeakMinusMisfit => WeakError - Misfit;

    /// <inheritdoc cref="TaskResult.GapRecovered"/>
    [JsonIgnore]
    public double? GapRecovered => StrongError < WeakError ? Gain / (WeakError - StrongError) : null;
}

/// <summary>A data set: every weak encoder on every split.</summary>
/// <param name="Data">Its name: "lipop".</param>
/// <param name="Molecules">Train, valid and test, of the first split.</param>
/// <param name="Results">The weak encoders in the order of the options, for each the splits by seed.</param>
/// <param name="Seconds">Wall time of features and heads.</param>
public sealed record MoleculeSetResult(
    string Data, string Title, string Unit, IReadOnlyList<int> Molecules, IReadOnlyList<MoleculeResult> Results, double Seconds)
{
    /// <summary>The weak encoders' names, each once.</summary>
    [JsonIgnore]
    public IEnumerable<string> Weak => Results.Select(result => result.Weak).Distinct();
}

/// <summary>An encoder that a study used.</summary>
/// <param name="Role">"weak" or "strong".</param>
/// <param name="Digest">SHA-256 of what decides its features.</param>
public sealed record MoleculeEncoderResult(string Role, string Name, string Description, int Width, string Digest);

/// <summary>A whole molecular study.</summary>
public sealed record MoleculeStudyResult(
    MoleculeStudyOptions Options, IReadOnlyList<MoleculeEncoderResult> Encoders, IReadOnlyList<MoleculeSetResult> Sets);
