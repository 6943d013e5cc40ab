using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using W2S.Data;
using W2S.Models;
using W2S.Training;
using W2S.Training.Objectives;

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

/// <summary>When heads stop before their epochs are over.</summary>
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
}

/// <summary>
/// A job that ends in the best of the states that it passed, by the mean over all cells of a criterion on held-out samples. The best
/// state is part of its own, so an interrupted training goes on with it.
/// </summary>
/// <param name="job">Owned from now on.</param>
/// <param name="criterion">Of the job as it is; the least is best.</param>
internal sealed class EarlyStopping(ITrainingJob job, int looks, Func<double> criterion) : ITrainingJob
{
    private const string Best = "best.", Least = "best.criterion";
    private IReadOnlyList<NamedTensor> _best = job.Save();
    private double _least = double.PositiveInfinity;

    public string Name => job.Name;
    public string Engine => job.Engine;
    public int StepsPerEpoch => job.StepsPerEpoch;
    public long TotalSteps => job.TotalSteps;

    public void Advance(long step, int count)
    {
        for (var end = step + count; step < end;)
        {
            var look = Math.Min(TotalSteps, Next(step));
            var next = Math.Min(look, end);
            job.Advance(step, (int)(next - step));
            step = next;
            if (step == look && criterion() is var value && value < _least) (_least, _best) = (value, job.Save());
        }
    }

    /// <summary>Puts the job into the best state that it passed.</summary>
    public void Finish() => job.Load(_best.ToDictionary(tensor => tensor.Name));

    public double TakeMeanLoss() => job.TakeMeanLoss();

    public IReadOnlyList<NamedTensor> Save() =>
        [.. job.Save(), .. _best.Select(tensor => tensor with { Name = Best + tensor.Name }), NamedTensor.Of(Least, [_least], 1)];

    public void Load(IReadOnlyDictionary<string, NamedTensor> state)
    {
        var best = state.Where(stored => stored.Key.StartsWith(Best, StringComparison.Ordinal) && stored.Key != Least)
            .Select(stored => stored.Value with { Name = stored.Key[Best.Length..] }).ToList();
        job.Load(state);
        (_best, _least) = (best, state.Doubles(Least, 1)[0]);
    }

    public void Dispose() => job.Dispose();

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
        if (criterion == StoppingCriterion.Misfit) return Errors.Of(objective.Misfit, Predictions.Of(objective, outputs, labels.Outputs),
            labels).Average();
        var (sum, gradient, rows) = (0.0, new double[outputs.Outputs], outputs.Cells * outputs.Samples);
        for (var row = 0; row < rows; row++)
            sum += objective.Loss(outputs.Values.AsSpan(row * outputs.Outputs, outputs.Outputs),
                labels.Values.AsSpan(row * labels.Outputs, labels.Outputs), gradient);
        return sum / rows;
    }

    private long Next(long step)
    {
        for (var look = 1; ; look++)
            if (TotalSteps * look / looks is var at && at > step) return at;
    }
}
