namespace W2S.Experiments;

/// <summary>Who does the arithmetic.</summary>
public enum EngineChoice
{
    /// <summary>The fastest engine that can do the job.</summary>
    Auto,

    /// <summary>Kernels on the processor.</summary>
    Fused,

    /// <summary>TorchSharp.</summary>
    Torch,
}
