using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace W2S.Training;

/// <summary>When training saves and logs; nothing here changes what is computed.</summary>
public sealed record TrainingOptions
{
    [Description("How often a checkpoint is written: time (2min), steps (5000steps), epochs (10epochs) or a share (10%).")]
    public Duration SaveEvery { get; init; } = new(120, Duration.Units.Seconds);

    [Description("How many of the newest checkpoints are kept.")]
    [Range(1, 1_000_000)]
    public int KeepNewest { get; init; } = 2;

    [Description("Whether the checkpoint with the lowest training loss is kept as well.")]
    public bool KeepBest { get; init; } = true;

    [Description("How often the mean loss is logged: steps (500steps), epochs (1epochs) or a share (1%), no time: "
        + "the log must not depend on speed.")]
    public Duration LogEvery { get; init; } = new(1, Duration.Units.Percent);

    /// <summary>
    /// Whether the finished state is saved too. Without it, what is lost to a kill is still no more than SaveEvery allows;
    /// for trainings of a second whose outcome the caller keeps elsewhere.
    /// </summary>
    public bool SaveFinished { get; init; } = true;
}
