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
            EngineChoice.Torch => new TorchEngine(options.Device, threads),
            EngineChoice.Fused when obstacle != null => throw new UserErrorException(CannotRun(options, obstacle)),
            EngineChoice.Fused => new FusedEngine(threads),
            _ => obstacle == null ? new FusedEngine(threads) : new TorchEngine(options.Device, threads),
        };
    }

    /// <summary>Which engine <see cref="Choose"/> would take, without making it: a plan is made where neither the GPU nor libtorch need be.</summary>
    /// <exception cref="UserErrorException">The engine asked for cannot do the job.</exception>
    internal static EngineChoice Foresee(StudyOptions options) => options.Engine == EngineChoice.Torch || (options.Engine == EngineChoice.Auto && FusedObstacle(options) != null)
        ? EngineChoice.Torch
        : FusedObstacle(options) is { } obstacle ? throw new UserErrorException(CannotRun(options, obstacle)) : EngineChoice.Fused;

    private static string CannotRun(StudyOptions options, string obstacle) => $"engine: fused cannot run {options.Name}, because {obstacle}. Use --engine auto or torch.";

    private static string? FusedObstacle(StudyOptions options)
    {
        if (options.Device != "cpu") return $"it runs on the CPU only and the device is {options.Device}";
        int[] hidden = [options.Truth.Hidden, options.Weak.Hidden, options.Strong.Hidden];
        var widest = new MlpShape(options.InputWidth, hidden.Max(), options.RepresentationWidth, Depth: 2);
        return FusedEngine.Supports(widest) ? null : $"it has no kernels as wide as {widest.Widest}";
    }
}
