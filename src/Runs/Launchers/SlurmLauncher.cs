using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.RegularExpressions;

namespace W2S.Runs.Launchers;

/// <summary>
/// Hands a sweep to Slurm as job arrays, one a level, and returns. An array waits for the arrays of the level before it to
/// end, however they end: what a failed run leaves undone is told by the worker that needs it, and stops nobody else.
/// </summary>
/// <param name="slurm">Where Slurm is found; null: on this machine's PATH.</param>
internal sealed partial class SlurmLauncher(SlurmLauncher.Options options, SlurmLauncher.Commands? slurm = null) : ILauncher
{
    /// <summary>
    /// Restarts after which a task that dies (kill -9, out of memory) is not put back; the plan counts deaths too, run by run.
    /// </summary>
    private const int Deaths = 20;

    private readonly Commands _slurm = slurm ?? Commands.OfMachine;

    public ILauncher.Result Launch(ILauncher.Request request, RunServices run)
    {
        var folder = new SweepFolder(request.Folder).MakeLaunch("slurm");
        var largest = _slurm.LargestArray();
        var commands = new List<string>();
        var submitted = new List<string>();
        IReadOnlyList<string> before = [];
        foreach (var level in request.Levels)
        {
            var parts = level.Lines.Chunk(options.RunsPerTask).Chunk(largest).ToList();
            var jobs = new List<string>();
            for (var part = 0; part < parts.Count; part++)
            {
                var name = parts.Count == 1 ? $"level-{level.Number}" : $"level-{level.Number}-part-{part + 1}";
                var script = Write(request, folder, name, parts[part]);
                // A cap holds for each array by itself, so the parts of a capped level go one after another.
                var after = part > 0 && options.TasksAtOnce > 0 ? [jobs[^1]] : before;
                string[] dependency = after.Count > 0 ? [$"--dependency=afterany:{string.Join(':', after)}"] : [];
                IReadOnlyList<string> arguments = ["--parsable", .. dependency, script];
                commands.Add("sbatch " + string.Join(' ', arguments.Select(Quoted)));
                jobs.Add(options.Submit ? Submit(arguments, submitted) : $"ID-OF-{name}");
                if (options.Submit) submitted.Add(jobs[^1]);
            }
            before = jobs;
        }
        return options.Submit
            ? new ILauncher.Result(false, submitted, $"Slurm has it: squeue --jobs {string.Join(',', submitted)} shows the tasks, scancel "
                + $"{string.Join(' ', submitted)} takes them back. The scripts and logs are in {folder}.")
            : new ILauncher.Result(false, commands, "Nothing was submitted. Look at the scripts, then type these commands in this order, "
                + "with the ids that the earlier ones print.");
    }

    private string Write(ILauncher.Request request, string folder, string name, IReadOnlyList<IReadOnlyList<int>> tasks)
    {
        var taskFile = Path.Combine(folder, name + ".tasks");
        TaskFile.Write(taskFile, tasks);
        var script = Path.Combine(folder, name + ".sbatch");
        var log = Path.Combine(folder.Replace("%", "%%"), $"{name}-%A-%a.log");
        var title = $"{name} of sweep {request.Name}: {Counted.Of(tasks.Sum(lines => lines.Count), "run")} in "
            + $"{Counted.Of(tasks.Count, "task")}, which the lines of {name}.tasks name.";
        AtomicFile.WriteAllText(script, Script(title, $"{request.Name}-{name}", tasks.Count, log,
            request.Words(taskFile), options));
        return script;
    }

    private string Submit(IReadOnlyList<string> arguments, List<string> submitted)
    {
        try
        {
            return _slurm.Submit(arguments);
        }
        catch (UserErrorException error) when (submitted.Count > 0)
        {
            throw new UserErrorException(
                $"{error.Message}\nSubmitted before that, and left as they are: {string.Join(", ", submitted)}. Either let them run "
                + $"and launch the rest later, or take them back with scancel {string.Join(' ', submitted)}.");
        }
    }

    /// <summary>A word of the shell that means just these characters.</summary>
    /// <exception cref="UserErrorException">It has a line break.</exception>
    private static string Quoted(string word)
    {
        if (word.Contains('\n'))
            throw new UserErrorException(
                $"A job script cannot name \"{word.Replace("\n", "\\n")}\", which has a line break. Rename that folder.");
        return word.Length > 0 && word
            .All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '/' or '.' or '-' or '_' or '=' or ',' or ':' or '+' or '%')
            ? word
            : $"'{word.Replace("'", "'\\''")}'";
    }

    /// <summary>A value on a line of #SBATCH, where double quotes keep spaces together.</summary>
    private static string Value(string text)
    {
        if (text.Any(letter => letter is '\n' or '"' or '\\'))
            throw new UserErrorException(
                $"Slurm takes no quotes, backslashes or line breaks in the path of a log, and {text} has some. Rename that folder.");
        return text.Any(letter => char.IsWhiteSpace(letter) || letter is '#' or '\'') ? $"\"{text}\"" : text;
    }

    /// <summary>Job arrays of Slurm. What is not set is left to the cluster's own defaults.</summary>
    internal sealed record Options
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

        [Description("How often a task that was stopped and has saved goes back into the queue by itself; then it waits for the next sweep "
            + "run.")]
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
            var match = Regex.Match(
                text, @"^(?:(?<days>\d{1,6})-(?<hours>\d{1,2})(?::(?<minutes>\d{1,2})(?::(?<seconds>\d{1,2}))?)?"
                + @"|(?<hours>\d{1,6}):(?<minutes>\d{1,2}):(?<seconds>\d{1,2})|(?<minutes>\d{1,8})(?::(?<seconds>\d{1,2}))?)$");
            if (!match.Success) return null;
            var (days, hours, minutes, seconds) = (Number("days"), Number("hours"), Number("minutes"), Number("seconds"));
            // What leads may be as long as it likes.
            var isWithin = (hours < 24 || !match.Groups["days"].Success) && (minutes < 60 || !match.Groups["hours"].Success)
                && seconds < 60;
            return isWithin ? new TimeSpan(days, hours, minutes, seconds) : null;

            int Number(string name) =>
                match.Groups[name] is { Success: true, Value: var digits } ? int.Parse(digits, CultureInfo.InvariantCulture) : 0;
        }

        /// <summary>What must hold of them beyond their ranges.</summary>
        public static IEnumerable<ConfigurationBinder.Conflict> Check(Options options)
        {
            if (options.Time.Length > 0 && Limit(options.Time) is var limit)
            {
                if (limit == null)
                    yield return new(["time"], "A time limit is minutes (90), minutes:seconds, hours:minutes:seconds (1:30:00) or "
                        + "days-hours (1-12), with less than 24 hours in a day and 60 of the others.");
                else if (limit > TimeSpan.Zero && limit < TimeSpan.FromSeconds(options.SignalBefore) + ResolutionOfSlurm)
                    yield return new(
                        ["time", "signal_before"],
                        $"A task of {limit.Value.TotalSeconds:0} seconds that is told to save {options.SignalBefore} seconds before its "
                            + "end, by a clock of a minute, would never work: raise time, or lower signal_before.");
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
                    yield return new(
                        ["extra"], $"\"{line}\" is no option of sbatch: write it as on a command line, such as --constraint=a100.");
                else if (Ours.FirstOrDefault(ours => line == ours || line.StartsWith($"{ours}=", StringComparison.Ordinal)
                    || line.StartsWith($"{ours} ", StringComparison.Ordinal)) is { } ours)
                    yield return new(["extra"], $"{ours} is set by the launcher, so it cannot be among the further options.");
            }
        }

        private static readonly IReadOnlyList<string> Ours =
        [
            "--array", "-a", "--dependency", "-d", "--output", "-o", "--error", "-e", "--open-mode", "--requeue", "--no-requeue",
            "--signal", "--parsable", "--ntasks", "-n",
        ];
    }

    /// <summary>The batch script of one job array, written so that a person can read, change and submit it.</summary>
    /// <param name="title">What the array is, for the comment at the top.</param>
    /// <param name="jobName">Letters, digits, - and _.</param>
    /// <param name="log">The log's path; %A and %a in it are the array's id and the task's number.</param>
    /// <param name="words">The program and its arguments.</param>
    private static string Script(string title, string jobName, int tasks, string log, IReadOnlyList<string> words, Options options)
    {
        var atOnce = options.TasksAtOnce > 0 ? "%" + options.TasksAtOnce.ToString(CultureInfo.InvariantCulture) : "";
        var directives = new List<string>
        {
            $"--job-name={jobName}",
            $"--array=0-{tasks - 1}{atOnce}",
            $"--output={Value(log)}",
            "--open-mode=append",
            "--requeue",
            $"--signal=B:USR1@{options.SignalBefore}",
            "--ntasks=1",
            $"--cpus-per-task={options.Cpus}",
        };
        (string Name, string Value)[] asked =
        [
            ("partition", options.Partition), ("account", options.Account), ("qos", options.Qos), ("time", options.Time),
            ("mem", options.Memory), ("gres", options.Gpus.Length > 0 ? $"gpu:{options.Gpus}" : ""),
        ];
        directives.AddRange(asked.Where(one => one.Value.Length > 0).Select(one => $"--{one.Name}={one.Value}"));
        directives.AddRange(options.Extra);

        var setup = options.Setup.ToList();
        // A program that does not start with dotnet itself looks for .NET where this one found it.
        if (Environment.GetEnvironmentVariable("DOTNET_ROOT") is { Length: > 0 } root)
            setup.Insert(0, $"export DOTNET_ROOT={Quoted(root)}");

        return $$"""
            #!/bin/bash
            # {{title}}
            # Written by W2S for one launch of the sweep. A task that is started twice, killed, or submitted again does no harm.
            {{string.Join('\n', directives.Select(directive => $"#SBATCH {directive}"))}}

            # The program takes the cores it was given for all there are.
            export DOTNET_PROCESSOR_COUNT={{options.Cpus}} OMP_NUM_THREADS={{options.Cpus}}
            {{string.Concat(setup.Select(line => line + "\n"))}}
            # Slurm tells only this shell when the time is nearly up (--signal=B:) and when the job is to end; the program,
            # beside it, is told by the shell, finishes its step, saves, and exits with 75.
            program=""
            for signal in TERM USR1 USR2; do
                # shellcheck disable=SC2064
                trap "told=yes; [ -z \"\$program\" ] || kill -$signal \"\$program\" 2>/dev/null" "$signal"
            done
            {{string.Join(' ', words.Select(Quoted))}} &
            program=$!
            while told=""; wait "$program"; code=$?; [ -n "$told" ]; do # a signal ends wait before the program has ended
                [ "$code" -ne 127 ] || break
                status=$code
            done
            [ "$code" -eq 127 ] && [ -n "${status:-}" ] && code=$status # it had ended in the very moment of the signal

            # 75: saved, to be continued. The others: ended by a signal (KILL, a crash, or one that came before the program
            # listened); it continues from what it saved last. Both go back into the queue under their own number, but not
            # where somebody cancelled the job or Slurm itself ends it.
            case "$code" in
                75) limit={{options.Restarts}} ;;
                134|135|136|137|138|139|140|143) limit={{Math.Min(Deaths, options.Restarts)}} ;;
                *) limit=0 ;;
            esac
            task="${SLURM_ARRAY_JOB_ID}_${SLURM_ARRAY_TASK_ID}"
            if [ "${SLURM_RESTART_COUNT:-0}" -lt "$limit" ] && [ "$(squeue --noheader --jobs "$task" --format %T)" = RUNNING ]; then
                echo "The program ended with $code; task $task goes back into the queue."
                scontrol requeue "$task" && exit 0
            fi
            exit "$code"

            """;
    }
}
