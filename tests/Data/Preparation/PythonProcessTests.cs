using System.Diagnostics;

namespace W2S.Data.Tests;

/// <summary>What Ctrl-C does while Python works: the terminal sends it to this process, which answers it.</summary>
public class PythonProcessTests
{
    [Fact]
    public void It_runs_in_a_session_of_its_own_from_its_first_moment()
    {
        string? session = null;
        var (code, _) = PythonProcess.Run(new ProcessStartInfo("/bin/sh", ["-c", "echo $$ $(ps -o sid= -p $$)"]), null, line => session = line, null);
        Assert.Equal(0, code);
        var words = session!.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(words[0], words[1]);
    }

    [Theory]
    [InlineData("kill -INT $$")]
    [InlineData("echo 'Fatal Python error: init_import_site: Failed to import the site module' >&2; echo KeyboardInterrupt >&2; exit 1")]
    public void A_signal_that_reached_it_first_is_a_stop_and_no_failure(string program)
    {
        var clock = Stopwatch.StartNew();
        Assert.Throws<Stop>(() => PythonProcess.Run(
            new ProcessStartInfo("/bin/sh", ["-c", program]), null, _ => { }, () => { if (clock.ElapsedMilliseconds > 300) throw new Stop(); }));
    }

    [Fact]
    public void A_failure_is_told_at_once_by_its_last_words()
    {
        var (code, error) = PythonProcess.Run(new ProcessStartInfo("/bin/sh", ["-c", "echo first >&2; echo last >&2; exit 3"]), null, _ => { }, () => { });
        Assert.Equal((3, "last"), (code, error));
    }

    private sealed class Stop : Exception;
}
