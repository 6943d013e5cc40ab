using System.Numerics.Tensors;
using Tensor = TorchSharp.torch.Tensor;

namespace W2S.Training.Objectives;

/// <summary>
/// Cross-entropy of softmax heads, −Σ y log s in nats, on soft or hard (0 and 1) labels; up to the labels' entropy the forward
/// KL(label‖student). Errors are counted MODEL FIRST, KL(model‖truth); the misfit is KL(teacher‖student).
/// </summary>
/// <remarks>
/// Law (the teacher-first Bregman projection onto a class that is convex in logits; the KL case of 2501.19105 with its arguments
/// exchanged): at the unregularised optimum of heads with a bias, E s = E t for every class on the fitting sample, and
/// E KL(t‖r) = E KL(t‖s) + E KL(s‖r) for every r of the class. So gain = misfit exactly where the truth is a head on the
/// student's features, and gain − misfit = −E Σ (t − s) log r whatever r. No such identity holds for errors with the truth
/// first, with a ridge, without a bias, or on fresh samples. An error is infinite where the truth is 0 and the model is not:
/// measured against hard labels it says nothing; cross-entropy and accuracy do (KL with the truth first).
/// </remarks>
public class CrossEntropy : Objective
{
    public override string Name => "cross-entropy";

    public sealed override Link Link => Link.Softmax;

    public sealed override double Loss(ReadOnlySpan<double> logits, ReadOnlySpan<double> label, Span<double> gradient)
    {
        Links.LogSoftmax(logits, gradient);
        var loss = -TensorPrimitives.Dot(label, gradient);
        Links.Exp(gradient, gradient);
        TensorPrimitives.Multiply(gradient, TensorPrimitives.Sum(label), gradient);
        TensorPrimitives.Subtract(gradient, label, gradient);
        return loss;
    }

    public sealed override Tensor RowLosses(Tensor logits, Tensor labels) => labels.mul(logits.log_softmax(-1)).sum(-1).neg();

    public sealed override double Error(ReadOnlySpan<double> prediction, ReadOnlySpan<double> truth) =>
        KullbackLeibler.Divergence(prediction, truth);

    public sealed override double Misfit(ReadOnlySpan<double> student, ReadOnlySpan<double> teacher) =>
        KullbackLeibler.Divergence(teacher, student);
}

/// <summary>The divergence of the two cross-entropies.</summary>
public static class KullbackLeibler
{
    /// <summary>
    /// KL(p‖q) = Σ p log(p/q) − p + q, in nats: for probabilities the usual one, for positive numbers that do not sum to 1 the
    /// Bregman divergence of Σ p log p. 0 log 0 is 0; infinite where q is 0 and p is not.
    /// </summary>
    public static double Divergence(ReadOnlySpan<double> p, ReadOnlySpan<double> q)
    {
        double sum = 0;
        for (var index = 0; index < p.Length; index++)
            sum += (p[index] == 0 ? 0 : p[index] * Math.Log(p[index] / q[index])) - p[index] + q[index];
        return sum;
    }
}
