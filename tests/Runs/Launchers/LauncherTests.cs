using W2S.Data;
using W2S.Experiments;
using W2S.Runs.Results;
using W2S.Training;

namespace W2S.Runs.Launchers;

public sealed class LauncherTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("1", "1")]
    [InlineData("1,2,3", "1-3")]
    [InlineData("1-2,4,8-10", "1-2,4,8-10")]
    [InlineData("9,1,2", "1-2,9")]
    [InlineData("2147483646-2147483647", "2147483646-2147483647")]
    public void Lines_of_a_plan_are_written_short(string text, string expected) => Assert.Equal(expected, TaskFile.LinesOf(TaskFile.Parse(text, "--lines")));

    [Theory]
    [InlineData("0")]
    [InlineData("3-1")]
    [InlineData("a")]
    [InlineData("1-2-3")]
    [InlineData("")]
    [InlineData("-4")]
    [InlineData("4-7922337")]
    [InlineData("1-600000,700001-1200000")]
    public void What_is_no_line_is_refused(string text) => Assert.Contains("is no line of a plan", Assert.Throws<UserErrorException>(() => TaskFile.Parse(text, "--lines")).Message);

    [Fact]
    public void A_task_file_keeps_what_each_task_runs()
    {
        TaskFile.Write(_folder["launches/1.tasks"], [[1, 2, 3, 5], [6, 9]]);
        Assert.Equal([1, 2, 3, 5], TaskFile.Read(_folder["launches/1.tasks"], 0));
        Assert.Equal([6, 9], TaskFile.Read(_folder["launches/1.tasks"], 1));
        Assert.Contains("no task 2", Assert.Throws<UserErrorException>(() => TaskFile.Read(_folder["launches/1.tasks"], 2)).Message);
        Assert.Contains("--task N", Assert.Throws<UserErrorException>(() => TaskFile.Read(_folder["launches/1.tasks"], null)).Message);
    }

    [Fact]
    public void An_unknown_launcher_and_an_unknown_option_are_refused_with_the_nearest()
    {
        SmallSweeps.Plan(_folder["s"], "panels: 2c\ngrid: { seed: [0] }");
        Assert.Contains("did you mean local?", Launch("locl", "workers=1"));
        Assert.Contains("did you mean workers?", Launch("local", "worker=1"));
        Assert.Contains("workers must be at least 0", Launch("local", "workers=-1"));
    }

    [Fact]
    public void An_option_of_the_file_is_checked_when_it_is_launched_and_has_its_place()
    {
        SmallSweeps.Plan(_folder["s"], "panels: 2c\ngrid: { seed: [0] }\nlocal: { wrkers: 2 }");
        Assert.Contains("sweep.yaml:7:10: there is no setting wrkers; did you mean workers?", Launch("local"));
    }

    [Fact]
    public void In_process_the_local_launcher_runs_all_and_the_command_line_wins()
    {
        var plan = SmallSweeps.Plan(_folder["s"], "grid: { seed: 0..1 }\nlocal: { workers: 1, in_process: false }");
        var result = Sweep.Launch(_folder["s"], "local", [ConfigurationLayer.FromAssignment("in_process=true")], ["/nowhere"], null, RunServices.Silent);
        Assert.True(result.IsFinished);
        Assert.Equal(6, SweepStatus.Of(plan, TimeProvider.System).Done);
    }

    private string Launch(string launcher, params string[] settings) => Assert.Throws<UserErrorException>(() =>
        Sweep.Launch(_folder["s"], launcher, [.. settings.Select(ConfigurationLayer.FromAssignment)], ["/nowhere"], null, RunServices.Silent)).Message;
}
