using System.Diagnostics;

namespace W2S.Tests.Cli;

/// <summary>A daemon starts programs without streams: run.sh opens what is closed, before anything else takes its place.</summary>
public sealed class ClosedStreamsTests
{
    [Theory]
    [InlineData("<&-")]
    [InlineData(">&-")]
    [InlineData("2>&-")]
    [InlineData("<&- >&- 2>&-")]
    public void What_is_closed_is_open_and_leads_nowhere(string closed)
    {
        // A copy of the script up to its first function, then a look at what is open.
        var folder = Directory.CreateTempSubdirectory("w2s-streams");
        try
        {
            var script = Path.Combine(folder.FullName, "run.sh");
            var lines = File.ReadLines(Path.Combine(Root(), "run.sh")).TakeWhile(line => !line.StartsWith("say()", StringComparison.Ordinal));
            File.WriteAllLines(script, [.. lines, "zero=$(readlink /proc/$$/fd/0) one=$(readlink /proc/$$/fd/1) two=$(readlink /proc/$$/fd/2)", "printf '%s\\n' \"$zero\" \"$one\" \"$two\" >\"$1\""]);
            var found = Path.Combine(folder.FullName, "found");
            File.WriteAllText(found + ".in", "");
            using var shell = Process.Start(new ProcessStartInfo("/bin/bash", ["-c", $"bash '{script}' '{found}.1' <'{found}.in' >'{found}.out' 2>'{found}.err'; bash '{script}' '{found}' <'{found}.in' >'{found}.out' 2>'{found}.err' {closed}"]))!;
            shell.WaitForExit();
            Assert.Equal(0, shell.ExitCode);
            string[] open = File.ReadAllLines(found + ".1"), opened = File.ReadAllLines(found);
            Assert.Equal([found + ".in", found + ".out", found + ".err"], open);
            Assert.Equal(closed.Contains("<&-", StringComparison.Ordinal) ? "/dev/null" : found + ".in", opened[0]);
            Assert.Equal(closed.Split(' ').Contains(">&-") ? "/dev/null" : found + ".out", opened[1]);
            Assert.Equal(closed.Contains("2>&-", StringComparison.Ordinal) ? "/dev/null" : found + ".err", opened[2]);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static string Root([System.Runtime.CompilerServices.CallerFilePath] string file = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(file)!, "../.."));
}
