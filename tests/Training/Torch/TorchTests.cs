using TorchSharp;

namespace W2S.Training.Tests.Torch;

/// <summary>These tests share one libtorch, and some count its living tensors: one class after another.</summary>
[CollectionDefinition(nameof(TorchTests))]
public class TorchTests
{
    /// <remarks>
    /// TorchSharp 0.107 counts a parameter twice, for its tensor and for itself, and takes one back when it is freed: a finished
    /// job leaves as many counted as it had parameters, and no memory.
    /// </remarks>
    /// <summary>How many tensors live once those that earlier tests forgot are collected.</summary>
    public static long LivingTensors()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        return torch.Tensor.TotalCount;
    }
}
