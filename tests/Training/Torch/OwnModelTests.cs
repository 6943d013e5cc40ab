using System.Diagnostics;

namespace W2S.Training.Tests.Torch;

/// <summary>examples/OwnModel, as a program.</summary>
[Collection(nameof(TorchTests))]
public class OwnModelTests
{
    [Fact]
    public void It_learns_and_a_stop_by_Ctrl_C_changes_no_bit_of_where_it_ends()
    {
        using var folder = new TemporaryFolder();
        Assert.Equal(0, Run(folder["whole"], stopAfter: null).ExitCode);
        Assert.True(WasStopped(folder), "It never was stopped on its way.");

        var (exitCode, output) = Run(folder["stopped"], stopAfter: null);

        Assert.Equal(0, exitCode);
        Assert.Matches("^loss 0\\.[0-9]{4} after 6400 steps\n$", output);
        Assert.Equal(FinalState(folder["whole"]), FinalState(folder["stopped"]));
    }

    // Whether the signal comes on the way depends on the machine: too early or too late is tried again with another delay.
    private static bool WasStopped(TemporaryFolder folder)
    {
        for (var milliseconds = 400; milliseconds < 60_000; milliseconds = milliseconds * 5 / 4)
        {
            if (Run(folder["stopped"], milliseconds).ExitCode == 75) return true;
            if (Directory.Exists(folder["stopped"])) Directory.Delete(folder["stopped"], recursive: true);
        }
        return false;
    }

    private static byte[] FinalState(string path) => File.ReadAllBytes(
        Path.Combine(new CheckpointStore(path, "residual, 200 epochs", TimeProvider.System).FindNewestGood()!, "state.safetensors"));

    private static (int ExitCode, string Output) Run(string path, int? stopAfter)
    {
        var program = typeof(OwnModelTests).Assembly.Location.Replace("W2S.Training.Tests", "OwnModel");
        var dotnet = Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet";
        using var process = Process.Start(new ProcessStartInfo("/usr/bin/env", ["--default-signal=INT", dotnet, "exec", program, path]) { RedirectStandardOutput = true })!;
        if (stopAfter is { } milliseconds && !process.WaitForExit(milliseconds))
        {
            using var kill = Process.Start("kill", ["-INT", $"{process.Id}"]);
            kill.WaitForExit();
        }
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output);
    }
}
