namespace W2S.Experiments;

/// <summary>Chooses who does the arithmetic.</summary>
public static class Engines
{
    /// <summary>The engine asked for, or under auto the fastest that can do all of the study's work on its device.</summary>
    /// <param name="threads">Cores that it may use.</param>
    /// <exception cref="UserErrorException">The engine asked for cannot do the job; the message says why.</exception>
    public static IEngine Choose(Study study, int threads) =>
        Foresee(study) == IEngine.Choice.Torch ? new TorchEngine(study.Device, threads) : new FusedEngine(threads);

    /// <summary>
    /// Which engine <see cref="Choose"/> would take, without making it: a plan is made where neither the GPU nor libtorch need be.
    /// </summary>
    /// <exception cref="UserErrorException">The engine asked for cannot do the job.</exception>
    internal static IEngine.Choice Foresee(Study study)
    {
        var obstacle = study.IsGaussian ? FusedObstacle(study) : null;
        if (study.Engine == IEngine.Choice.Fused && obstacle != null)
            throw new UserErrorException($"engine: fused cannot run {study.Name}, because {obstacle}. Use --engine auto or torch.");
        return study.Engine == IEngine.Choice.Torch || obstacle != null ? IEngine.Choice.Torch : IEngine.Choice.Fused;
    }

    /// <summary>
    /// The engine that fits heads. On tables they are as wide as the encoder: the kernels where these serve width, objective and
    /// optimiser, else TorchSharp, on the processor with one thread, for a step's products are too small to share out. On a busy
    /// machine with two cores, 660 steps of 27 heads of width 128 took 0.16 s with one thread and 10 s with two.
    /// </summary>
    /// <param name="engine">The study's.</param>
    internal static IEngine ForHeads(Study study, IEngine engine, HeadProblem problem, int threads)
    {
        var hasKernels = FusedEngine.Supports(problem.Initial) && FusedEngine.Supports(problem.Objective, problem.Initial)
            && FusedEngine.Supports(problem.Optimiser);
        if (study.IsGaussian && (engine is not FusedEngine || hasKernels)) return engine;
        return study.Device == "cpu" && study.Engine != IEngine.Choice.Torch && hasKernels
            ? new FusedEngine(threads)
            : new TorchEngine(study.Device, threads: 1);
    }

    private static string? FusedObstacle(Study study)
    {
        if (study.Device != "cpu") return $"it runs on the CPU only and the device is {study.Device}";
        if (study.Pretrains && !FusedEngine.Supports(study.Pretraining.Optimiser))
            return "its kernels neither accumulate gradients nor clip them";
        int[] hidden = [study.Truth.Hidden, study.Weak.Hidden, study.Strong.Hidden];
        var widest = new MlpShape(study.InputWidth, hidden.Max(), study.RepresentationWidth, Depth: 2);
        return FusedEngine.Supports(widest) ? null : $"it has no kernels as wide as {widest.Widest}";
    }
}
