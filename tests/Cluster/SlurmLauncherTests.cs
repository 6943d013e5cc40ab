using System.Diagnostics;
using W2S.Data;
using W2S.Experiments;
using W2S.Runs.Launchers;
using W2S.Training;

namespace W2S.Cluster.Tests;

public sealed class SlurmLauncherTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("w2s slurm").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string Launch => Path.Combine(_folder, "launches/slurm-1");

    private ILauncher.Result Submit(FakeSlurm slurm, SlurmLauncher.Options options, params int[] runsPerLevel) =>
        new SlurmLauncher(options, slurm.Commands).Launch(Requests.In(_folder, runsPerLevel), RunServices.Silent);

    private string[] Directives(string script) =>
        [.. File.ReadLines(Path.Combine(Launch, script)).Where(line => line.StartsWith("#SBATCH ", StringComparison.Ordinal)).Select(line => line["#SBATCH ".Length..])];

    [Fact]
    public void Each_level_is_an_array_that_waits_for_the_one_before_it()
    {
        using var slurm = new FakeSlurm();
        var result = Submit(slurm, new SlurmLauncher.Options(), 2, 5, 1);
        Assert.Equal(["101", "102", "103"], result.Jobs);
        Assert.False(result.IsFinished);
        Assert.Equal(
        [
            $"--parsable {Launch}/level-0.sbatch",
            $"--parsable --dependency=afterany:101 {Launch}/level-1.sbatch",
            $"--parsable --dependency=afterany:102 {Launch}/level-2.sbatch",
        ], slurm.Calls);
        Assert.Contains("--array=0-4", Directives("level-1.sbatch"));
    }

    [Fact]
    public void Tiny_runs_are_packed_and_every_run_is_in_exactly_one_task()
    {
        using var slurm = new FakeSlurm();
        Submit(slurm, new SlurmLauncher.Options { RunsPerTask = 4 }, 3, 10);
        Assert.Equal(["1-3"], File.ReadAllLines(Path.Combine(Launch, "level-0.tasks")));
        Assert.Equal(["4-7", "8-11", "12-13"], File.ReadAllLines(Path.Combine(Launch, "level-1.tasks")));
        Assert.Contains("--array=0-2", Directives("level-1.sbatch"));
    }

    [Fact]
    public void An_array_above_the_clusters_limit_is_split_and_the_next_level_waits_for_all_parts()
    {
        using var slurm = new FakeSlurm(largestArray: 4);
        Submit(slurm, new SlurmLauncher.Options(), 9, 1);
        Assert.Equal(
        [
            $"--parsable {Launch}/level-0-part-1.sbatch",
            $"--parsable {Launch}/level-0-part-2.sbatch",
            $"--parsable {Launch}/level-0-part-3.sbatch",
            $"--parsable --dependency=afterany:101:102:103 {Launch}/level-1.sbatch",
        ], slurm.Calls);
        Assert.Contains("--array=0-3", Directives("level-0-part-2.sbatch"));
        Assert.Contains("--array=0-0", Directives("level-0-part-3.sbatch"));
        Assert.Equal(Enumerable.Range(1, 9).Select(line => $"{line}"), Enumerable.Range(1, 3).SelectMany(part => File.ReadAllLines(Path.Combine(Launch, $"level-0-part-{part}.tasks"))));
    }

    [Fact]
    public void A_cap_holds_across_the_parts_of_a_level()
    {
        using var slurm = new FakeSlurm(largestArray: 4);
        Submit(slurm, new SlurmLauncher.Options { TasksAtOnce = 3 }, 6);
        Assert.Contains("--array=0-3%3", Directives("level-0-part-1.sbatch"));
        Assert.Equal($"--parsable --dependency=afterany:101 {Launch}/level-0-part-2.sbatch", slurm.Calls[1]);
    }

    [Fact]
    public void What_is_asked_of_a_node_stands_in_the_script()
    {
        using var slurm = new FakeSlurm();
        Submit(slurm, new SlurmLauncher.Options
        {
            Partition = "gpu", Account = "physics", Qos = "low", Time = "2:00:00", Memory = "4G", Cpus = 16, Gpus = "a100:1", SignalBefore = 300,
            Extra = ["--constraint=a100", "--nice=100"], Setup = ["module load pytorch/2.6"],
        }, 1);
        var expected = new[]
        {
            "--job-name=My_Study-level-0", "--array=0-0", $"--output=\"{Launch}/level-0-%A-%a.log\"", "--open-mode=append", "--requeue", "--signal=B:USR1@300", "--ntasks=1",
            "--cpus-per-task=16", "--partition=gpu", "--account=physics", "--qos=low", "--time=2:00:00", "--mem=4G", "--gres=gpu:a100:1", "--constraint=a100", "--nice=100",
        };
        Assert.Equal(expected, Directives("level-0.sbatch"));
        var lines = File.ReadAllLines(Path.Combine(Launch, "level-0.sbatch"));
        Assert.Contains("module load pytorch/2.6", lines);
        Assert.Contains("export DOTNET_PROCESSOR_COUNT=16 OMP_NUM_THREADS=16", lines);
        Assert.Contains($"/opt/w2s/W2S sweep work '{_folder}' --tasks '{Launch}/level-0.tasks' &", lines);
    }

    [Fact]
    public void A_limit_of_minutes_is_passed_on_to_every_task()
    {
        using var slurm = new FakeSlurm();
        new SlurmLauncher(new SlurmLauncher.Options(), slurm.Commands).Launch(Requests.In(_folder, 1) with { MaxMinutes = 90.5 }, RunServices.Silent);
        Assert.Contains("--max-minutes 90.5 &", File.ReadAllText(Path.Combine(Launch, "level-0.sbatch")));
    }

    [Fact]
    public void What_is_not_asked_is_left_to_the_cluster()
    {
        using var slurm = new FakeSlurm();
        Submit(slurm, new SlurmLauncher.Options(), 1);
        var names = Directives("level-0.sbatch").Select(directive => directive.Split('=')[0]);
        Assert.Empty(names.Intersect(["--partition", "--account", "--qos", "--time", "--mem", "--gres"]));
    }

    [Theory]
    [InlineData(0, "RUNNING", 0, "0", 0)]
    [InlineData(1, "RUNNING", 0, "0", 1)]
    [InlineData(75, "RUNNING", 1, "3", 0)]
    [InlineData(75, "COMPLETING", 0, "0", 75)] // cancelled: it must not rise again
    [InlineData(75, "RUNNING", 0, "7", 75)] // as often as was allowed
    [InlineData(137, "RUNNING", 1, "0", 0)]
    [InlineData(138, "RUNNING", 1, "0", 0)] // told before it listened
    [InlineData(150, "RUNNING", 0, "0", 150)] // .NET is missing, and will be
    [InlineData(2, "RUNNING", 0, "0", 2)]
    public void A_script_puts_back_what_was_stopped_or_killed_and_nothing_else(int programExit, string state, int requeued, string restarts, int exit)
    {
        using var slurm = new FakeSlurm();
        var tools = Directory.CreateDirectory(Path.Combine(_folder, "tools")).FullName;
        foreach (var (name, script) in new[] { ("squeue", $"echo {state}"), ("scontrol", $"echo \"$*\" >>'{tools}/requeued'"), ("program", $"exit {programExit}") })
        {
            File.WriteAllText(Path.Combine(tools, name), $"#!/bin/bash\n{script}\n");
            File.SetUnixFileMode(Path.Combine(tools, name), UnixFileMode.UserRead | UnixFileMode.UserExecute);
        }
        new SlurmLauncher(new SlurmLauncher.Options { Restarts = 7 }, slurm.Commands)
            .Launch(Requests.In(_folder, 1) with { Program = [Path.Combine(tools, "program")] }, RunServices.Silent);
        var start = new ProcessStartInfo("/bin/bash", [Path.Combine(Launch, "level-0.sbatch")]) { RedirectStandardOutput = true };
        start.Environment["PATH"] = $"{tools}:/usr/bin:/bin";
        start.Environment["SLURM_ARRAY_JOB_ID"] = "31";
        start.Environment["SLURM_ARRAY_TASK_ID"] = "4";
        start.Environment["SLURM_RESTART_COUNT"] = restarts;
        using var process = Process.Start(start)!;
        process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.Equal(exit, process.ExitCode);
        var calls = Path.Combine(tools, "requeued");
        Assert.Equal(Enumerable.Repeat("requeue 31_4", requeued), File.Exists(calls) ? File.ReadAllLines(calls) : []);
    }

    [Fact]
    public void Whatever_a_word_of_the_program_has_in_it_the_shell_reads_it_as_that_word()
    {
        using var slurm = new FakeSlurm();
        var tools = Directory.CreateDirectory(Path.Combine(_folder, "tools")).FullName;
        const string word = "it's \"$(touch hit)\" `touch hit`; touch hit & \\";
        var program = Path.Combine(tools, "program");
        File.WriteAllText(program, "#!/bin/bash\nprintf %s \"$1\"\n");
        File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        new SlurmLauncher(new SlurmLauncher.Options(), slurm.Commands)
            .Launch(Requests.In(_folder, 1) with { Program = [program, word] }, RunServices.Silent);
        var start = new ProcessStartInfo("/bin/bash", [Path.Combine(Launch, "level-0.sbatch")])
        {
            RedirectStandardOutput = true, WorkingDirectory = tools,
        };
        using var process = Process.Start(start)!;
        Assert.Equal(word, process.StandardOutput.ReadToEnd());
        process.WaitForExit();
        Assert.False(File.Exists(Path.Combine(tools, "hit")));
    }

    [Fact]
    public void Without_submit_the_scripts_are_written_and_the_commands_told()
    {
        using var slurm = new FakeSlurm();
        var result = Submit(slurm, new SlurmLauncher.Options { Submit = false }, 1, 1);
        Assert.Empty(slurm.Calls);
        Assert.Equal([$"sbatch --parsable '{Launch}/level-0.sbatch'", $"sbatch --parsable --dependency=afterany:ID-OF-level-0 '{Launch}/level-1.sbatch'"], result.Jobs);
        Assert.True(File.Exists(Path.Combine(Launch, "level-1.sbatch")));
    }

    [Fact]
    public void A_second_launch_has_a_folder_of_its_own()
    {
        using var slurm = new FakeSlurm();
        Submit(slurm, new SlurmLauncher.Options(), 1);
        Submit(slurm, new SlurmLauncher.Options(), 1);
        Assert.Equal(["slurm-1", "slurm-2"], Directory.GetDirectories(Path.Combine(_folder, "launches")).Select(Path.GetFileName).Order());
    }

    [Fact]
    public void Without_sbatch_it_is_said_what_to_do()
    {
        var error = Assert.Throws<UserErrorException>(() => new SlurmLauncher(new SlurmLauncher.Options(), new SlurmLauncher.Commands(_folder)).Launch(Requests.In(_folder, 1), RunServices.Silent));
        Assert.Contains("There is no sbatch on the PATH", error.Message);
        Assert.Contains("--launcher local", error.Message);
    }

    [Fact]
    public void A_rejected_submission_shows_Slurms_own_words_and_what_was_submitted_before()
    {
        using var slurm = new FakeSlurm("[ $number -lt 2 ] && echo 101 && exit; echo 'sbatch: error: Batch job submission failed: Invalid account' >&2; exit 1");
        var error = Assert.Throws<UserErrorException>(() => Submit(slurm, new SlurmLauncher.Options(), 1, 1));
        Assert.Contains("sbatch: error: Batch job submission failed: Invalid account", error.Message);
        Assert.Contains("level-1.sbatch", error.Message);
        Assert.Contains("scancel 101", error.Message);
    }

    [Theory]
    [InlineData("time", "2 hours")]
    [InlineData("memory", "4 GB")]
    [InlineData("gpus", "a100")]
    [InlineData("partition", "two words")]
    [InlineData("partition", "\"cpu\\ntouch hit\"")]
    [InlineData("account", "\"a\\ntouch hit\"")]
    [InlineData("qos", "\"q\\ntouch hit\"")]
    [InlineData("memory", "\"4G\\ntouch hit\"")]
    [InlineData("gpus", "\"1\\ntouch hit\"")]
    [InlineData("time", "\"60\\ntouch hit\"")]
    [InlineData("extra", "[\"--constraint=a100\\ntouch hit\"]")]
    [InlineData("extra", "[constraint=a100]")]
    [InlineData("extra", "[\"--array=0-5\"]")]
    public void A_wrong_option_is_refused_with_its_place(string key, string value)
    {
        var layer = ConfigurationLayer.FromOption($"--set {key}={value}", key, value);
        var error = Assert.Throws<UserErrorException>(() => ConfigurationBinder.Bind<SlurmLauncher.Options>([layer], SlurmLauncher.Options.Check));
        Assert.StartsWith($"--set {key}={value}: ", error.Message);
    }

    [Theory]
    [InlineData("99:99:99")]
    [InlineData("1-25")]
    [InlineData("1-23:60")]
    [InlineData("5:60")]
    [InlineData("1:30:00:00")]
    [InlineData("-5")]
    [InlineData("99999999999")]
    public void What_is_no_time_of_Slurms_is_refused(string time) => Assert.Contains("hours:minutes:seconds", Assert.Single(SlurmLauncher.Options.Check(new SlurmLauncher.Options { Time = time })).Message);

    [Theory]
    [InlineData("90", 5400)]
    [InlineData("90:30", 5430)]
    [InlineData("100:00:01", 360_001)]
    [InlineData("1-12", 129_600)]
    [InlineData("1-12:30", 131_400)]
    [InlineData("0", 0)]
    public void A_time_is_what_Slurm_takes_it_for(string time, int seconds) => Assert.Equal(TimeSpan.FromSeconds(seconds), SlurmLauncher.Options.Limit(time));

    [Theory]
    [InlineData("1", 120, false)]
    [InlineData("2", 120, false)]
    [InlineData("1:30", 120, false)]
    [InlineData("00:01:00", 120, false)]
    [InlineData("2:59", 120, false)]
    [InlineData("3:00", 120, true)]
    [InlineData("2", 60, true)]
    [InlineData("1:59", 60, false)]
    [InlineData("0", 3600, true)]
    [InlineData("", 3600, true)]
    public void A_task_has_time_to_work_before_it_is_told_to_save(string time, int before, bool isEnough)
    {
        var conflicts = SlurmLauncher.Options.Check(new SlurmLauncher.Options { Time = time, SignalBefore = before }).ToList();
        Assert.Equal(isEnough, conflicts.Count == 0);
        Assert.All(conflicts, conflict => Assert.Equal(["time", "signal_before"], conflict.Paths));
    }

    [Theory]
    [InlineData("90")]
    [InlineData("1:30:00")]
    [InlineData("1-12")]
    [InlineData("2-00:30:00")]
    public void Every_way_to_write_a_time_is_taken(string time) => Assert.Empty(SlurmLauncher.Options.Check(new SlurmLauncher.Options { Time = time }));
}
