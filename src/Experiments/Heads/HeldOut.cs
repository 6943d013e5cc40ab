namespace W2S.Experiments;

/// <summary>Samples that a fit holds out, to stop early by.</summary>
internal static class HeldOut
{
    /// <summary>
    /// What belongs to the samples of a fit, features or labels, in two parts: of those that are fitted, and of those held out. Each
    /// cell's rows are drawn by its number, the same ones whatever is divided.
    /// </summary>
    public static (TaskSamples Fitted, TaskSamples HeldOut) Divide(HeadFit fit, TaskSamples samples, long seed, double share)
    {
        var held = Math.Clamp((int)Math.Round(share * samples.Samples), 1, samples.Samples - 1);
        var orders = fit.Cells.Select(number =>
        {
            var order = new int[samples.Samples];
            new RandomStream(seed, fit.Stream("held out"), number).Permutation(order);
            return order;
        }).ToArray();
        return (Rows(held, samples.Samples), Rows(0, held));

        TaskSamples Rows(int first, int last)
        {
            var rows = new TaskSamples(samples.Tasks, last - first, samples.Width);
            foreach (var (cell, order) in orders.Index())
                for (var place = first; place < last; place++)
                    samples.Task(cell).Slice(order[place] * samples.Width, samples.Width)
                        .CopyTo(rows.Task(cell)[((place - first) * samples.Width)..]);
            return rows;
        }
    }

    /// <summary>The mean of a criterion over all rows of all cells.</summary>
    public static double Mean(StoppingCriterion criterion, Objective objective, Targets outputs, Targets labels)
    {
        if (criterion == StoppingCriterion.Misfit) return Errors.Of(objective.Misfit, objective.Predict(outputs, labels.Outputs),
            labels).Average();
        var (sum, gradient, rows) = (0.0, new double[outputs.Outputs], outputs.Cells * outputs.Samples);
        for (var row = 0; row < rows; row++)
            sum += objective.Loss(outputs.Values.AsSpan(row * outputs.Outputs, outputs.Outputs),
                labels.Values.AsSpan(row * labels.Outputs, labels.Outputs), gradient);
        return sum / rows;
    }
}
