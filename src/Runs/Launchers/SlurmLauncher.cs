namespace W2S.Runs.Launchers;

/// <summary>
/// Hands a sweep to Slurm as job arrays, one a level, and returns. An array waits for the arrays of the level before it to
/// end, however they end: what a failed run leaves undone is told by the worker that needs it, and stops nobody else.
/// </summary>
internal sealed class SlurmLauncher : ILauncher
{
    /// <summary>
    /// Restarts after which a task that dies (kill -9, out of memory) is not put back; the plan counts deaths too, run by run.
    /// </summary>
    private const int Deaths = 20;

    private readonly SlurmOptions _options;
    private readonly SlurmCommands _slurm;

    public SlurmLauncher(SlurmOptions options) : this(options, SlurmCommands.OfMachine)
    {
    }

    /// <param name="slurm">Where Slurm is found.</param>
    public SlurmLauncher(SlurmOptions options, SlurmCommands slurm) => (_options, _slurm) = (options, slurm);

    public ILauncher.Result Launch(ILauncher.Request request, RunServices run)
    {
        var folder = new SweepFolder(request.Folder).MakeLaunch("slurm");
        var largest = _slurm.LargestArray();
        var commands = new List<string>();
        var submitted = new List<string>();
        IReadOnlyList<string> before = [];
        foreach (var level in request.Levels)
        {
            var parts = TaskFile.Pack(level.Lines, _options.RunsPerTask).Chunk(largest).ToList();
            var jobs = new List<string>();
            for (var part = 0; part < parts.Count; part++)
            {
                var name = parts.Count == 1 ? $"level-{level.Level}" : $"level-{level.Level}-part-{part + 1}";
                var script = Write(request, folder, name, parts[part]);
                // A cap holds for each array by itself, so the parts of a capped level go one after another.
                var after = part > 0 && _options.TasksAtOnce > 0 ? [jobs[^1]] : before;
                IReadOnlyList<string> arguments = ["--parsable", .. after.Count > 0 ? [$"--dependency=afterany:{string.Join(':', after)}"] : Array.Empty<string>(), script];
                commands.Add("sbatch " + string.Join(' ', arguments.Select(Quoted)));
                jobs.Add(_options.Submit ? Submit(arguments, submitted) : $"ID-OF-{name}");
                if (_options.Submit) submitted.Add(jobs[^1]);
            }
            before = jobs;
        }
        return _options.Submit
            ? new ILauncher.Result(false, submitted, $"Slurm has it: squeue --jobs {string.Join(',', submitted)} shows the tasks, scancel {string.Join(' ', submitted)} takes them back. The scripts and logs are in {folder}.")
            : new ILauncher.Result(false, commands, "Nothing was submitted. Look at the scripts, then type these commands in this order, with the ids that the earlier ones print.");
    }

    private string Write(ILauncher.Request request, string folder, string name, IReadOnlyList<IReadOnlyList<int>> tasks)
    {
        var taskFile = Path.Combine(folder, name + ".tasks");
        TaskFile.Write(taskFile, tasks);
        var script = Path.Combine(folder, name + ".sbatch");
        var log = Path.Combine(folder.Replace("%", "%%"), $"{name}-%A-%a.log");
        var title = $"{name} of sweep {request.Name}: {Counted.Of(tasks.Sum(lines => lines.Count), "run")} in {Counted.Of(tasks.Count, "task")}, which the lines of {name}.tasks name.";
        AtomicFile.WriteAllText(script, Script(title, $"{request.Name}-{name}", tasks.Count, log,
            request.Words(taskFile), _options));
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

    /// <summary>The batch script of one job array, written so that a person can read, change and submit it.</summary>
    /// <param name="title">What the array is, for the comment at the top.</param>
    /// <param name="jobName">Letters, digits, - and _.</param>
    /// <param name="log">The log's path; %A and %a in it are the array's id and the task's number.</param>
    /// <param name="words">The program and its arguments.</param>
    private static string Script(string title, string jobName, int tasks, string log, IReadOnlyList<string> words, SlurmOptions options)
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
        void Add(string name, string value)
        {
            if (value.Length > 0) directives.Add($"--{name}={value}");
        }
        Add("partition", options.Partition);
        Add("account", options.Account);
        Add("qos", options.Qos);
        Add("time", options.Time);
        Add("mem", options.Memory);
        Add("gres", options.Gpus.Length > 0 ? $"gpu:{options.Gpus}" : "");
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
}
