using W2S.Data;
using W2S.Models;
using W2S.Training;

namespace W2S.Experiments;

/// <summary>Chooses who does the arithmetic.</summary>
public static class Engines
{
    /// <summary>The engine asked for, or under auto the fastest that can do all of the panel's work on its device.</summary>
    /// <param name="threads">Cores that this panel may use.</param>
    /// <exception cref="UserErrorException">The engine asked for cannot do the job; the message says why.</exception>
    public static IEngine Choose(StudyOptions options, int threads)
    {
        var obstacle = FusedObstacle(options);
        return options.Engine switch
        {
            EngineChoice.Torch => new TorchEngine(options.Device, threads, options.SeedsTogether),
            EngineChoice.Fused when obstacle != null => throw new UserErrorException(
                $"engine: fused cannot run {options.Name}, because {obstacle}. Use --engine auto or torch."),
            EngineChoice.Fused => new FusedEngine(threads),
            _ => obstacle == null ? new FusedEngine(threads) : new TorchEngine(options.Device, threads, options.SeedsTogether),
        };
    }

    private static string? FusedObstacle(StudyOptions options)
    {
        if (options.Device != "cpu") return $"it runs on the CPU only and the device is {options.Device}";
        int[] hidden = [options.Truth.Hidden, options.Weak.Hidden, options.Strong.Hidden];
        var widest = new MlpShape(options.InputWidth, hidden.Max(), options.RepresentationWidth, Depth: 2);
        return FusedEngine.Supports(widest) ? null : $"it has no kernels as wide as {widest.Widest}";
    }
}
