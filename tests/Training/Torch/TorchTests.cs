using TorchSharp;

namespace W2S.Training.Tests.Torch;

/// <summary>These tests share one libtorch, and some count its living tensors: one class after another.</summary>
[CollectionDefinition(nameof(TorchTests))]
public class TorchTests
{
    /// <summary>How many tensors live once those that earlier tests forgot are collected.</summary>
    public static long LivingTensors()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        return torch.Tensor.TotalCount;
    }
}
