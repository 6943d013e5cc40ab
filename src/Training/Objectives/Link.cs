using System.Numerics.Tensors;
using Tensor = TorchSharp.torch.Tensor;

namespace W2S.Training.Objectives;

/// <summary>What turns a head's linear outputs (logits) into its prediction.</summary>
public enum Link
{
    Identity,
    Tanh,
    Relu,
    Sigmoid,

    /// <summary>Probabilities of classes; adding one number to all logits of a row changes nothing.</summary>
    Softmax,
}

/// <summary>The links' values and gradients: in float64 on one row, and on tensors.</summary>
public static class Links
{
    /// <summary>One row's prediction. Both spans may be the same.</summary>
    public static void Apply(this Link link, ReadOnlySpan<double> logits, Span<double> prediction)
    {
        switch (link)
        {
            case Link.Identity: logits.CopyTo(prediction); break;
            case Link.Tanh: Each(logits, prediction, Math.Tanh); break;
            case Link.Relu: TensorPrimitives.Max(logits, 0, prediction); break;
            case Link.Sigmoid: Each(logits, prediction, static logit => 1 / (1 + Math.Exp(-logit))); break;
            case Link.Softmax:
                LogSoftmax(logits, prediction);
                Exp(prediction, prediction);
                break;
            default: throw new ArgumentOutOfRangeException(nameof(link), link, "There is no such link.");
        }
    }

    /// <summary>Predictions [..., outputs] of logits [..., outputs].</summary>
    public static Tensor Apply(this Link link, Tensor logits) => link switch
    {
        Link.Identity => logits,
        Link.Tanh => logits.tanh(),
        Link.Relu => logits.relu(),
        Link.Sigmoid => logits.sigmoid(),
        Link.Softmax => logits.softmax(-1),
        _ => throw new ArgumentOutOfRangeException(nameof(link), link, "There is no such link."),
    };

    /// <summary>
    /// Turns one row's d loss / d prediction into d loss / d logits, in place; the links' slopes are functions of their values.
    /// </summary>
    public static void Backward(this Link link, ReadOnlySpan<double> prediction, Span<double> gradient)
    {
        var mean = link == Link.Softmax ? TensorPrimitives.Dot(prediction, gradient) : 0;
        for (var output = 0; output < gradient.Length; output++)
        {
            var value = prediction[output];
            gradient[output] = link switch
            {
                Link.Tanh => gradient[output] * (1 - value * value),
                Link.Relu => value > 0 ? gradient[output] : 0,
                Link.Sigmoid => gradient[output] * value * (1 - value),
                Link.Softmax => value * (gradient[output] - mean),
                _ => gradient[output],
            };
        }
    }

    /// <summary>e to the power of each number. Both spans may be the same.</summary>
    /// <remarks>
    /// TensorPrimitives computes all numbers of a register another way, with other last bits, where one of them is out of its fast
    /// range; and how many share a register depends on how far the runtime has compiled it. There each number is taken by itself, as
    /// it always is for the other links.
    /// </remarks>
    internal static void Exp(ReadOnlySpan<double> powers, Span<double> results)
    {
        const double fast = 700;
        if (powers.IndexOfAnyExceptInRange(-fast, fast) >= 0) Each(powers, results, Math.Exp);
        else TensorPrimitives.Exp(powers, results);
    }

    private static void Each(ReadOnlySpan<double> values, Span<double> results, Func<double, double> function)
    {
        for (var index = 0; index < values.Length; index++) results[index] = function(values[index]);
    }

    /// <summary>Logarithms of one row's softmax, finite for all finite logits. Both spans may be the same.</summary>
    internal static void LogSoftmax(ReadOnlySpan<double> logits, Span<double> logs)
    {
        var greatest = TensorPrimitives.Max(logits);
        double sum = 0;
        foreach (var logit in logits) sum += Math.Exp(logit - greatest);
        TensorPrimitives.Subtract(logits, greatest + Math.Log(sum), logs);
    }
}
