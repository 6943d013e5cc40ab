using W2S.Data;

namespace W2S.Experiments;

/// <summary>A model's errors on the parts of a split that it was not fitted on.</summary>
/// <param name="Valid">Null where it was fitted on that part.</param>
public sealed record MoleculeModelErrors(MoleculeErrors? Valid, MoleculeErrors Test);

/// <summary>What was measured for one split; null for models that the stage does not have.</summary>
/// <param name="Fitted">Molecules that the stage's own heads were fitted on.</param>
/// <param name="Misfit">Mean squared difference of student and weak model on the test part.</param>
public sealed record MoleculeStageSplit(
    int Split, int Fitted, int Valid, int Test, MoleculeModelErrors? Weak, MoleculeModelErrors? Student, MoleculeModelErrors? Strong, double? Misfit)
{
    /// <summary>Weak error − student error, mean squared, on the test part.</summary>
    public double? Gain => Weak?.Test.MeanSquared - Student?.Test.MeanSquared;

    /// <summary>Gain / (weak error − ceiling); null where there is no such gap.</summary>
    public double? GapRecovered => Strong?.Test.MeanSquared < Weak?.Test.MeanSquared ? Gain / (Weak!.Test.MeanSquared - Strong!.Test.MeanSquared) : null;

    /// <param name="stage">Whose heads <see cref="Fitted"/> counts.</param>
    internal static MoleculeStageSplit Measure(MoleculeData data, SplitPredictions predictions, MoleculeProtocol protocol, string stage)
    {
        var split = data.Splits[predictions.Split];
        var parts = MoleculeParts.Of(split, protocol);
        var studentSeesValid = protocol == MoleculeProtocol.Valid;
        var misfit = predictions is { Weak: { } weak, Student: { } student } ? MoleculeErrors.Of(student, weak, split.Test).MeanSquared : (double?)null;
        return new MoleculeStageSplit(
            split.Seed, (stage == "weak" ? parts.Weak : parts.Student).Count, split.Valid.Count, split.Test.Count,
            Errors(predictions.Weak, false), Errors(predictions.Student, studentSeesValid), Errors(predictions.Strong, studentSeesValid), misfit);

        MoleculeModelErrors? Errors(double[]? model, bool seesValid) => model == null ? null : new MoleculeModelErrors(
            seesValid ? null : MoleculeErrors.Of(model, data.Table.Labels, split.Valid), MoleculeErrors.Of(model, data.Table.Labels, split.Test));
    }
}
