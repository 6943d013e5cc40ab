using W2S.Data;

namespace W2S.Experiments;

/// <summary>Which molecules, by position in the table, each stage of one split sees.</summary>
/// <param name="Weak">On their true labels the weak head is fitted.</param>
/// <param name="Student">On the weak model's labels of these the student is fitted, and the ceiling on their true ones, so that the two differ in the labels alone (ours: the paper has no ceiling).</param>
/// <param name="Measured">On these, errors and misfit are measured.</param>
public sealed record MoleculeStageRows(IReadOnlyList<int> Weak, IReadOnlyList<int> Student, IReadOnlyList<int> Measured)
{
    public static MoleculeStageRows Of(MoleculeSplit split, MoleculeStudyOptions options)
    {
        var measured = options.MeasuredOn == MeasuredPart.Valid ? split.Valid : split.Test;
        switch (options.W2sOn)
        {
            case StudentPart.Valid:
                return new MoleculeStageRows(split.Train, split.Valid, measured);
            case StudentPart.Half:
                var order = new int[split.Train.Count];
                new RandomStream(options.Seed, "molecules/halves", split.Seed).Permutation(order);
                var half = order.Length / 2;
                return new MoleculeStageRows(Rows(order[..half]), Rows(order[half..]), measured);
            default:
                return new MoleculeStageRows(split.Train, split.Train, measured);
        }

        IReadOnlyList<int> Rows(int[] places) => [.. places.Order().Select(place => split.Train[place])];
    }
}
