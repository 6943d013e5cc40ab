using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace W2S.Runs.Plans;

/// <summary>
/// The plain settings at the top of a sweep's file; beside them stand panels, settings, grid, where, and one section for each launcher.
/// </summary>
public sealed record SweepOptions
{
    [Description("paper or notebook: the settings below the panel's own.")]
    public string Preset { get; init; } = Panel.DefaultPreset;

    [Description("How often a failed run is tried again before it counts as failed.")]
    [Range(0, 1000)]
    public int Retries { get; init; } = 2;

    [Description("How often a run may lose its worker (kill -9, out of memory, a dead node) before it counts as failed.")]
    [Range(0, 1_000_000)]
    public int Deaths { get; init; } = 20;

    [Description("How often a training saves: time (2min), steps (5000steps), epochs (10epochs) or a share (10%).")]
    public string SaveEvery { get; init; } = "2min";
}
