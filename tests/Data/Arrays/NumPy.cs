using System.Diagnostics;

namespace W2S.Data.Tests;

/// <summary>The reference: Debian's NumPy, asked to write files. Tests skip where there is none.</summary>
internal static class NumPy
{
    private const string Python = "/usr/bin/python3";

    /// <summary>Runs statements, after import numpy as np, in a folder.</summary>
    public static string Run(string folder, string statements)
    {
        Skip.IfNot(File.Exists(Python), $"{Python} is not here.");
        using var process = Process.Start(new ProcessStartInfo(Python, ["-c", $"import numpy as np\n{statements}"])
        {
            WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true,
        })!;
        var output = process.StandardOutput.ReadToEnd();
        var errors = process.StandardError.ReadToEnd();
        process.WaitForExit();
        Skip.If(errors.Contains("No module named 'numpy'"), "NumPy is not installed.");
        return process.ExitCode == 0 ? output : throw new InvalidOperationException(errors);
    }
}
