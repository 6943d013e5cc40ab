using W2S.Models;
using W2S.Training.Objectives;

namespace W2S.Reporting.Tables;

/// <summary>The choices of a study on tables that the paper leaves open, in words: every table carries them.</summary>
internal static partial class StudyText
{
    public static IReadOnlyList<string> Lines(Study study) =>
    [
        $"Heads: {Solver(study)}.",
        .. study.Heads.TrainsBlocks ? [$"Trained with them: {Blocks(study.Heads)}."] : Array.Empty<string>(),
        .. AreStored(study) ? [] : new[] { $"Features: {Features(study)}." },
        Stages(study.Protocol),
        $"Errors: {(IsSquared(study) ? "mean squared" : $"by {study.Objective.Name}")}, "
            + $"on the {study.Evaluation.Part.ToString().ToLowerInvariant()} part, {Labels(study)}.",
    ];

    /// <summary>Whether no encoder is asked, so that nothing is pooled.</summary>
    internal static bool AreStored(Study study) => study.Weak.From.Concat(study.Strong.From)
        .All(reference => SavedRepresentations.IsFeatures(reference) || BagOfWords.IsOne(reference)) && (Datasets.AreTexts(study)
            || (study.Weak.From.Count > 0 && study.Strong.From.Count > 0));

    /// <summary>By what the errors are counted.</summary>
    internal static string Errors(Study study) =>
        IsSquared(study) ? "Mean squared errors" : $"Errors by the objective {study.Objective.Name}";

    /// <summary>By what gain and misfit are counted, with the unit, for axes: "MSE", "MSE, (kcal/mol)²", "KL, nats".</summary>
    internal static string Measure(PanelResult panel) => panel.Options.Objective.Name switch
    {
        "squared" when panel.Unit.StartsWith("of ", StringComparison.Ordinal) => "MSE",
        "squared" => $"MSE, ({panel.Unit})²",
        "brier" => "Brier score",
        "huber" => "Huber's loss",
        _ => "KL, nats",
    };

    internal static bool IsSquared(Study study) => study.Objective.Name == new Squared().Name;

    internal static string Solver(Study study) => study.Heads.Solver switch
    {
        HeadSolver.Ridge => "ridge in closed form, strength by generalised cross-validation",
        HeadSolver.Exact => "least squares",
        HeadSolver.Newton => "Newton's method",
        _ => FormattableString.Invariant($"AdamW, rate {study.Heads.Optimiser.LearningRate}, batch {study.Heads.Optimiser.Batch}, ")
            + Counted.Of(study.Heads.Optimiser.Epochs, "epoch") + (study.Heads.Standardise ? ", on standardised samples" : ""),
    };

    /// <summary>"last blocks, 2 of the strong, 1 of the weak representation".</summary>
    internal static string Blocks(HeadOptions heads)
    {
        var roles = new[] { (heads.TrainableBlocks, "strong"), (heads.WeakTrainableBlocks, "weak") };
        var trained = roles.Where(role => role.Item1 > 0).Select(role => $"{role.Item1} of the {role.Item2}");
        return $"last blocks, {string.Join(", ", trained)} representation";
    }

    internal static string Features(Study study) =>
        study.Features.Pooling switch
        {
            EncoderPooling.Pooled => "pooled",
            EncoderPooling.Cls => "of the first token",
            EncoderPooling.Max => "the greatest over tokens",
            _ => "averaged over tokens",
        }
        + (study.Features.Long == FeatureOptions.LongTexts.Split ? ", long texts in parts" : "")
        + (study.Features.TrainModePasses == 0 ? "" : $"; heads fitted on {study.Features.TrainModePasses} passes, 15 % masked, dropout "
        + "on");

    private static string Labels(Study study) => study.Targets == 1 || study.Classes.Smoothing == 0
        ? "raw labels"
        : FormattableString.Invariant($"labels smoothed by {study.Classes.Smoothing}");

    private static string Stages(Dataset.Protocol protocol) => protocol switch
    {
        Dataset.Protocol.Valid => "Weak heads: the train part. Weak labels, student and ceiling: the valid part.",
        Dataset.Protocol.Half => "Weak heads: half of train. Weak labels, student and ceiling: the other half.",
        _ => "Weak heads, weak labels, student and ceiling: the train part.",
    };
}
