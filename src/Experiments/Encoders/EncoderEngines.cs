namespace W2S.Experiments;

/// <summary>Chooses who does the arithmetic of encoders.</summary>
internal static class EncoderEngines
{
    /// <summary>The engine asked for, or under auto the fused kernels where they can do the job on that device, else TorchSharp.</summary>
    /// <param name="device">cpu, cuda or cuda:N.</param>
    /// <param name="threads">For TorchSharp; the fused kernels use one for each of the options' parts.</param>
    /// <exception cref="UserErrorException">The engine asked for cannot do the job; the message says why.</exception>
    public static IEncoderEngine Choose(EncoderPretrainingOptions options, EngineChoice choice, string device, int threads)
    {
        var obstacle = device != "cpu" ? $"kernels for {device}" : FusedEncoderEngine.Obstacle(options);
        if (choice == EngineChoice.Fused && obstacle != null)
            throw new UserErrorException($"engine: fused has no {obstacle}. Use --engine auto or torch.");
        return choice == EngineChoice.Torch || obstacle != null
            ? new TorchEngine(device, threads)
            : new FusedEncoderEngine(options.Parts);
    }
}

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
