using System.Diagnostics;

namespace W2S.Training.Tests;

/// <summary>PyTorch beside us.</summary>
internal static class PythonPeer
{
    /// <summary>What a program writes that is given a text; the test is skipped where there is no python3 with torch.</summary>
    public static string Run(string program, string input)
    {
        const string python = "/usr/bin/python3";
        Skip.IfNot(File.Exists(python), $"{python} is absent.");
        var start = new ProcessStartInfo(python, ["-W", "ignore", "-c", program])
        {
            RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true,
        };
        start.Environment["OMP_NUM_THREADS"] = "1"; // threads that spin beside other tests cost more than they give
        start.Environment["OPENBLAS_NUM_THREADS"] = "1";
        using var process = Process.Start(start)!;
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        try
        {
            process.StandardInput.Write(input);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It ended before it read: its errors say why.
        }
        process.WaitForExit();
        Skip.If(errors.Result.Contains("No module named 'torch'", StringComparison.Ordinal), "Python's torch is absent.");
        Assert.True(process.ExitCode == 0, errors.Result);
        return output.Result;
    }
}
