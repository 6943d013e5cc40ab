namespace W2S.Cli;

/// <summary>`checkpoints`: what is stored, what is in it, and whether it is whole.</summary>
internal sealed class CheckpointsCommand : DocumentedCommand
{
    public CheckpointsCommand() : base("checkpoints", "Lists, inspects and verifies what training has stored.",
        "A checkpoint is a folder step-N with the state of a training in state.safetensors, and a manifest.json with the SHA-256 of it. Looking "
        + "changes nothing, also while a training writes them.")
    {
        Add(new CheckpointsListCommand());
        Add(new CheckpointsInspectCommand());
        Add(new CheckpointsVerifyCommand());
        AddExample("checkpoints list", "Everything under checkpoints/:");
        AddExample("checkpoints verify runs", "Whether all that runs/ holds is whole:");
    }
}
