using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Numerics.Tensors;
using TorchSharp;
using static TorchSharp.torch;
using Tensor = TorchSharp.torch.Tensor;

namespace W2S.Training.Objectives;

/// <summary>
/// The auxiliary confidence loss: cross-entropy to labels into which the student's own answers are blended (Burns et al. 2023,
/// 2312.09390; openai/weak-to-strong, loss.py; EleutherAI/w2s, loss.py).
/// </summary>
/// <remarks>
/// With two classes the student answers class 0 where p₀ ≥ the batch's quantile of p₀ at the level of the mean label of class
/// 1, so that it answers as often as the labels do; with more, its likeliest class (ours: openai's code has two classes only).
/// No law of gain and misfit holds, for what is fitted moves with the student; both are counted as
/// <see cref="CrossEntropy"/> does.
/// </remarks>
public sealed class LogConf(LogConf.Options? options = null) : CrossEntropy
{
    private static readonly Scalar Zero = Held.Zero, One = Held.One;
    private readonly Options _options = Checked(options ?? new Options());

    public override string Name => "logconf";

    /// <summary>What the student's own answers count at this point of the training.</summary>
    public double Coefficient(double progress) => _options.Weight * _options.Schedule switch
    {
        Schedule.OpenAi => progress > _options.WarmUp ? 1 : progress,
        _ => progress < _options.WarmUp ? progress / _options.WarmUp : 1,
    };

    public override void Relabel(ReadOnlySpan<double> logits, ReadOnlySpan<double> labels, int rows, double progress, Span<double> targets)
    {
        var (classes, coefficient) = (labels.Length / rows, Coefficient(progress));
        var answers = new double[labels.Length];
        for (var row = 0; row < rows; row++) Predict(logits.Slice(row * classes, classes), answers.AsSpan(row * classes, classes));
        if (_options.Hardened) Harden(answers, labels, rows, classes);
        for (var index = 0; index < targets.Length; index++)
            targets[index] = (1 - coefficient) * labels[index] + coefficient * answers[index];
    }

    public override Tensor Relabel(Tensor logits, Tensor labels, double progress)
    {
        var answers = Predict(logits);
        if (_options.Hardened) answers = Hardened(answers, labels);
        // A difference, for TorchSharp's sum makes a scalar that is not held.
        using Scalar kept = (1 - Coefficient(progress)).ToScalar(), taken = (-Coefficient(progress)).ToScalar();
        return labels.mul(kept).sub(answers.mul(taken));
    }

    private static void Harden(double[] answers, ReadOnlySpan<double> labels, int rows, int classes)
    {
        var threshold = double.NaN;
        if (classes == 2)
        {
            var first = Enumerable.Range(0, rows).Select(row => answers[row * 2]).Order().ToArray();
            double level = 0;
            for (var row = 0; row < rows; row++) level += labels[row * 2 + 1] / rows;
            var place = Math.Clamp(level, 0, 1) * (rows - 1);
            var below = (int)place;
            threshold = first[below] + (place - below) * (first[Math.Min(below + 1, rows - 1)] - first[below]);
        }
        for (var row = 0; row < rows; row++)
        {
            var answer = answers.AsSpan(row * classes, classes);
            var chosen = classes == 2 ? (answer[0] >= threshold ? 0 : 1) : TensorPrimitives.IndexOfMax<double>(answer);
            answer.Clear();
            answer[chosen] = 1;
        }
    }

    /// <summary>The same, each leading index a batch of its own.</summary>
    private static Tensor Hardened(Tensor answers, Tensor labels)
    {
        if (answers.size(-1) != 2)
            return zeros_like(answers).scatter_(-1, answers.argmax(-1, keepdim: true), ones_like(answers.narrow(-1, 0, 1)));
        var rows = answers.size(-2);
        var first = answers.narrow(-1, 0, 1);
        var sorted = first.sort(-2).Values;
        using var last = (rows - 1).ToScalar();
        var place = labels.narrow(-1, 1, 1).mean([-2], keepdim: true).clamp(Zero, One).mul(last);
        var below = place.floor();
        var above = place.ceil();
        var low = sorted.gather(-2, below.to_type(ScalarType.Int64));
        var high = sorted.gather(-2, above.to_type(ScalarType.Int64));
        var isFirst = first.ge(low.lerp(high, place.sub(below))).to_type(answers.dtype);
        return cat([isFirst, ones_like(isFirst).sub(isFirst)], -1);
    }

    /// <summary>Options of <see cref="LogConf"/>.</summary>
    public sealed record Options
    {
        [Description("What the student's own answers count in its labels once warmed up.")]
        [Range(0.0, 1.0)]
        public double Weight { get; init; } = 0.5;

        [Description("Share of the training in which that weight grows.")]
        [Range(0.0, 1.0)]
        public double WarmUp { get; init; } = 0.1;

        [Description("linear, or openai: as openai's code has it, with its jump.")]
        public Schedule Schedule { get; init; } = Schedule.Linear;

        [Description("Whether the student's own answers are hardened to 0 and 1; false is EleutherAI's entropy loss.")]
        public bool Hardened { get; init; } = true;
    }

    /// <summary>How the weight of a student's own answers grows at the start of a training.</summary>
    public enum Schedule
    {
        /// <summary>In proportion to the progress, up to the full weight.</summary>
        Linear,

        /// <summary>
        /// As openai/weak-to-strong wrote it: weight × progress (0.05 at most by default), then a jump to the full weight.
        /// </summary>
        OpenAi,
    }
}
