using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace W2S.Runs.Launchers;

/// <summary>The pool of processes on this machine.</summary>
internal sealed record LocalOptions
{
    [Description("Worker processes; 0 means one for each GPU that is named, else one for each core.")]
    [Range(0, 4096)]
    public int Workers { get; init; }

    [Description("Threads of each worker, which also are the cores that it is kept on; 0 means the cores shared out among the workers.")]
    [Range(0, 1024)]
    public int Threads { get; init; }

    [Description("Numbers of the GPUs to share out, as CUDA_VISIBLE_DEVICES of the workers; empty leaves that variable alone.")]
    public IReadOnlyList<int> Gpus { get; init; } = [];

    [Description("Debugging: runs in this process, where a debugger sees them; workers are then threads.")]
    public bool InProcess { get; init; }
}
