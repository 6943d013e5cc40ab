using System.Diagnostics;
using W2S.Cli;
using W2S.Runs.Results;

namespace W2S.Tests.Cli;

/// <summary>The sweep commands as people meet them when something is wrong.</summary>
public sealed class SweepCommandTests : IDisposable
{
    private const string Library = "libLibTorchSharp.so";

    /// <summary>Two representations and a study on them, of milliseconds.</summary>
    private const string Small = """
        settings:
          heads: { tasks: 3, samples: 40, optimiser: { epochs: 3 } }
          evaluation: { samples: 50 }
          pretraining: { tasks: 2, samples: 40, optimiser: { epochs: 3 } }

        """;

    private readonly BuiltProgram _program = new();

    public void Dispose() => _program.Dispose();

    [SkippableTheory]
    [InlineData("plan study.yaml --out shut/new")]
    [InlineData("run shut --workers 1")]
    [InlineData("work shut")]
    [InlineData("collect shut")]
    public void A_folder_that_may_only_be_read_is_told_with_the_remedy(string command)
    {
        Skip.IfNot(OperatingSystem.IsLinux(), "The folder is shut by its mode.");
        Plan("shut", Small);
        var (code, _, error) = RunWithoutRights($"sweep {command}", "shut");
        Skip.If(code is 126 or 127, "Root may write everywhere, and there is no setpriv to be somebody else with.");
        Assert.True(code == 2, $"exit code {code}: {error}");
        Assert.Contains("cannot be written", error);
        Assert.Contains("Make ", error);
    }

    [Fact]
    public void A_machine_that_lacks_the_library_ends_its_worker_and_costs_no_run_an_attempt()
    {
        Plan("sweep", Small + "grid: { engine: [torch] }");
        var bare = Directory.CreateTempSubdirectory("w2s-bare-").FullName;
        Run("/bin/cp", "-rl", AppContext.BaseDirectory + ".", bare);
        File.Delete(Directory.EnumerateFiles(bare, Library, SearchOption.AllDirectories).Single());
        var (code, output, error) = Run("dotnet", Path.Combine(bare, "W2S.dll"), "sweep", "run", "sweep", "--workers", "1", "--quiet");
        Assert.True(code == 1, output + error);
        Assert.Contains(Library, error);
        Assert.Contains("the same command continues", output);
        Assert.Empty(Directory.GetFiles(_program.Folder, "failure.json", SearchOption.AllDirectories));
        Assert.Equal(0, _program.Run("sweep run sweep --workers 1 --quiet").ExitCode);
        Directory.Delete(bare, recursive: true);
    }

    [Fact]
    public void Where_nothing_is_left_but_failures_nothing_is_launched_and_the_exit_code_is_1()
    {
        Plan("sweep", Small + "grid: { pretraining.optimiser.learning_rate: [1e6] }\nretries: 0");
        var (code, output, _) = _program.Run("sweep run sweep --workers 1 --quiet");
        Assert.Equal(1, code);
        Assert.Contains("1 of them need a run that failed", output);
        Assert.Contains("Try a smaller learning rate", output);
        Assert.Contains("sweep retry sweep", output);
        Assert.Equal(1, _program.Run("sweep run sweep --launcher slurm").ExitCode);
        Assert.False(Directory.Exists(Path.Combine(_program.Folder, "sweep/launches")));
    }

    [Fact]
    public void Lines_of_logs_are_cut_at_the_terminals_edge_and_whole_in_a_pipe()
    {
        var line = new string('x', 200);
        var status = new SweepStatus([SweepStatus.RunState.Failed])
        {
            HeldWithHope = 0, RunsPerMinute = null,
            Troubled = [new SweepStatus.TroubledRun(1, "mlp", "runs/ab/abcd", SweepStatus.RunState.Failed, "It broke.", $"first\n{line}")],
        };
        Assert.Contains($"  | first\n  | {line[..75]}…\n", SweepCommand.TextOf(status, "s", 80));
        Assert.Contains($"  | first\n  | {line}\n", SweepCommand.TextOf(status, "s", int.MaxValue));
    }

    private void Plan(string folder, string study)
    {
        File.WriteAllText(Path.Combine(_program.Folder, "study.yaml"), study);
        var (code, _, error) = _program.Run($"sweep plan study.yaml --out {folder}");
        Assert.True(code == 0, error);
    }

    /// <summary>Runs the program where a folder may be read only; as root, who may write everywhere, as nobody.</summary>
    private (int ExitCode, string Output, string Error) RunWithoutRights(string arguments, string folder)
    {
        Run("chmod", "755", ".");
        Run("chmod", "-R", "a=rX", folder);
        try
        {
            string[] words = ["dotnet", Path.Combine(AppContext.BaseDirectory, "W2S.dll"), .. arguments.Split(' ')];
            return Environment.IsPrivilegedProcess ? Run("setpriv", ["--reuid", "65534", "--regid", "65534", "--clear-groups", "--", .. words]) : Run(words[0], words[1..]);
        }
        finally
        {
            Run("chmod", "-R", "u+w", folder);
        }
    }

    private (int ExitCode, string Output, string Error) Run(string program, params string[] words)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(program, words) { WorkingDirectory = _program.Folder, RedirectStandardOutput = true, RedirectStandardError = true })!;
            var error = process.StandardError.ReadToEndAsync();
            var output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            return (process.ExitCode, output, error.Result);
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return (127, "", "");
        }
    }
}
