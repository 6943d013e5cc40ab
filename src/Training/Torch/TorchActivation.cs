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
}
