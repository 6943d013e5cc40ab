namespace W2S.Cli;

/// <summary>What the sweep commands have in common.</summary>
internal static class SweepArguments
{
    public static Argument<string> Folder() =>
        new Argument<string>("dir") { HelpName = "DIR", Description = "The sweep's folder, the one that sweep plan made." }.Suggesting(Suggestions.Sweeps);

    public static Option<double?> MaxMinutes() => new("--max-minutes")
    {
        HelpName = "M",
        Description = "Save and stop after so long, with exit code 75; the same command continues. Default: no limit.",
    };

    public static Option<string?> Lines(string description) => new("--lines") { HelpName = "LIST", Description = description };

    /// <exception cref="UserErrorException">It is no time.</exception>
    public static double? Minutes(ParseResult parsed, Option<double?> option) => parsed.GetValue(option) is not { } minutes ? null
        : minutes > 0 && minutes < 1e6 ? minutes
        : throw new UserErrorException($"--max-minutes {minutes}: give a number of minutes above 0.");

    /// <summary>Sets the stop signal when the time is over; nothing without a limit.</summary>
    public static IDisposable? StopAfter(double? minutes, RunServices run) => minutes is { } limit
        ? run.Time.CreateTimer(_ => run.Stop.Set($"--max-minutes {limit}"), null, TimeSpan.FromMinutes(limit), Timeout.InfiniteTimeSpan)
        : null;

    /// <summary>This very program as words to start it with: the executable, or dotnet and the assembly that it was given.</summary>
    public static IReadOnlyList<string> Program()
    {
        var process = Environment.ProcessPath!;
        return Path.GetFileNameWithoutExtension(process) == "dotnet" ? [process, Path.GetFullPath(Environment.GetCommandLineArgs()[0])] : [process];
    }
}
