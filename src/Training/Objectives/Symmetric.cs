using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Numerics.Tensors;
using TorchSharp;
using Tensor = TorchSharp.torch.Tensor;

namespace W2S.Training.Objectives;

/// <summary>
/// Symmetric cross-entropy of softmax heads, −a Σ y log s − b Σ s log y in nats, which noise in labels pulls less (Wang et al.,
/// 1908.06112; with a = 1, b = 0.1 in the code of 2505.24313's authors).
/// </summary>
/// <remarks>
/// No law of gain and misfit is known for it: it is no Bregman divergence. Errors and misfit are the same blend of the two
/// KLs in the directions that each alone is counted in, a KL(model‖truth) + b KL(truth‖model) and a KL(teacher‖student) +
/// b KL(student‖teacher), so that b = 0 gives those of <see cref="CrossEntropy"/>.
/// </remarks>
public sealed class Symmetric(Symmetric.Options? options = null) : Objective
{
    private readonly Options _options = Checked(options ?? new Options());
    private readonly Scalar _forward = Held.Of((options ?? new Options()).Forward);
    private readonly Scalar _reverse = Held.Of((options ?? new Options()).Reverse);
    private readonly Scalar _floor = Held.Of((options ?? new Options()).LabelFloor);

    public override string Name => "symmetric";

    public override Link Link => Link.Softmax;

    public override double Loss(ReadOnlySpan<double> logits, ReadOnlySpan<double> label, Span<double> gradient)
    {
        Span<double> logs = new double[logits.Length], probabilities = new double[logits.Length];
        Links.LogSoftmax(logits, logs);
        Links.Exp(logs, probabilities);
        var total = TensorPrimitives.Sum(label);
        for (var target = 0; target < label.Length; target++)
            gradient[target] = -_options.Reverse * Math.Log(Math.Max(label[target], _options.LabelFloor));
        var loss = TensorPrimitives.Dot(probabilities, gradient) - _options.Forward * TensorPrimitives.Dot(label, logs);
        Link.Backward(probabilities, gradient);
        for (var target = 0; target < label.Length; target++)
            gradient[target] += _options.Forward * (total * probabilities[target] - label[target]);
        return loss;
    }

    public override Tensor RowLosses(Tensor logits, Tensor labels)
    {
        var logs = logits.log_softmax(-1);
        var weights = labels.mul(_forward).mul(logs).sum(-1);
        return weights.neg().sub(logs.exp().mul(labels.clamp_min(_floor).log()).sum(-1).mul(_reverse));
    }

    public override double Error(ReadOnlySpan<double> prediction, ReadOnlySpan<double> truth) => Blend(prediction, truth);

    public override double Misfit(ReadOnlySpan<double> student, ReadOnlySpan<double> teacher) => Blend(teacher, student);

    /// <summary>A direction that counts nothing is not asked: it may be infinite.</summary>
    private double Blend(ReadOnlySpan<double> first, ReadOnlySpan<double> second) =>
        (_options.Forward == 0 ? 0 : _options.Forward * KullbackLeibler.Divergence(first, second))
        + (_options.Reverse == 0 ? 0 : _options.Reverse * KullbackLeibler.Divergence(second, first));

    /// <summary>Options of <see cref="Symmetric"/>.</summary>
    public sealed record Options
    {
        [Description("What the cross-entropy counts (a).")]
        [Range(0.0, 1e6)]
        public double Forward { get; init; } = 1;

        [Description("What the reverse cross-entropy counts (b).")]
        [Range(0.0, 1e6)]
        public double Reverse { get; init; } = 0.1;

        [Description("Labels below this count as this in the reverse term, whose logarithm of 0 would be infinite; exp(-4) in 1908.06112.")]
        [Range(0.0, 0.1, MinimumIsExclusive = true)]
        public double LabelFloor { get; init; } = 1e-4;
    }
}
