using System.Diagnostics;
using System.Text.RegularExpressions;

namespace W2S.Tests.Cli;

/// <summary>A sweep whose workers are killed, doubled, stopped and started again ends in the same bits as an undisturbed one.</summary>
public sealed class SweepKillTests(SweepKillTests.Undisturbed undisturbed) : IClassFixture<SweepKillTests.Undisturbed>
{
    private const int Runs = 5; // 2 representations and 3 studies

    /// <summary>Large enough to be caught in the middle, small enough to be run many times.</summary>
    private const string Study = """
        panels: [2b, 3a, 2a]
        settings:
          engine: fused
          heads: { tasks: 20, samples: 500, optimiser: { epochs: 800 } }
          evaluation: { samples: 500 }
          pretraining: { tasks: 10, samples: 2000, optimiser: { epochs: 30 } }
        grid: { seed: [0] }
        save_every: 10%
        deaths: 1000
        """;

    private readonly BuiltProgram _program = undisturbed.Program;

    /// <summary>What the others are compared with, run once.</summary>
    public sealed class Undisturbed : IDisposable
    {
        public Undisturbed()
        {
            File.WriteAllText(Path.Combine(Program.Folder, "study.yaml"), Study);
            Assert.Equal(0, Program.Run("sweep plan study.yaml --out undisturbed").ExitCode);
            var (code, _, error) = Program.Run("sweep run undisturbed --in-process --quiet");
            Assert.True(code == 0, error);
        }

        internal BuiltProgram Program { get; } = new();

        public void Dispose() => Program.Dispose();
    }

    [SkippableFact]
    public void Workers_killed_at_random_cost_nothing_but_time()
    {
        Skip.IfNot(OperatingSystem.IsLinux(), "Workers are found by their number in the leases.");
        Plan("killed");
        var random = new W2S.Data.RandomStream(20240525, "sweep kills");
        using (var sweep = _program.Start("sweep run killed --workers 2 --quiet"))
        {
            for (var kills = 0; kills < 6 && !sweep.HasExited;)
            {
                Thread.Sleep(50 + random.NextInt(300));
                if (Holder("killed") is not { } worker) continue;
                Kill("KILL", worker);
                kills++;
            }
            sweep.WaitForExit();
            Assert.True(sweep.ExitCode == 0, sweep.StandardError.ReadToEnd());
        }
        AssertAsUndisturbed("killed");
    }

    [SkippableFact]
    public void The_same_runs_started_several_times_at_once_are_done_once()
    {
        Skip.If(OperatingSystem.IsWindows(), "Leases need hard links.");
        Plan("doubled");
        var workers = Enumerable.Range(0, 3).Select(_ => _program.Start("sweep work doubled --lines 1-5 --threads 1 --quiet")).ToList();
        var done = 0;
        foreach (var worker in workers)
        {
            var said = worker.StandardOutput.ReadToEnd();
            worker.WaitForExit();
            Assert.True(worker.ExitCode == 0, worker.StandardError.ReadToEnd());
            Assert.StartsWith($"{Runs} of {Runs} runs are done", said);
            done += int.Parse(Regex.Match(said, @"(\d+) by this worker").Groups[1].Value);
            worker.Dispose();
        }
        Assert.Equal(Runs, done);
        AssertAsUndisturbed("doubled");
    }

    [SkippableTheory]
    [InlineData("TERM")]
    [InlineData("USR1")]
    [InlineData("USR2")]
    [InlineData("INT")]
    public void A_signalled_worker_saves_ends_with_75_and_the_same_words_continue(string signal)
    {
        Skip.IfNot(OperatingSystem.IsLinux(), "Workers are found by their number in the leases.");
        var folder = $"signalled-{signal}";
        Plan(folder);
        using (var worker = _program.Start($"sweep work {folder} --lines 1 --threads 1"))
        {
            Assert.True(SpinWait.SpinUntil(() => Checkpoints(folder).Any(), TimeSpan.FromSeconds(60)), "Nothing was saved.");
            Kill(signal, worker.Id);
            worker.WaitForExit();
            Assert.Equal(75, worker.ExitCode);
            Assert.Contains($"SIG{signal}", worker.StandardError.ReadToEnd());
        }
        Assert.NotEmpty(Checkpoints(folder));
        Assert.Null(Holder(folder));
        Assert.Equal(0, _program.Run($"sweep work {folder} --lines 1 --quiet").ExitCode);
        var weights = Assert.Single(Files(folder, "weights.safetensors"));
        Assert.Equal(Files("undisturbed", "weights.safetensors")[weights.Key], weights.Value);
    }

    [SkippableFact]
    public void A_stopped_pool_stops_its_workers_and_the_same_command_continues()
    {
        Skip.IfNot(OperatingSystem.IsLinux(), "Workers are found by their number in the leases.");
        Plan("stopped");
        using (var sweep = _program.Start("sweep run stopped --workers 2 --quiet"))
        {
            Assert.True(SpinWait.SpinUntil(() => Holder("stopped") != null, TimeSpan.FromSeconds(60)));
            Kill("TERM", sweep.Id);
            sweep.WaitForExit();
            Assert.Equal(75, sweep.ExitCode);
        }
        Assert.Null(Holder("stopped"));
        Assert.Equal(75, _program.Run("sweep run stopped --workers 2 --max-minutes 0.005 --quiet").ExitCode);
        Assert.Equal(0, _program.Run("sweep run stopped --workers 2 --quiet").ExitCode);
        AssertAsUndisturbed("stopped");
        var (code, output, _) = _program.Run("sweep collect stopped");
        Assert.Equal(0, code);
        Assert.Contains($"{Runs} of {Runs} runs", output);
    }

    private void Plan(string folder)
    {
        var (code, output, error) = _program.Run($"sweep plan study.yaml --out {folder}");
        Assert.True(code == 0, error);
        Assert.StartsWith($"{Runs} runs", output);
    }

    private void AssertAsUndisturbed(string folder)
    {
        foreach (var name in new[] { "summary.json", "weights.safetensors" }) Assert.Equal(Files("undisturbed", name), Files(folder, name));
        Assert.Equal(3, Files(folder, "summary.json").Count);
        Assert.Equal(2, Files(folder, "weights.safetensors").Count);
    }

    /// <summary>The contents of all files of that name by their place, times left out.</summary>
    private Dictionary<string, string> Files(string folder, string name)
    {
        var runs = Path.Combine(_program.Folder, folder, "runs");
        return Directory.GetFiles(runs, name, SearchOption.AllDirectories)
            .ToDictionary(file => Path.GetRelativePath(runs, file), file => Regex.Replace(File.ReadAllText(file, System.Text.Encoding.Latin1), "\"seconds\": [^,\n]*", ""));
    }

    private IEnumerable<string> Checkpoints(string folder)
    {
        try
        {
            return Directory.GetDirectories(Path.Combine(_program.Folder, folder, "runs"), "step-*", SearchOption.AllDirectories);
        }
        catch (DirectoryNotFoundException)
        {
            return []; // A worker removed one while we looked.
        }
    }

    /// <summary>The process that holds a lease; null where none does at this moment.</summary>
    private int? Holder(string folder)
    {
        foreach (var run in Directory.GetDirectories(Path.Combine(_program.Folder, folder, "runs"), "????????????????", SearchOption.AllDirectories))
        {
            try
            {
                var process = int.Parse(File.ReadAllLines(Path.Combine(run, "lease"))[2]);
                if (Directory.Exists($"/proc/{process}")) return process;
            }
            catch (IOException)
            {
                continue;
            }
        }
        return null;
    }

    private static void Kill(string signal, int process)
    {
        using var kill = Process.Start(new ProcessStartInfo("kill", $"-{signal} {process}") { RedirectStandardError = true })!;
        kill.WaitForExit();
    }
}
