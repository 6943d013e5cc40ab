using System.Text.Json;
using System.Text.RegularExpressions;
using W2S.Experiments;
using W2S.Runs;

namespace W2S.Cluster.Tests;

/// <summary>Sweeps of real training runs on a real Slurm.</summary>
public sealed class SlurmSweepTests(LocalSlurm slurm) : IClassFixture<LocalSlurm>, IDisposable
{
    // Representations that train for some seconds and save often, and studies on them: two levels.
    private const string Study = """
        panels: [2b]
        settings: { pretraining: { tasks: 4, samples: 400, optimiser: { epochs: 15000 } }, heads: { tasks: 4, optimiser: { epochs: 300 } } }
        grid: { seed: 0..1 }
        save_every: 2%
        slurm: { cpus: 2, memory: 500M, time: 20 }
        """;

    private readonly string _folder = Directory.CreateTempSubdirectory("w2s-sweep").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [SkippableFact]
    public void A_sweep_that_is_stopped_killed_cancelled_and_started_twice_ends_in_the_same_results()
    {
        slurm.Require();
        File.WriteAllText(Path.Combine(_folder, "study.yaml"), Study);
        foreach (var sweep in new[] { "undisturbed", "disturbed" }) Sweep("plan", "study.yaml", "--out", sweep).Succeeded();
        Sweep("run", "undisturbed", "--launcher", "local", "--workers", "2", "--quiet").Succeeded();
        var expected = Summaries("undisturbed");
        Assert.Equal(2, expected.Count);

        var arrays = Launch();
        Assert.Equal(2, arrays.Count);
        var tasks = Enumerable.Range(0, 4).Select(task => $"{arrays[0]}_{task}").ToList();

        // Each as soon as it has begun, for it runs for some seconds only. Killed; told to save, in two ways; and put back by somebody.
        Disturb(2, Kill);
        Disturb(0, task => slurm.Run($"scancel --batch --signal=USR1 {task}"));
        Disturb(1, task => slurm.Run($"scancel --full --signal=TERM {task}"));
        Disturb(3, task => slurm.Run($"scontrol requeue {task}"));
        foreach (var task in tasks) Command.Await($"{task} goes back into the queue", () => slurm.Restarts(task) == 1, () => Logs());
        foreach (var (task, code) in new[] { (0, 75), (1, 75), (2, 137) }) Assert.Contains($"The program ended with {code}; task {tasks[task]} goes back", Log(arrays[0], task));

        void Disturb(int task, Action<string> how)
        {
            AwaitBegun(task + 1);
            how(tasks[task]);
        }

        // Everything a second time, while the first is still there. One of those tasks is cancelled for good.
        var again = Launch();
        Command.Await("a task of the second launch runs", () => slurm.Queue().Any(task => task.Key.StartsWith(again[0] + "_", StringComparison.Ordinal) && task.Value.State == "RUNNING"), () => Logs());
        slurm.Run($"scancel {again[0]}_0");

        // A node dies with all that runs on it, and comes back.
        Command.Await("a node dies under a task", LoseANode, () => Logs());

        Command.Await("the queue is empty", () => slurm.Queue().Count == 0, () => string.Join(' ', slurm.Queue()) + Logs());
        Assert.Equal("CANCELLED", slurm.State($"{again[0]}_0"));
        // What the cancelled task left, if anything, another launch does; where nothing is left, it says so.
        Launch();
        Command.Await("the queue is empty", () => slurm.Queue().Count == 0, () => string.Join(' ', slurm.Queue()) + Logs());
        Assert.Empty(Launch());
        Assert.Equal(expected, Summaries("disturbed"));
    }

    [SkippableFact]
    public void A_single_run_by_the_job_script_continues_after_a_signal()
    {
        slurm.Require();
        string[] run = ["train-weak", "--tasks", "4", "--samples", "400", "--epochs", "12000", "--save-every", "2%", "--quiet", "--out"];
        Command.Run([.. Command.Program, .. run, "undisturbed"], [], _folder).Succeeded();

        var script = Path.Combine(RepositoryRoot.Path, "cluster/cpu.sbatch");
        // The job script starts the program itself, which finds .NET through DOTNET_ROOT.
        var job = slurm.Run(["env", $"W2S={Path.Combine(AppContext.BaseDirectory, "W2S")}", "sbatch", "--parsable", script, .. run, "stopped"], _folder).Succeeded();
        Command.Await("the run saves", () => Directory.Exists(Path.Combine(_folder, "stopped")) && Directory.GetDirectories(_folder, "step-*", SearchOption.AllDirectories).Length > 0, () => Log(job));
        slurm.Run($"scancel --batch --signal=USR1 {job}");
        Command.Await("the job ends", () => slurm.State(job) is not ("PENDING" or "RUNNING" or "COMPLETING") || slurm.Restarts(job) > 1, () => Log(job));
        Assert.Equal(("COMPLETED", 1), (slurm.State(job), slurm.Restarts(job)));
        Assert.Equal(WithoutSeconds(Path.Combine(_folder, "undisturbed/summary.json")), WithoutSeconds(Path.Combine(_folder, "stopped/summary.json")));
    }

    [SkippableFact]
    public void What_Slurm_says_about_a_rejected_submission_is_shown()
    {
        slurm.Require();
        File.WriteAllText(Path.Combine(_folder, "study.yaml"), Study);
        Sweep("plan", "study.yaml", "--out", "disturbed").Succeeded();
        var outcome = Sweep("run", "disturbed", "--launcher", "slurm", "--set", "partition=nowhere");
        Assert.Equal(2, outcome.ExitCode);
        Assert.Contains("invalid partition", outcome.Errors, StringComparison.OrdinalIgnoreCase);

        outcome = Sweep("run", "disturbed", "--launcher", "slurm", "--set", "partitoin=main");
        Assert.Equal(2, outcome.ExitCode);
        Assert.Contains("did you mean partition?", outcome.Errors);
    }

    private Outcome Sweep(params string[] words) => slurm.Run([.. Command.Program, "sweep", .. words], _folder);

    /// <summary>Launches what is pending and returns the ids of the arrays; none where all is done.</summary>
    private IReadOnlyList<string> Launch() =>
        [.. Sweep("run", "disturbed", "--launcher", "slurm").Succeeded().Split('\n').TakeWhile(line => line.Length > 0 && line.All(char.IsAsciiDigit))];

    /// <summary>Takes a node down on which something runs, and up again; false where that had ended before.</summary>
    private bool LoseANode()
    {
        var running = slurm.Queue().Where(task => task.Value.State == "RUNNING").ToList();
        if (running.Count == 0) return false;
        var node = running[0].Value.Node;
        var before = running.Where(task => task.Value.Node == node).ToDictionary(task => task.Key, task => slurm.Restarts(task.Key));
        slurm.TakeDown(node);
        slurm.BringUp(node);
        return before.Any(task => slurm.Restarts(task.Key) > task.Value);
    }

    private void AwaitBegun(int line)
    {
        using var plan = JsonDocument.Parse(File.ReadLines(Path.Combine(_folder, "disturbed/plan.jsonl")).ElementAt(line - 1));
        var identity = plan.RootElement.GetProperty("id").GetString()!;
        var log = Path.Combine(_folder, "disturbed/runs", identity[..2], identity, "log.txt");
        Command.Await($"line {line} begins", () => File.Exists(log), () => Logs());
    }

    /// <summary>SIGKILL for the program of a task, but not for its shell: what running out of memory looks like.</summary>
    private void Kill(string task)
    {
        var programs = slurm.Processes(task).Where(process => File.ReadAllText($"/proc/{process}/comm").Trim() is "dotnet" or "W2S").ToList();
        Assert.NotEmpty(programs);
        foreach (var process in programs) Command.Run(["kill", "-KILL", $"{process}"], []);
    }

    private string Log(string array, int task) => File.ReadAllText(Directory.GetFiles(Path.Combine(_folder, "disturbed"), $"level-*-{array}-{task}.log", SearchOption.AllDirectories).Single());

    private string Log(string job) => File.Exists(Path.Combine(_folder, $"w2s-{job}.log")) ? File.ReadAllText(Path.Combine(_folder, $"w2s-{job}.log")) : "It has no log yet.";

    private string Logs() =>
        string.Join('\n', Directory.GetFiles(_folder, "level-*.log", SearchOption.AllDirectories).Select(file => $"{Path.GetFileName(file)}: {File.ReadAllText(file)}"));

    /// <summary>The summaries of a sweep's studies by their place, without the times.</summary>
    private Dictionary<string, string> Summaries(string sweep)
    {
        var runs = Path.Combine(_folder, sweep, "runs");
        return Directory.GetFiles(runs, "summary.json", SearchOption.AllDirectories).ToDictionary(file => Path.GetRelativePath(runs, file), WithoutSeconds);
    }

    private static string WithoutSeconds(string summary) => Regex.Replace(File.ReadAllText(summary), "\"seconds\": [^,\n]*", "");
}
