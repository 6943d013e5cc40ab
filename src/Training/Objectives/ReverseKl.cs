using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Numerics.Tensors;
using TorchSharp;
using Tensor = TorchSharp.torch.Tensor;

namespace W2S.Training.Objectives;

/// <summary>
/// Reverse KL of softmax heads, KL(student‖label) = Σ s log(s/y) in nats, which forgives what the student leaves out
/// (zero-forcing; 2502.11107). Errors are counted truth first, KL(truth‖model); the misfit is the loss, KL(student‖teacher).
/// </summary>
/// <remarks>
/// Law (2501.19105: Bregman projection, student first): over a class that is convex in PROBABILITIES, with the truth in it,
/// E KL(r‖t) ≥ E KL(r‖s) + E KL(s‖t), that is gain ≥ misfit, with equality for affine families at interior optima. Softmax
/// heads are no such class, so the law does NOT hold for this objective's own heads: a scalar logistic head on four points
/// broke it by 1.93. <see cref="Mixture"/> has heads that come near.
/// </remarks>
public sealed class ReverseKl(ReverseKl.Options? options = null) : Objective
{
    private readonly double _labelFloor = Checked(options ?? new Options()).LabelFloor;
    private readonly Scalar _floor = Held.Of((options ?? new Options()).LabelFloor);

    public override string Name => "reverse-kl";

    public override Link Link => Link.Softmax;

    public override double Loss(ReadOnlySpan<double> logits, ReadOnlySpan<double> label, Span<double> gradient)
    {
        Span<double> probabilities = new double[logits.Length];
        Links.LogSoftmax(logits, gradient);
        Links.Exp(gradient, probabilities);
        for (var target = 0; target < label.Length; target++) gradient[target] -= Math.Log(Math.Max(label[target], _labelFloor));
        var loss = TensorPrimitives.Dot(probabilities, gradient);
        Link.Backward(probabilities, gradient);
        return loss;
    }

    public override Tensor RowLosses(Tensor logits, Tensor labels)
    {
        var logs = logits.log_softmax(-1);
        return logs.exp().mul(logs.sub(labels.clamp_min(_floor).log())).sum(-1);
    }

    public override double Error(ReadOnlySpan<double> prediction, ReadOnlySpan<double> truth) =>
        KullbackLeibler.Divergence(truth, prediction);

    public override double Misfit(ReadOnlySpan<double> student, ReadOnlySpan<double> teacher) =>
        KullbackLeibler.Divergence(student, teacher);

    public override string? Problem(ReadOnlySpan<double> label) =>
        base.Problem(label)
        ?? (_labelFloor == 0 && label.IndexOf(0.0) is >= 0 and var zero
            ? $"column {zero} is 0: without a floor the loss is infinite"
            : null);

    /// <summary>Options of <see cref="ReverseKl"/>.</summary>
    public sealed record Options
    {
        [Description("Labels below this count as this in the loss, whose logarithm of a label of 0 would be infinite; "
            + "0: refuse such labels.")]
        [Range(0.0, 0.1)]
        public double LabelFloor { get; init; } = 1e-6;
    }
}
