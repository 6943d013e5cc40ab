using W2S.Data;
using W2S.Training.Objectives;

namespace W2S.Experiments;

/// <summary>The true labels of a table as a study's objective takes them.</summary>
internal static class TableLabels
{
    /// <param name="split">Whose train part says where numbers are cut into classes.</param>
    /// <returns>[rows, 1], or of classes [rows, classes], smoothed.</returns>
    /// <exception cref="UserErrorException">The labels are of another kind than the objective, or its errors against them would be infinite.</exception>
    public static IReadOnlyList<double> Of(ILabelledTable table, Study study, TableSplit split)
    {
        var objective = study.Objective.Create();
        if (study.Classes.FromNumbers > 1 && table.Classes != null)
            throw new UserErrorException($"The labels of {table.Title} are classes already: leave classes.from_numbers out.");
        if (objective.Link != Link.Softmax)
            return table.Classes == null ? table.Labels : throw new UserErrorException($"The labels of {table.Title} are classes, and {objective.Name} fits numbers: take --objective cross-entropy, brier or another of classes.");
        if ((study.Classes.FromNumbers > 1 ? Cut(table, study.Classes.FromNumbers, split) : table.Classes) is not { Names.Count: var count } classes)
            throw new UserErrorException($"The labels of {table.Title} are numbers, and {objective.Name} fits classes: call the column {TableClasses.Column} if it holds classes, cut numbers by classes.from_numbers=2, or take --objective squared.");
        if (study.LabelNoise.Problem(count) is { } problem) throw new UserErrorException($"label_noise.alpha: {problem}");
        double[] labels = [.. classes.Probabilities.Select(probability => (1 - study.Classes.Smoothing) * probability + study.Classes.Smoothing / count)];
        double[] undecided = [.. Enumerable.Repeat(1.0 / count, count)];
        if (labels.Chunk(count).Any(row => double.IsInfinity(objective.Error(undecided, row))))
            throw new UserErrorException($"{table.Title} has classes of probability 0, from which errors by {objective.Name} are infinite: set classes.smoothing=0.01 or so, or take an objective whose errors are finite, such as brier.");
        return labels;
    }

    /// <summary>Numbers as classes: a row's is the number of quantiles of the train part below it.</summary>
    private static TableClasses Cut(ILabelledTable table, int count, TableSplit split)
    {
        double[] sorted = [.. split.Train.Select(row => table.Labels[row]).Order()];
        double[] cuts = [.. Enumerable.Range(1, count - 1).Select(cut => Quantiles.Of(sorted, (double)cut / count))];
        var probabilities = new double[table.Labels.Count * count];
        foreach (var (row, label) in table.Labels.Index()) probabilities[row * count + cuts.Count(cut => label > cut)] = 1;
        return new TableClasses([.. Enumerable.Range(1, count).Select(number => $"{number} of {count}")], probabilities);
    }
}
