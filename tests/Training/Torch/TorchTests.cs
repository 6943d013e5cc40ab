namespace W2S.Training.Tests.Torch;

/// <summary>These tests share one libtorch, and some count its living tensors: one class after another.</summary>
[CollectionDefinition(nameof(TorchTests))]
public class TorchTests;
