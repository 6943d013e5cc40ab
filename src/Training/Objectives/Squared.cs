using System.ComponentModel;
using System.Numerics.Tensors;
using Tensor = TorchSharp.torch.Tensor;

namespace W2S.Training.Objectives;

/// <summary>
/// Squared error, (f(z) − y)², its mean over the targets (as nn.MSELoss has it). Its unit is the labels' squared.
/// </summary>
/// <remarks>
/// Law (2405.15116, Theorem 1): over a convex class of heads that has the truth in it, gain ≥ misfit; for linear or affine
/// heads, fitted exactly, gain = misfit on the fitting sample, and gain − misfit = −2⟨(I−P) weak, (I−P) truth⟩ whatever the
/// truth, P being the projection onto the heads. It does not hold where a link bends the class (tanh, ReLU, sigmoid), and on
/// fresh samples holds approximately (Theorem 2).
/// </remarks>
public sealed class Squared(Squared.Options? options = null) : Objective
{
    public override string Name => "squared";

    public override Link Link { get; } = Allowed((options ?? new Options()).Link);

    public override double Loss(ReadOnlySpan<double> logits, ReadOnlySpan<double> label, Span<double> gradient)
    {
        Span<double> prediction = new double[logits.Length];
        Predict(logits, prediction);
        TensorPrimitives.Subtract(prediction, label, gradient);
        TensorPrimitives.Multiply(gradient, 2.0 / label.Length, gradient);
        Link.Backward(prediction, gradient);
        return Error(prediction, label);
    }

    public override Tensor RowLosses(Tensor logits, Tensor labels)
    {
        var squares = Predict(logits).sub(labels).Squared();
        return labels.size(-1) == 1 ? squares.squeeze(-1) : squares.mean([-1]);
    }

    public override double Error(ReadOnlySpan<double> prediction, ReadOnlySpan<double> truth)
    {
        double sum = 0;
        for (var target = 0; target < truth.Length; target++)
            sum += (prediction[target] - truth[target]) * (prediction[target] - truth[target]);
        return sum / truth.Length;
    }

    public override double Misfit(ReadOnlySpan<double> student, ReadOnlySpan<double> teacher) => Error(student, teacher);

    private static Link Allowed(Link link) =>
        link is Link.Identity or Link.Tanh or Link.Relu or Link.Sigmoid ? link
        : throw new UserErrorException($"squared has no link {link.ToString().ToLowerInvariant()}; for probabilities take brier.");

    /// <summary>Options of <see cref="Squared"/>.</summary>
    public sealed record Options
    {
        [Description("What is applied to a linear head, for Gaussian tasks, weak and student alike: identity, tanh, relu or sigmoid; "
            + "all but identity make the class non-convex, and need adamw.")]
        public Link Link { get; init; } = Link.Identity;
    }
}
