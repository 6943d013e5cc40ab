namespace W2S.Cluster.Tests;

/// <summary>
/// A Slurm of two nodes on this machine, by cluster/local-slurm.sh; it is stopped with the tests, and by itself where they
/// are killed. Where Slurm is not installed, tests that ask for it skip.
/// </summary>
public sealed class LocalSlurm : IDisposable
{
    private static readonly string Script = Path.Combine(RepositoryRoot.Path, "cluster/local-slurm.sh");
    private readonly string _folder = Path.Combine(Path.GetTempPath(), $"w2s-slurm-{Environment.ProcessId}");
    private bool _isStarted;

    private Dictionary<string, string> Surroundings => new() { ["SLURM_CONF"] = Path.Combine(_folder, "slurm.conf") };

    /// <summary>Starts it, if that has not been done; skips the test where it is not installed.</summary>
    public void Require()
    {
        if (_isStarted) return;
        Skip.If(Command.Run([Script, "installed"], []).ExitCode == 3, "Slurm is not installed here; ./run.sh setup peers installs it (Debian's slurm-wlm and munge).");
        Command.Run([Script, "start", _folder, "2", $"{Environment.ProcessId}"], []).Succeeded();
        _isStarted = true;
    }

    public void Dispose()
    {
        if (_isStarted) Command.Run([Script, "stop", _folder], []).Succeeded();
    }

    /// <summary>One of Slurm's commands, or the program, as people would type it on a login node.</summary>
    internal Outcome Run(IEnumerable<string> words, string? folder = null) => Command.Run(words, Surroundings, folder);

    /// <summary>One of Slurm's commands that has to succeed.</summary>
    public string Run(string words) => Run(words.Split(' ')).Succeeded();

    public void TakeDown(string node) => Run([Script, "node-down", _folder, node]).Succeeded();

    public void BringUp(string node) => Run([Script, "node-up", _folder, node]).Succeeded();

    /// <summary>Which tasks are in the queue, and how: "12_3" → ("RUNNING", "local1").</summary>
    public IReadOnlyDictionary<string, (string State, string Node)> Queue() =>
        Run("squeue --noheader --array --format %i|%T|%N").Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => line.Split('|')).ToDictionary(fields => fields[0], fields => (fields[1], fields[2]));

    /// <summary>How often a task was put back into the queue.</summary>
    public int Restarts(string task) => int.Parse(Field(task, "Restarts"), System.Globalization.CultureInfo.InvariantCulture);

    public string State(string task) => Field(task, "JobState");

    /// <summary>The processes of a task, shell and program alike, that Slurm started on either node.</summary>
    public IReadOnlyList<int> Processes(string task)
    {
        var (array, number) = (task.Split('_')[0], task.Split('_')[1]);
        return
        [
            .. Directory.GetDirectories("/proc").Select(Path.GetFileName).Where(name => int.TryParse(name, out _)).Select(name => int.Parse(name!, System.Globalization.CultureInfo.InvariantCulture))
                .Where(process => EnvironmentOf(process) is { } its && its.Contains($"SLURM_ARRAY_JOB_ID={array}") && its.Contains($"SLURM_ARRAY_TASK_ID={number}")
                    && its.Contains($"SLURM_CONF={Surroundings["SLURM_CONF"]}")),
        ];
    }

    private string Field(string task, string name) =>
        Run($"scontrol show job {task}").Split((char[])[' ', '\n'], StringSplitOptions.RemoveEmptyEntries).First(field => field.StartsWith(name + "=", StringComparison.Ordinal))[(name.Length + 1)..];

    private static string[]? EnvironmentOf(int process)
    {
        try
        {
            return File.ReadAllText($"/proc/{process}/environ").Split('\0');
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null; // it has ended, or is not ours
        }
    }
}
