using System.ComponentModel.DataAnnotations;
using System.Numerics.Tensors;
using Tensor = TorchSharp.torch.Tensor;

namespace W2S.Training.Objectives;

/// <summary>
/// What heads are fitted to and measured by: a link from logits to predictions, a loss, and the divergences by which errors
/// and misfit are counted. Everything is there twice, in float64 on spans (the definition) and on tensors with autograd.
/// </summary>
/// <remarks>
/// A label has as many numbers as there are targets k, a prediction too; a head has <see cref="Outputs"/>(k) logits. Tensors
/// are [..., rows, k] or [..., rows, outputs], with any leading dimensions (a cell each, say); what is returned belongs to the
/// caller's dispose scope. A loss is a pure function: nothing here has state.
/// </remarks>
public abstract class Objective
{
    /// <summary>As it is written in configurations.</summary>
    public abstract string Name { get; }

    /// <summary>What turns the head's outputs into its prediction.</summary>
    public abstract Link Link { get; }

    /// <summary>Logits of a head for so many targets.</summary>
    public virtual int Outputs(int targets) => targets;

    /// <summary>
    /// How many of the outputs, the last ones, answer to no feature: their weights are held at 0, their biases are trained.
    /// </summary>
    public virtual int ConstantOutputs(int targets) => 0;

    /// <summary>One row's loss.</summary>
    /// <param name="gradient">Receives d loss / d logits.</param>
    public abstract double Loss(ReadOnlySpan<double> logits, ReadOnlySpan<double> label, Span<double> gradient);

    /// <summary>Each row's loss: [..., rows].</summary>
    public abstract Tensor RowLosses(Tensor logits, Tensor labels);

    /// <summary>
    /// The labels that a batch is fitted to at this point of the training: its own, but for objectives that have the student
    /// take part in them. Constants: no gradient flows through them. A row of zeros is left out of the loss.
    /// </summary>
    /// <param name="logits">[rows, outputs].</param>
    /// <param name="labels">[rows, targets].</param>
    /// <param name="progress">Share of the training that is done, 0 to 1.</param>
    /// <param name="targets">[rows, targets], receives them.</param>
    public virtual void Relabel(
        ReadOnlySpan<double> logits, ReadOnlySpan<double> labels, int rows, double progress, Span<double> targets) =>
        labels.CopyTo(targets);

    /// <inheritdoc cref="Relabel(ReadOnlySpan{double}, ReadOnlySpan{double}, int, double, Span{double})"/>
    public virtual Tensor Relabel(Tensor logits, Tensor labels, double progress) => labels;

    /// <summary>Mean loss of a batch.</summary>
    /// <param name="gradient">[rows, outputs], receives d loss / d logits.</param>
    public double Loss(ReadOnlySpan<double> logits, ReadOnlySpan<double> labels, int rows, double progress, Span<double> gradient)
    {
        var (outputs, targets) = (logits.Length / rows, labels.Length / rows);
        var relabelled = new double[labels.Length];
        Relabel(logits, labels, rows, progress, relabelled);
        double sum = 0;
        for (var row = 0; row < rows; row++)
        {
            var ofRow = gradient.Slice(row * outputs, outputs);
            sum += Loss(logits.Slice(row * outputs, outputs), relabelled.AsSpan(row * targets, targets), ofRow);
        }
        TensorPrimitives.Divide(gradient, rows, gradient);
        return sum / rows;
    }

    /// <summary>Mean loss over all rows, a scalar to call backward() on.</summary>
    /// <param name="progress">Share of the training that is done, 0 to 1.</param>
    public Tensor Loss(Tensor logits, Tensor labels, double progress = 1)
    {
        var loss = RowLosses(logits, Relabel(logits.detach(), labels, progress)).mean();
        GC.KeepAlive(this); // and so the scalars that an objective holds
        return loss;
    }

    /// <summary>One row's prediction.</summary>
    public virtual void Predict(ReadOnlySpan<double> logits, Span<double> prediction) => Link.Apply(logits, prediction);

    /// <summary>Predictions [cells, samples, targets] of outputs [cells, samples, outputs].</summary>
    public Targets Predict(Targets outputs, int targets)
    {
        var predictions = new Targets(outputs.Cells, outputs.Samples, targets);
        for (var row = 0; row < outputs.Cells * outputs.Samples; row++)
            Predict(outputs.Values.AsSpan(row * outputs.Outputs, outputs.Outputs), predictions.Values.AsSpan(row * targets, targets));
        return predictions;
    }

    /// <summary>Predictions [..., targets].</summary>
    public virtual Tensor Predict(Tensor logits) => Link.Apply(logits);

    /// <summary>How far one row's prediction is from the truth, in the direction in which this objective's law counts.</summary>
    public abstract double Error(ReadOnlySpan<double> prediction, ReadOnlySpan<double> truth);

    /// <summary>
    /// How far one row's prediction of a student is from its teacher's, in the direction in which this objective's law counts.
    /// </summary>
    public abstract double Misfit(ReadOnlySpan<double> student, ReadOnlySpan<double> teacher);

    /// <summary>What is wrong with one row's label, to follow the row's name in a message; null: nothing.</summary>
    public virtual string? Problem(ReadOnlySpan<double> label)
    {
        double sum = 0;
        for (var target = 0; target < label.Length; target++)
        {
            if (!double.IsFinite(label[target])) return $"column {target} is {label[target]}";
            if (Link == Link.Softmax && label[target] < 0) return $"column {target} is {label[target]:g6}, and no probability is negative";
            sum += label[target];
        }
        // Labels that went through float32 sum to 1 within some 1e-7.
        return Link == Link.Softmax && Math.Abs(sum - 1) > 1e-5 ? $"the probabilities sum to {sum:g6}, not to 1" : null;
    }

    /// <summary>The options, if each is within its range.</summary>
    /// <exception cref="UserErrorException">Some are not; all are named.</exception>
    protected static TOptions Checked<TOptions>(TOptions options) where TOptions : notnull
    {
        var problems = new List<ValidationResult>();
        if (!Validator.TryValidateObject(options, new ValidationContext(options), problems, validateAllProperties: true))
            throw new UserErrorException(
                $"{typeof(TOptions).DeclaringType?.Name}{typeof(TOptions).Name}: "
                + string.Join(" ", problems.Select(problem => problem.ErrorMessage)));
        return options;
    }
}
