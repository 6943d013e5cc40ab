namespace W2S.Cli;

/// <summary>`sweep`: hundreds or thousands of runs, on this machine or a cluster.</summary>
internal sealed class SweepCommand : DocumentedCommand
{
    public SweepCommand() : base("sweep", "Plans, runs, watches and gathers many runs.",
        "A sweep is a folder with a plan of one line a run. Workers share it out, here or on a cluster, survive whatever stops them, and never run "
        + "a finished run again. See docs/cluster.md.")
    {
        Add(new SweepPlanCommand());
        Add(new SweepRunCommand());
        Add(new SweepWorkCommand());
        Add(new SweepStatusCommand());
        Add(new SweepCollectCommand());
        Add(new SweepRetryCommand());
        Add(new SweepCleanCommand());
        AddExample("sweep plan configs/sweeps/depth.yaml --out runs/depth", "From a grid to a plan:");
        AddExample("sweep run runs/depth", "Run it on all cores of this machine:");
    }
}
