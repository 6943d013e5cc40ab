using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.RegularExpressions;

namespace W2S.Runs.Launchers;

/// <summary>Job arrays of Slurm. What is not set is left to the cluster's own defaults.</summary>
internal sealed record SlurmOptions
{
    [Description("Partition (sinfo lists them); empty: the cluster's default.")]
    public string Partition { get; init; } = "";

    [Description("Account that is charged.")]
    public string Account { get; init; } = "";

    [Description("Quality of service.")]
    public string Qos { get; init; } = "";

    [Description("Time limit of a task as Slurm writes it: minutes, 2:30:00, or 1-12. A task that reaches it is saved and continued.")]
    public string Time { get; init; } = "";

    [Description("Memory of a task: 4G, 900M.")]
    public string Memory { get; init; } = "";

    [Description("Cores of a task.")]
    [Range(1, 4096)]
    public int Cpus { get; init; } = 1;

    [Description("GPUs of a task: 1, or a kind and a number such as a100:1; empty: none.")]
    public string Gpus { get; init; } = "";

    [Description("Runs that a task does one after another; raise it until a task takes some minutes.")]
    [Range(1, 100_000)]
    public int RunsPerTask { get; init; } = 1;

    [Description("Tasks of an array that may run at once; 0: as many as the cluster gives.")]
    [Range(0, 1_000_000)]
    public int TasksAtOnce { get; init; }

    [Description("Seconds before the time limit at which a task is told to save.")]
    [Range(10, 3600)]
    public int SignalBefore { get; init; } = 120;

    [Description("How often a task that was stopped and has saved goes back into the queue by itself; then it waits for the next sweep run.")]
    [Range(0, 10_000)]
    public int Restarts { get; init; } = 1000;

    [Description("Further options of sbatch, each as on its command line: [\"--constraint=a100\", \"--nice=100\"].")]
    public IReadOnlyList<string> Extra { get; init; } = [];

    [Description("Shell lines that a task runs before the program: [\"module load pytorch/2.6\"].")]
    public IReadOnlyList<string> Setup { get; init; } = [];

    [Description("false: only write the scripts, to be looked at and submitted by hand.")]
    public bool Submit { get; init; } = true;

    /// <summary>Slurm looks at limits once a minute, and may send its signal so much earlier.</summary>
    private static readonly TimeSpan ResolutionOfSlurm = TimeSpan.FromMinutes(1);

    /// <summary>A time limit as Slurm reads it, where 0 is none; null where it is no time.</summary>
    public static TimeSpan? Limit(string text)
    {
        var match = Regex.Match(text, @"^(?:(?<days>\d{1,6})-(?<hours>\d{1,2})(?::(?<minutes>\d{1,2})(?::(?<seconds>\d{1,2}))?)?|(?<hours>\d{1,6}):(?<minutes>\d{1,2}):(?<seconds>\d{1,2})|(?<minutes>\d{1,8})(?::(?<seconds>\d{1,2}))?)$");
        if (!match.Success) return null;
        var (days, hours, minutes, seconds) = (Number("days"), Number("hours"), Number("minutes"), Number("seconds"));
        // What leads may be as long as it likes.
        var isWithin = (hours < 24 || !match.Groups["days"].Success) && (minutes < 60 || !match.Groups["hours"].Success) && seconds < 60;
        return isWithin ? new TimeSpan(days, hours, minutes, seconds) : null;

        int Number(string name) => match.Groups[name] is { Success: true, Value: var digits } ? int.Parse(digits, CultureInfo.InvariantCulture) : 0;
    }

    /// <summary>What must hold of them beyond their ranges.</summary>
    public static IEnumerable<SettingConflict> Check(SlurmOptions options)
    {
        if (options.Time.Length > 0 && Limit(options.Time) is var limit)
        {
            if (limit == null)
                yield return new(["time"], "A time limit is minutes (90), minutes:seconds, hours:minutes:seconds (1:30:00) or days-hours (1-12), with less than 24 hours in a day and 60 of the others.");
            else if (limit > TimeSpan.Zero && limit < TimeSpan.FromSeconds(options.SignalBefore) + ResolutionOfSlurm)
                yield return new(
                    ["time", "signal_before"],
                    $"A task of {limit.Value.TotalSeconds:0} seconds that is told to save {options.SignalBefore} seconds before its end, by a clock of a minute, would never work: raise time, or lower signal_before.");
        }
        if (options.Memory.Length > 0 && !Regex.IsMatch(options.Memory, "^[0-9]+[KMGT]?$"))
            yield return new(["memory"], "Memory is a whole number with K, M, G or T after it, such as 4G.");
        if (options.Gpus.Length > 0 && !Regex.IsMatch(options.Gpus, "^([A-Za-z0-9_.-]+:)?[0-9]+$"))
            yield return new(["gpus"], "GPUs are a number (1), or a kind and a number (a100:1).");
        foreach (var (key, text) in new[] { ("partition", options.Partition), ("account", options.Account), ("qos", options.Qos) })
            if (text.Any(letter => char.IsWhiteSpace(letter) || char.IsControl(letter) || letter is '"' or '\''))
                yield return new([key], "A name of Slurm's has no spaces or quotes.");
        foreach (var line in options.Extra)
        {
            if (!line.StartsWith('-') || line.Contains('\n'))
                yield return new(["extra"], $"\"{line}\" is no option of sbatch: write it as on a command line, such as --constraint=a100.");
            else if (Ours.FirstOrDefault(ours => line == ours || line.StartsWith(ours + "=", StringComparison.Ordinal) || line.StartsWith(ours + " ", StringComparison.Ordinal)) is { } ours)
                yield return new(["extra"], $"{ours} is set by the launcher, so it cannot be among the further options.");
        }
    }

    private static readonly IReadOnlyList<string> Ours =
        ["--array", "-a", "--dependency", "-d", "--output", "-o", "--error", "-e", "--open-mode", "--requeue", "--no-requeue", "--signal", "--parsable", "--ntasks", "-n"];
}
