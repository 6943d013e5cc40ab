using System.Numerics.Tensors;
using Tensor = TorchSharp.torch.Tensor;

namespace W2S.Training.Objectives;

/// <summary>
/// Brier score of softmax heads, Σ (s − y)² over the classes (Brier 1950), between 0 and 2; errors and misfit are counted by it too.
/// </summary>
/// <remarks>
/// Law: the Bregman divergence of Σ p², so gain ≥ misfit over a class that is convex in probabilities with the truth in it
/// (2501.19105). Softmax heads are no such class: for them nothing is promised.
/// </remarks>
public sealed class Brier : Objective
{
    public override string Name => "brier";

    public override Link Link => Link.Softmax;

    public override double Loss(ReadOnlySpan<double> logits, ReadOnlySpan<double> label, Span<double> gradient)
    {
        Span<double> prediction = new double[logits.Length];
        Predict(logits, prediction);
        TensorPrimitives.Subtract(prediction, label, gradient);
        var loss = TensorPrimitives.SumOfSquares<double>(gradient);
        TensorPrimitives.Multiply(gradient, 2, gradient);
        Link.Backward(prediction, gradient);
        return loss;
    }

    public override Tensor RowLosses(Tensor logits, Tensor labels) => Predict(logits).sub(labels).Squared().sum(-1);

    public override double Error(ReadOnlySpan<double> prediction, ReadOnlySpan<double> truth) =>
        Math.Pow(TensorPrimitives.Distance(prediction, truth), 2);

    public override double Misfit(ReadOnlySpan<double> student, ReadOnlySpan<double> teacher) => Error(student, teacher);
}
