using Spectre.Console;
using W2S.Cli;
using W2S.Training;

namespace W2S.Tests.Cli;

public class LiveProgressTests
{
    private readonly StringWriter _terminal = new();

    private Host.LiveProgress Open() => new(
        AnsiConsole.Create(new AnsiConsoleSettings { Ansi = AnsiSupport.Yes, Interactive = InteractionSupport.Yes, Out = new AnsiConsoleOutput(_terminal) }),
        TimeProvider.System);

    [Fact]
    public void It_waits_in_peace_for_something_to_show()
    {
        using (var live = Open())
        {
            Thread.Sleep(300);
            using var item = live.Begin("weak heads", "steps", 100);
            item.Report(50, 0.5);
            Thread.Sleep(300);
        }
        Assert.Contains("weak heads", _terminal.ToString());
    }

    [Fact]
    public void What_is_worked_on_has_a_line_of_its_own_that_keeps_the_seed_and_goes_with_the_work()
    {
        var name = $"essays-by-{new string('M', 80)}-seed17";
        var state = new ProgressState("sweep depth", "runs", 10, 0, TimeProvider.System) { Working = [name, "short"] };
        var lines = Host.LiveProgress.Lines(state, 80).ToList();
        Assert.Equal(3, lines.Count);
        Assert.StartsWith("sweep depth", lines[0]);
        Assert.Matches("^  essays-by-M+…M+-seed17$", lines[1]);
        Assert.Equal((80, "  short"), (lines[1].Length, lines[2]));
        state.Working = ["short"];
        Assert.Equal(["  short"], Host.LiveProgress.Lines(state, 80).Skip(1));
    }

    [Fact]
    public void Many_threads_may_report_and_speak_and_no_message_is_lost()
    {
        using (var live = Open())
            Parallel.For(0, 50, thread =>
            {
                using var item = live.Begin($"job {thread}", "steps", 100);
                for (var step = 0; step <= 100; step++) item.Report(step);
                live.Say($"message {thread}.");
            });
        for (var thread = 0; thread < 50; thread++) Assert.Contains($"message {thread}.", _terminal.ToString());
    }
}
