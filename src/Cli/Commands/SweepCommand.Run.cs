namespace W2S.Cli;

/// <summary>`sweep run`, what it starts, and what the other sweep commands have in common with them.</summary>
internal sealed partial class SweepCommand
{
    /// <summary>`sweep run`.</summary>
    private sealed class RunCommand : DocumentedCommand
    {
        private readonly Argument<string> _folder = Folder();
        private readonly Option<string> _launcher = new("--launcher")
        {
            HelpName = "NAME",
            Description = $"{LauncherKind.InWords}. Default: local.",
            DefaultValueFactory = _ => "local",
        };

        private readonly Option<string[]> _set = new("--set")
        {
            HelpName = "KEY=VALUE",
            Description = "An option of the launcher, as in --set workers=4; wins over the sweep's file. May be repeated.",
        };

        private readonly Option<string?> _workers = new("--workers")
        {
            HelpName = "N", Description = "local: processes; short for --set workers=N. Default: one a core or GPU.",
        };
        private readonly Option<bool> _inProcess = new("--in-process")
        {
            Description = "local: in this process, for a debugger; short for --set in_process=true.",
        };
        private readonly Option<double?> _maxMinutes = MaxMinutes();
        private readonly Option<bool> _dryRun = new("--dry-run")
        {
            Description = "Only say what would be run, and how long what is like it took; start nothing.",
        };

        public RunCommand() : base("run", "Runs what is pending, or submits it to a cluster.",
            "Finished runs are never run again, so the same command continues after anything. A failed run is tried again as often as the "
            + "sweep's file says (retries: 2), then reported, and stops no other. Exit code: 0 all done, 1 some failed, 75 stopped and "
            + "saved.")
        {
            _launcher.Suggesting(LauncherKind.Names);
            Add(_folder);
            AddGroup("Where", [_launcher, _workers, _inProcess, _set, _maxMinutes, _dryRun]);
            AddExample("sweep run runs/depth --workers 2", "Two processes on this machine:");
            AddExample("sweep run runs/depth --in-process", "Without other processes:");
            SetAction(Launch);
        }

        private int Launch(ParseResult parsed)
        {
            var folder = parsed.GetValue(_folder)!;
            if (parsed.GetValue(_dryRun))
            {
                Console.Write(Foreseen(SweepPlan.Load(folder), TableText.OutputWidth));
                return ExitCodes.Done;
            }
            var layers = (parsed.GetValue(_set) ?? []).Select(ConfigurationLayer.FromAssignment).ToList();
            if (parsed.GetValue(_workers) is { } workers)
                layers.Add(ConfigurationLayer.FromOption($"--workers {workers}", "workers", workers));
            if (parsed.GetValue(_inProcess)) layers.Add(ConfigurationLayer.FromOption("--in-process", "in_process", "true"));
            var minutes = Minutes(parsed, _maxMinutes);
            var code = ExitCodes.Done;
            Run(parsed, run =>
            {
                using var limit = parsed.GetValue(_inProcess) ? StopAfter(minutes, run) : null;
                return Sweep.Launch(folder, parsed.GetValue(_launcher)!, layers, ThisProgram(), minutes, run);
            }, result =>
            {
                foreach (var job in result.Jobs) Console.WriteLine(job);
                if (result.Next != "") Console.WriteLine(result.Next);
                if (!result.IsFinished) return;
                var status = SweepStatus.Of(SweepPlan.Load(folder), TimeProvider.System);
                Console.Write(TextOf(status, folder, TableText.OutputWidth));
                if (!status.IsOver) Console.WriteLine($"Not all is done; the same command continues: {Program} sweep run {folder}");
                if (status.Failed > 0 || !status.IsOver) code = ExitCodes.Failed;
            });
            return code;
        }

        /// <summary>This very program as words to start it with: the executable, or dotnet and the assembly that it was given.</summary>
        private static IReadOnlyList<string> ThisProgram()
        {
            var process = Environment.ProcessPath!;
            return Path.GetFileNameWithoutExtension(process) == "dotnet"
                ? [process, Path.GetFullPath(Environment.GetCommandLineArgs()[0])]
                : [process];
        }
    }

    /// <summary>`sweep work`: what launchers start; see <see cref="ILauncher.Request.Words"/>.</summary>
    private sealed class WorkCommand : DocumentedCommand
    {
        private readonly Argument<string> _folder = Folder();
        private readonly Option<string?> _lines = LinesOption("Lines of plan.jsonl, as 12-15,20. Default: all.");
        private readonly Option<string?> _tasks = new("--tasks")
        {
            HelpName = "FILE", Description = "A file with the lines of each task of a job array; a launcher writes it.",
        };

        private readonly Option<int?> _task = new("--task")
        {
            HelpName = "N",
            Description = $"Which task of that file, from 0. Default: what {string.Join(" or ", TaskFile.TaskVariables)} says.",
        };

        private readonly Option<int> _parallel = new("--parallel")
        {
            HelpName = "N", Description = "Runs at once in this process. Default: 1.", DefaultValueFactory = _ => 1,
        };
        private readonly Option<int> _threads = new("--threads")
        {
            HelpName = "N", Description = "Threads of each run; 0 shares the cores out. Default: 0.",
        };
        private readonly Option<double> _offset = new("--offset")
        {
            HelpName = "SHARE", Description = "Where in the list to begin, from 0 up to 1, so that workers meet seldom.",
        };
        private readonly Option<double?> _maxMinutes = MaxMinutes();

        public WorkCommand() : base("work", "Runs lines of a plan in this process; what launchers start.",
            "Runs what is not finished of its lines, one after another. Any number of workers may be given the same lines on any machines "
            + "that share the folder: leases keep them apart. SIGTERM, SIGUSR1 and SIGUSR2 make it save and stop. Exit code: 0 all done, 1 "
            + "some failed, 75 stopped and saved.")
        {
            Add(_folder);
            AddGroup("Which runs", [_lines, _tasks, _task]);
            AddGroup("How", [_parallel, _threads, _offset, _maxMinutes]);
            AddExample("sweep work runs/depth --lines 12-15", "Four runs of the plan:");
            SetAction(Work);
        }

        private int Work(ParseResult parsed)
        {
            var plan = SweepPlan.Load(parsed.GetValue(_folder)!);
            var minutes = Minutes(parsed, _maxMinutes);
            var parallel = AtLeast(1, parsed.GetValue(_parallel), "--parallel");
            var threads = AtLeast(0, parsed.GetValue(_threads), "--threads");
            var offset = parsed.GetValue(_offset);
            if (offset is not (>= 0 and < 1))
                throw new UserErrorException($"--offset {offset}: give a share from 0 up to, but not including, 1.");
            var options = new SweepWorker.Options
            {
                Parallel = parallel, Threads = threads > 0 ? threads : Math.Max(1, Environment.ProcessorCount / parallel), Offset = offset,
            };
            var lines = Lines(parsed, plan);
            var code = ExitCodes.Done;
            Run(parsed, run =>
            {
                using var limit = StopAfter(minutes, run);
                return SweepWorker.Work(plan, lines, options, run);
            }, outcome =>
            {
                Console.WriteLine($"{outcome.Done} of {Counted.Of(lines.Count, "run")} are done, {outcome.Ran} by this worker; "
                    + $"{outcome.Failed} failed, {outcome.Blocked} need a failed one.");
                if (outcome.Failed + outcome.Blocked > 0) code = ExitCodes.Failed;
            });
            return code;
        }

        private IReadOnlyList<PlannedRun> Lines(ParseResult parsed, SweepPlan plan)
        {
            var (lines, tasks) = (parsed.GetValue(_lines), parsed.GetValue(_tasks));
            if (lines != null && tasks != null)
                throw new UserErrorException("--lines and --tasks contradict each other; give one of them.");
            if (lines != null) return Sweep.Choose(plan, TaskFile.Parse(lines, "--lines"), "--lines");
            return tasks != null ? Sweep.Choose(plan, TaskFile.Read(tasks, parsed.GetValue(_task)), tasks) : plan.Runs;
        }

        private static int AtLeast(int least, int value, string option) =>
            value >= least && value <= 4096 ? value : throw new UserErrorException(
                $"{option} {value}: give a whole number from {least} to 4096.");
    }

    private static Argument<string> Folder() =>
        new Argument<string>("dir")
       {
           HelpName = "DIR", Description = "The sweep's folder, the one that sweep plan made.",
       }.Suggesting(Suggestions.Sweeps);

    private static Option<double?> MaxMinutes() => new("--max-minutes")
    {
        HelpName = "M",
        Description = "Save and stop after so long, with exit code 75; the same command continues. Default: no limit.",
    };

    private static Option<string?> LinesOption(string description) => new("--lines") { HelpName = "LIST", Description = description };

    /// <exception cref="UserErrorException">It is no time.</exception>
    private static double? Minutes(ParseResult parsed, Option<double?> option) => parsed.GetValue(option) is not { } minutes ? null
        : minutes > 0 && minutes < 1e6 ? minutes
        : throw new UserErrorException($"--max-minutes {minutes}: give a number of minutes above 0.");

    /// <summary>Sets the stop signal when the time is over; nothing without a limit.</summary>
    private static IDisposable? StopAfter(double? minutes, RunServices run) => minutes is { } limit
        ? run.Time.CreateTimer(_ => run.Stop.Set($"--max-minutes {limit}"), null, TimeSpan.FromMinutes(limit), Timeout.InfiniteTimeSpan)
        : null;
}
