using W2S.Data;
using W2S.Training.Objectives;

namespace W2S.Experiments;

/// <summary>The true labels of a table as a study's objective takes them.</summary>
internal static class TableLabels
{
    /// <returns>[rows, 1], or of classes [rows, classes], smoothed.</returns>
    /// <exception cref="UserErrorException">The labels are of another kind than the objective, or its errors against them would be infinite.</exception>
    public static IReadOnlyList<double> Of(ILabelledTable table, Study study)
    {
        var objective = study.Objective.Create();
        if (objective.Link != Link.Softmax)
            return table.Classes == null ? table.Labels : throw new UserErrorException($"The labels of {table.Title} are classes, and {objective.Name} fits numbers: take --objective cross-entropy, brier or another of classes.");
        if (table.Classes is not { Names.Count: var count } classes)
            throw new UserErrorException($"The labels of {table.Title} are numbers, and {objective.Name} fits classes: call the column {TableClasses.Column} if it holds classes, or take --objective squared.");
        if (study.LabelNoise.Problem(count) is { } problem) throw new UserErrorException($"label_noise.alpha: {problem}");
        double[] labels = [.. classes.Probabilities.Select(probability => (1 - study.Classes.Smoothing) * probability + study.Classes.Smoothing / count)];
        double[] undecided = [.. Enumerable.Repeat(1.0 / count, count)];
        if (labels.Chunk(count).Any(row => double.IsInfinity(objective.Error(undecided, row))))
            throw new UserErrorException($"{table.Title} has classes of probability 0, from which errors by {objective.Name} are infinite: set classes.smoothing=0.01 or so, or take an objective whose errors are finite, such as brier.");
        return labels;
    }
}
