using System.Diagnostics;

namespace W2S.Cluster.Tests;

/// <summary>What a command left.</summary>
internal sealed record Outcome(int ExitCode, string Output, string Errors)
{
    /// <summary>The output of a command that has to succeed.</summary>
    public string Succeeded()
    {
        Assert.True(ExitCode == 0, $"exit code {ExitCode}: {Errors}{Output}");
        return Output.Trim();
    }
}

/// <summary>Runs commands to their end.</summary>
internal static class Command
{
    /// <summary>The built program, as words to start it with.</summary>
    public static IReadOnlyList<string> Program { get; } = ["dotnet", Path.Combine(AppContext.BaseDirectory, "W2S.dll")];

    public static Outcome Run(IEnumerable<string> words, IEnumerable<KeyValuePair<string, string>> environment, string? folder = null)
    {
        var start = new ProcessStartInfo(words.First(), words.Skip(1)) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = folder ?? "" };
        foreach (var (name, value) in environment) start.Environment[name] = value;
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return new Outcome(process.ExitCode, output, errors.Result);
    }

    /// <summary>Looks again and again until something holds; where it never does within two minutes, the test fails with what it waited for.</summary>
    public static void Await(string what, Func<bool> holds, Func<string>? otherwise = null)
    {
        var began = Stopwatch.GetTimestamp();
        while (!holds())
        {
            Assert.True(Stopwatch.GetElapsedTime(began) < TimeSpan.FromMinutes(2), $"Waited in vain for: {what}. {otherwise?.Invoke()}");
            Thread.Sleep(100);
        }
    }
}
