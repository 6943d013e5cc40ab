namespace W2S.Training;

/// <summary>How a module is trained: everything about a <see cref="ModuleJob{TBatch}"/> that is neither module, data nor loss.</summary>
/// <param name="Optimiser">AdamW's settings, the rate's schedule, accumulation, clipping and the number of epochs.</param>
public sealed record ModuleTraining(OptimiserOptions Optimiser)
{
    /// <summary>For people: "strong representation (8 × 16)".</summary>
    public string Name { get; init; } = "module";

    /// <summary>Shown in reports: "torch (cpu)".</summary>
    public string Engine { get; init; } = "torch";

    /// <summary>
    /// Threads inside one operation on the CPU, on which its last bits depend; null: as many as libtorch was told to use in the
    /// thread that trains.
    /// </summary>
    public int? Threads { get; init; }

    /// <summary>
    /// How many models are trained side by side, each parameter's first axis: the loss is the sum of their mean losses, what is
    /// reported the mean of these, and each model's gradients are clipped by themselves. Null: one, and no parameter has such an axis.
    /// </summary>
    public int? Models { get; init; }

    /// <summary>The rate of each 0-based step; null: as the optimiser's options have it.</summary>
    public Func<long, double>? LearningRate { get; init; }

    /// <summary>Which parameters are decayed, by name; null: all, as in PyTorch.</summary>
    public Func<string, bool>? Decays { get; init; }

    /// <summary>
    /// What of the rate each parameter learns by, by its name; null: all of it. With 0 a parameter stays as it is, to the bit.
    /// </summary>
    internal Func<string, double>? RateShares { get; init; }

    /// <summary>
    /// Where the module draws random numbers (dropout): the seed of which, with the step, they are a function. Libtorch has one
    /// generator, so steps of several such trainings in one process take turns. Null: it draws none.
    /// </summary>
    public long? RandomSeed { get; init; }
}
