using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Numerics.Tensors;
using TorchSharp;
using Tensor = TorchSharp.torch.Tensor;

namespace W2S.Training.Objectives;

/// <summary>
/// A mixture of k softmax heads with learned weights, s = Σ π_j p_j, fitted student first: KL(s‖label) in nats (2501.19105).
/// Errors are counted truth first, KL(truth‖model); the misfit is KL(student‖teacher).
/// </summary>
/// <remarks>
/// Logits of a row: each head's c in turn, then k whose softmax is π. The latter are constants of the mixture
/// (<see cref="ConstantOutputs"/>): 0 at the start makes them uniform, as the authors do.
/// Law: with heads fixed and π optimal, E KL(p_j‖t) − E KL(p_j‖s) = E KL(s‖t) on the fitting sample for every j with
/// π_j &gt; 0, and ≥ where π_j = 0; hence gain ≥ misfit for a truth inside the mixture. With the heads trained too only
/// stationarity is left: the paper's inequality then has a slack that shrinks like √(c/k).
/// </remarks>
public sealed class Mixture(Mixture.Options? options = null) : Objective
{
    private readonly Options _options = Checked(options ?? new Options());
    private readonly Scalar _floor = Held.Of((options ?? new Options()).LabelFloor);

    public override string Name => "mixture";

    public override Link Link => Link.Softmax;

    public override int Outputs(int targets) => _options.Heads * (targets + 1);

    public override int ConstantOutputs(int targets) => _options.Heads;

    public override double Loss(ReadOnlySpan<double> logits, ReadOnlySpan<double> label, Span<double> gradient)
    {
        var (heads, classes) = (_options.Heads, label.Length);
        Span<double> parts = new double[logits.Length], mixed = new double[classes], scores = new double[classes];
        Mix(logits, parts, mixed);
        double loss = 0;
        for (var index = 0; index < classes; index++)
        {
            // A class that underflowed in every head has the score of the least number, times a probability of 0.
            scores[index] = Math.Log(Math.Max(mixed[index], double.Epsilon)) - Math.Log(Math.Max(label[index], _options.LabelFloor));
            loss += mixed[index] * scores[index];
        }
        var weights = parts[(heads * classes)..];
        for (var head = 0; head < heads; head++)
        {
            var part = parts.Slice(head * classes, classes);
            var slope = gradient.Slice(head * classes, classes);
            var mean = TensorPrimitives.Dot<double>(part, scores);
            for (var index = 0; index < classes; index++) slope[index] = weights[head] * part[index] * (scores[index] - mean);
            gradient[heads * classes + head] = weights[head] * (mean - loss);
        }
        return loss;
    }

    public override Tensor RowLosses(Tensor logits, Tensor labels)
    {
        var logs = LogProbabilities(logits);
        return logs.exp().mul(logs.sub(labels.clamp_min(_floor).log())).sum(-1);
    }

    public override void Predict(ReadOnlySpan<double> logits, Span<double> prediction) =>
        Mix(logits, new double[logits.Length], prediction);

    public override Tensor Predict(Tensor logits) => LogProbabilities(logits).exp();

    public override double Error(ReadOnlySpan<double> prediction, ReadOnlySpan<double> truth) =>
        KullbackLeibler.Divergence(truth, prediction);

    public override double Misfit(ReadOnlySpan<double> student, ReadOnlySpan<double> teacher) =>
        KullbackLeibler.Divergence(student, teacher);

    /// <summary>
    /// Fills <paramref name="parts"/> with each head's probabilities and then π, <paramref name="mixed"/> with Σ π_j p_j.
    /// </summary>
    private void Mix(ReadOnlySpan<double> logits, Span<double> parts, Span<double> mixed)
    {
        var (heads, classes) = (_options.Heads, mixed.Length);
        Link.Apply(logits[(heads * classes)..], parts[(heads * classes)..]);
        mixed.Clear();
        for (var head = 0; head < heads; head++)
        {
            var part = parts.Slice(head * classes, classes);
            Link.Apply(logits.Slice(head * classes, classes), part);
            TensorPrimitives.MultiplyAdd(part, parts[heads * classes + head], mixed, mixed);
        }
    }

    /// <summary>log Σ π_j p_j: [..., classes].</summary>
    private Tensor LogProbabilities(Tensor logits)
    {
        var heads = _options.Heads;
        var classes = logits.size(-1) / heads - 1;
        var parts = logits.narrow(-1, 0, heads * classes).unflatten(logits.dim() - 1, heads, classes).log_softmax(-1);
        var weights = logits.narrow(-1, heads * classes, heads).log_softmax(-1).unsqueeze(-1);
        return parts.sub(weights.neg()).logsumexp(-2); // a difference, for TorchSharp's sum makes a scalar that is not held
    }

    /// <summary>Options of <see cref="Mixture"/>.</summary>
    public sealed record Options
    {
        [Description("Softmax heads in the mixture (k).")]
        [Range(1, 10_000)]
        public int Heads { get; init; } = 10;

        [Description("Labels below this count as this in the loss, whose logarithm of a label of 0 would be infinite.")]
        [Range(0.0, 0.1, MinimumIsExclusive = true)]
        public double LabelFloor { get; init; } = 1e-6;
    }
}
