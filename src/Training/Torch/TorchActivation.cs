using W2S.Models;
using static TorchSharp.torch;

namespace W2S.Training;

/// <summary>What a head applies to its linear output, on tensors.</summary>
internal static class TorchActivation
{
    public static Tensor Apply(HeadActivation activation, Tensor linear) => activation switch
    {
        HeadActivation.Tanh => linear.tanh(),
        HeadActivation.Relu => linear.relu(),
        HeadActivation.Sigmoid => linear.sigmoid(),
        _ => linear,
    };

    /// <summary>values · f′, where f′ is told by the activation's own outputs f.</summary>
    public static Tensor TimesSlope(HeadActivation activation, Tensor values, Tensor outputs) => activation switch
    {
        HeadActivation.Tanh => values * (1 - outputs.square()),
        HeadActivation.Relu => values.masked_fill(outputs.le(0), 0),
        HeadActivation.Sigmoid => values * outputs * (1 - outputs),
        _ => values,
    };
}
