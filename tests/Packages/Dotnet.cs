using System.Diagnostics;

namespace W2S.Packages.Tests;

/// <summary>The .NET SDK, as somebody at a shell uses it.</summary>
internal static class Dotnet
{
    /// <returns>What it wrote to its output.</returns>
    public static string Run(string folder, params IReadOnlyList<string> arguments)
    {
        var start = new ProcessStartInfo("dotnet", arguments) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true };
        // Variables by which MSBuild tells its children where it runs would lead another SDK astray.
        foreach (var name in start.Environment.Keys.Where(name => name.StartsWith("MSBUILD", StringComparison.OrdinalIgnoreCase)).ToList())
            start.Environment.Remove(name);
        start.Environment["MSBUILDDISABLENODEREUSE"] = "1"; // Nothing stays behind.
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, $"dotnet {string.Join(' ', arguments)} in {folder} ends with {process.ExitCode}:\n{output}\n{errors.Result}");
        return output;
    }
}
