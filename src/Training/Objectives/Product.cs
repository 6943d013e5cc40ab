using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Numerics.Tensors;
using TorchSharp;
using static TorchSharp.torch;
using Tensor = TorchSharp.torch.Tensor;

namespace W2S.Training.Objectives;

/// <summary>
/// Cross-entropy to the normalised product s^β y^α of the student's own probabilities and the labels, held constant
/// (openai/weak-to-strong, loss.py). A row in which the product is 0 for every class keeps its label.
/// </summary>
/// <remarks>
/// No law of gain and misfit holds, for what is fitted moves with the student; both are counted as <see cref="CrossEntropy"/> does.
/// </remarks>
public sealed class Product(Product.Options? options = null) : CrossEntropy
{
    private static readonly Scalar Zero = Held.Zero;
    private readonly Options _options = Checked(options ?? new Options());
    private readonly Scalar _labels = Held.Of((options ?? new Options()).Labels);
    private readonly Scalar _student = Held.Of((options ?? new Options()).Student);

    public override string Name => "product";

    public override void Relabel(ReadOnlySpan<double> logits, ReadOnlySpan<double> labels, int rows, double progress, Span<double> targets)
    {
        var classes = labels.Length / rows;
        for (var row = 0; row < rows; row++)
        {
            var label = labels.Slice(row * classes, classes);
            var target = targets.Slice(row * classes, classes);
            Predict(logits.Slice(row * classes, classes), target);
            for (var index = 0; index < classes; index++)
                target[index] = Math.Pow(target[index], _options.Student) * Math.Pow(label[index], _options.Labels);
            var sum = TensorPrimitives.Sum<double>(target);
            if (sum > 0) TensorPrimitives.Divide(target, sum, target);
            else label.CopyTo(target);
        }
    }

    public override Tensor Relabel(Tensor logits, Tensor labels, double progress)
    {
        var product = Predict(logits).pow(_student).mul(labels.pow(_labels));
        var sum = product.sum(-1, keepdim: true);
        return where(sum.gt(Zero), product.div(sum), labels);
    }

    /// <summary>Options of <see cref="Product"/>.</summary>
    public sealed record Options
    {
        [Description("Exponent of the labels (alpha).")]
        [Range(0.0, 100.0)]
        public double Labels { get; init; } = 1;

        [Description("Exponent of the student's own probabilities (beta).")]
        [Range(0.0, 100.0)]
        public double Student { get; init; } = 1;
    }
}
