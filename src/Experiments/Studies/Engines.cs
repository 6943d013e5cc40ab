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
            EngineChoice.Fused when obstacle != null => throw new UserErrorException(
                $"engine: fused cannot run {options.Name}, because {obstacle}. Use --engine auto or torch."),
            EngineChoice.Fused => new FusedEngine(threads),
            _ => obstacle == null ? new FusedEngine(threads) : new TorchEngine(options.Device, threads),
        };
    }

    private static string? FusedObstacle(StudyOptions options)
    {
        if (options.Device != "cpu") return $"it runs on the CPU only and the device is {options.Device}";
        var hidden = new[] { options.Truth.Hidden, options.Weak.Hidden, options.Strong.Hidden };
        var widest = hidden.Append(options.InputWidth).Append(options.RepresentationWidth).Max();
        if (widest > FusedEngine.MaximumWidth) return $"its widest layer, {widest}, is over {FusedEngine.MaximumWidth}";
        return options.Heads is { Solver: HeadSolver.AdamW, Activation: not HeadActivation.None }
            ? $"it fits affine heads and the activation is {options.Heads.Activation.ToString().ToLowerInvariant()}"
            : null;
    }
}
