namespace W2S.Experiments;

/// <summary>The solvers by name. A new one is one line here, and one in <see cref="HeadSolver"/>.</summary>
public static class HeadSolvers
{
    /// <param name="engine">The study's; on tables heads may be wider than its kernels, and then another fits them.</param>
    /// <param name="checkpoints">A folder for interrupted trainings; null: none.</param>
    public static IHeadSolver Create(
        Study study, IEngine engine, int threads, string? checkpoints, TrainingOptions training,
        RunServices run) => study.Heads.Solver switch
    {
        HeadSolver.Exact => new LeastSquares(study.Heads.Bias, threads, run),
        HeadSolver.Ridge => new Ridge(threads, run),
        HeadSolver.Newton => new Newton(study.Heads with { Bias = study.HasHeadBias }, threads, run.Log),
        _ => new GradientDescent(study, engine, threads, checkpoints, training, run),
    };
}
