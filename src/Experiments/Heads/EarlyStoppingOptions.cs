using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace W2S.Experiments;

/// <summary>By what a fit is judged on the samples that it holds out.</summary>
public enum StoppingCriterion
{
    /// <summary>It runs to its end.</summary>
    None,

    /// <summary>The objective's loss on the labels that are fitted: a student's weak ones.</summary>
    Loss,

    /// <summary>The objective's misfit to these labels.</summary>
    Misfit,

    /// <summary>
    /// The objective's loss on the true labels of these samples. A student is supposed to have none, so this says what early stopping
    /// could give at best, or what a few true labels are worth.
    /// </summary>
    Truth,
}

/// <summary>Whether and how a fit ends in the best of the states that it passed.</summary>
public sealed record EarlyStoppingOptions
{
    [Description("none, or what is least on samples held out from the fit: loss or misfit on the labels that are fitted, or truth, the loss on true labels, which a student is supposed not to have; adamw only.")]
    public StoppingCriterion Criterion { get; init; } = StoppingCriterion.None;

    [Description("Share of the samples that is held out.")]
    [Range(0.0, 1.0, MinimumIsExclusive = true, MaximumIsExclusive = true)]
    public double HeldOut { get; init; } = 0.2;

    [Description("How often it looks, evenly over the training.")]
    [Range(1, 10_000)]
    public int Looks { get; init; } = 20;

    [Description("Looks in a row without a better value after which the fit ends; 0: it goes to its end.")]
    [Range(0, 10_000)]
    public int Patience { get; init; }

    /// <summary>
    /// What belongs to the samples of a fit, features or labels, in two parts: of those that are fitted, and of those held out. Each
    /// cell's rows are drawn by its number, the same ones whatever is divided.
    /// </summary>
    internal (TaskSamples Fitted, TaskSamples HeldOut) Divide(HeadFit fit, TaskSamples samples, long seed)
    {
        var held = Math.Clamp((int)Math.Round(HeldOut * samples.Samples), 1, samples.Samples - 1);
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

    /// <summary>The mean of the criterion over all rows of all cells.</summary>
    internal double Judge(Objective objective, Targets outputs, Targets labels)
    {
        if (Criterion == StoppingCriterion.Misfit)
            return Errors.Of(objective.Misfit, objective.Predict(outputs, labels.Outputs), labels).Average();
        var (sum, gradient, rows) = (0.0, new double[outputs.Outputs], outputs.Cells * outputs.Samples);
        for (var row = 0; row < rows; row++)
            sum += objective.Loss(
                outputs.Values.AsSpan(row * outputs.Outputs, outputs.Outputs),
                labels.Values.AsSpan(row * labels.Outputs, labels.Outputs), gradient);
        return sum / rows;
    }
}
