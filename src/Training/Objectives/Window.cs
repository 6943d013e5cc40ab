using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Numerics.Tensors;
using TorchSharp;
using Tensor = TorchSharp.torch.Tensor;

namespace W2S.Training.Objectives;

/// <summary>
/// Cross-entropy on the rows of which the student is not sure, its greatest probability below ½ + radius; the others count 0 in
/// the mean over all rows (EleutherAI/w2s, loss.py, for two classes).
/// </summary>
/// <remarks>
/// No law of gain and misfit holds, for the rows that count change with the student; both are counted as <see cref="CrossEntropy"/>
/// does, on all rows.
/// </remarks>
public sealed class Window(Window.Options? options = null) : CrossEntropy
{
    private readonly double _limit = 0.5 + Checked(options ?? new Options()).Radius;
    private readonly Scalar _heldLimit = Held.Of(0.5 + (options ?? new Options()).Radius);

    public override string Name => "window";

    public override void Relabel(ReadOnlySpan<double> logits, ReadOnlySpan<double> labels, int rows, double progress, Span<double> targets)
    {
        var classes = labels.Length / rows;
        for (var row = 0; row < rows; row++)
        {
            var target = targets.Slice(row * classes, classes);
            Predict(logits.Slice(row * classes, classes), target);
            if (TensorPrimitives.Max<double>(target) < _limit) labels.Slice(row * classes, classes).CopyTo(target);
            else target.Clear();
        }
    }

    public override Tensor Relabel(Tensor logits, Tensor labels, double progress) =>
        labels.mul(Predict(logits).amax([-1], keepdim: true).lt(_heldLimit).to_type(labels.dtype));

    /// <summary>Options of <see cref="Window"/>.</summary>
    public sealed record Options
    {
        [Description("A row counts only where the student's greatest probability is below 0.5 + radius.")]
        [Range(0.0, 0.5)]
        public double Radius { get; init; } = 0.15;
    }
}
