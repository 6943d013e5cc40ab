using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using TorchSharp;
using Tensor = TorchSharp.torch.Tensor;

namespace W2S.Training.Objectives;

/// <summary>
/// Huber's loss (1964), r²/2 of residuals r up to a width w and w (|r| − w/2) beyond, its mean over the targets (as nn.HuberLoss
/// has it): outliers among the labels pull less. Errors and misfit are counted by it too.
/// </summary>
/// <remarks>
/// No law of gain and misfit holds, for it is no Bregman divergence; where no residual is wider than w it is half the squared
/// error, and so is its gain.
/// </remarks>
public sealed class Huber(Huber.Options? options = null) : Objective
{
    private readonly double _width = Checked(options ?? new Options()).Width;

    public override string Name => "huber";

    public override Link Link => Link.Identity;

    public override double Loss(ReadOnlySpan<double> logits, ReadOnlySpan<double> label, Span<double> gradient)
    {
        for (var target = 0; target < label.Length; target++)
            gradient[target] = Math.Clamp(logits[target] - label[target], -_width, _width) / label.Length;
        return Error(logits, label);
    }

    public override Tensor RowLosses(Tensor logits, Tensor labels) =>
        torch.nn.functional.huber_loss(logits, labels, _width, torch.nn.Reduction.None).mean([-1]);

    public override double Error(ReadOnlySpan<double> prediction, ReadOnlySpan<double> truth)
    {
        double sum = 0;
        for (var target = 0; target < truth.Length; target++)
        {
            var distance = Math.Abs(prediction[target] - truth[target]);
            sum += distance <= _width ? distance * distance / 2 : _width * (distance - _width / 2);
        }
        return sum / truth.Length;
    }

    public override double Misfit(ReadOnlySpan<double> student, ReadOnlySpan<double> teacher) => Error(student, teacher);

    /// <summary>Options of <see cref="Huber"/>.</summary>
    public sealed record Options
    {
        [Description("Residuals count squared up to this and linearly beyond; in the labels' unit, or in their spread with "
            + "heads.standardise.")]
        [Range(0.0, 1e9, MinimumIsExclusive = true)]
        public double Width { get; init; } = 1;
    }
}
