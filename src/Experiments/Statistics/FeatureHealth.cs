using System.Numerics.Tensors;
using W2S.Data;
using W2S.Training;

namespace W2S.Experiments;

/// <summary>How much of its width a representation uses.</summary>
/// <param name="AliveUnits">Units whose output is not the same number on all samples.</param>
/// <param name="EffectiveRank">
/// exp(entropy) of the normalised eigenvalues of the centred features' covariance (Roy and Vetterli 2007): 1 where all
/// variation lies along one direction, the width where it is the same along all; 0 where nothing varies.
/// </param>
public sealed record FeatureHealth(int AliveUnits, double EffectiveRank)
{
    /// <summary>Below this, all features vary together: whatever the width, it is one feature.</summary>
    public const double OneDirection = 1.05;

    /// <summary>Below this, exact heads explain so little of new tasks that the representation does not speak of them.</summary>
    public const double ExplainsTooLittle = 0.3;

    /// <summary>
    /// Whether the representation counts as collapsed: one direction is all that is left of it, or it explains less than
    /// 0.3 of the variance of true labels. The limits lie in the gaps of what 100 seeds gave at the paper's settings
    /// (docs/exact-heads.md): strong representations explained 0.79 to 0.98, weak ones 0.36 to 0.89 but for one at 0.17,
    /// low-sample ones 0.40 to 0.88 but for one at 0.25; effective ranks began at 1.08 but for one weak one at 1.00.
    /// </summary>
    /// <param name="explained">Share of true labels' variance that heads explain on fresh samples (<see cref="ExplainedVariance"/>); null where nobody looked.</param>
    public bool IsCollapsed(double? explained) => EffectiveRank < OneDirection || explained is not (null or >= ExplainsTooLittle);

    /// <summary>The health of features [tasks, samples, width]; the samples of all tasks count as one sample.</summary>
    public static FeatureHealth Of(TaskSamples features)
    {
        var columns = new CentredColumns(features.Width, features.Tasks * features.Samples);
        columns.Load(features.Values, centre: true);
        var alive = 0;
        for (var unit = 0; unit < features.Width; unit++)
            if (TensorPrimitives.Max(columns.Column(unit)) > TensorPrimitives.Min(columns.Column(unit))) alive++;

        var gram = new double[features.Width * features.Width];
        var eigenvalues = new double[features.Width];
        columns.Gram(gram);
        SymmetricEigen.Decompose(gram, eigenvalues);
        var total = eigenvalues.Sum();
        if (alive == 0 || total == 0) return new FeatureHealth(alive, 0);
        var entropy = eigenvalues.Select(value => value / total).Where(share => share > 0).Sum(share => -share * Math.Log(share));
        return new FeatureHealth(alive, Math.Exp(entropy));
    }
}
