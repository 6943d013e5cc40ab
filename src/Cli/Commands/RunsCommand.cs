namespace W2S.Cli;

/// <summary>`runs`: what was run, and how runs differ.</summary>
internal sealed class RunsCommand : DocumentedCommand
{
    public RunsCommand() : base("runs", "Lists runs, and compares them.",
        "A run is a folder of reproduce, of a single stage, of a representation, or a sweep. Looking changes nothing.")
    {
        Add(new RunsListCommand());
        Add(new RunsCompareCommand());
        AddExample("runs list", "All runs below runs/ and checkpoints/:");
        AddExample("runs compare runs/a runs/b", "What differs between two, and what came of it:");
    }
}
