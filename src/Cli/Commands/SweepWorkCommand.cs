namespace W2S.Cli;

/// <summary>`sweep work`: what launchers start; see <see cref="WorkCommand"/>.</summary>
internal sealed class SweepWorkCommand : DocumentedCommand
{
    private readonly Argument<string> _folder = SweepArguments.Folder();
    private readonly Option<string?> _lines = SweepArguments.Lines("Lines of plan.jsonl, as 12-15,20. Default: all.");
    private readonly Option<string?> _tasks = new("--tasks") { HelpName = "FILE", Description = "A file with the lines of each task of a job array; a launcher writes it." };

    private readonly Option<int?> _task = new("--task")
    {
        HelpName = "N",
        Description = $"Which task of that file, from 0. Default: what {string.Join(" or ", WorkCommand.TaskVariables)} says.",
    };

    private readonly Option<int> _parallel = new("--parallel") { HelpName = "N", Description = "Runs at once in this process. Default: 1.", DefaultValueFactory = _ => 1 };
    private readonly Option<int> _threads = new("--threads") { HelpName = "N", Description = "Threads of each run; 0 shares the cores out. Default: 0." };
    private readonly Option<double> _offset = new("--offset") { HelpName = "SHARE", Description = "Where in the list to begin, from 0 up to 1, so that workers meet seldom." };
    private readonly Option<double?> _maxMinutes = SweepArguments.MaxMinutes();

    public SweepWorkCommand() : base("work", "Runs lines of a plan in this process; what launchers start.",
        "Runs what is not finished of its lines, one after another. Any number of workers may be given the same lines on any machines that share the "
        + "folder: leases keep them apart. SIGTERM, SIGUSR1 and SIGUSR2 make it save and stop. Exit code: 0 all done, 1 some failed, 75 stopped and saved.")
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
        var minutes = SweepArguments.Minutes(parsed, _maxMinutes);
        var parallel = AtLeast(1, parsed.GetValue(_parallel), "--parallel");
        var threads = AtLeast(0, parsed.GetValue(_threads), "--threads");
        var offset = parsed.GetValue(_offset);
        if (offset is not (>= 0 and < 1)) throw new UserErrorException($"--offset {offset}: give a share from 0 up to, but not including, 1.");
        var options = new SweepWorker.Options { Parallel = parallel, Threads = threads > 0 ? threads : Math.Max(1, Environment.ProcessorCount / parallel), Offset = offset };
        var lines = Lines(parsed, plan);
        var code = ExitCodes.Done;
        Run(parsed, run =>
        {
            using var limit = SweepArguments.StopAfter(minutes, run);
            return SweepWorker.Work(plan, lines, options, run);
        }, outcome =>
        {
            Console.WriteLine($"{outcome.Done} of {lines.Count} runs are done, {outcome.Ran} by this worker; {outcome.Failed} failed, {outcome.Blocked} need a failed one.");
            if (outcome.Failed + outcome.Blocked > 0) code = ExitCodes.Failed;
        });
        return code;
    }

    private IReadOnlyList<PlannedRun> Lines(ParseResult parsed, SweepPlan plan)
    {
        var (lines, tasks) = (parsed.GetValue(_lines), parsed.GetValue(_tasks));
        if (lines != null && tasks != null) throw new UserErrorException("--lines and --tasks contradict each other; give one of them.");
        if (lines != null) return Sweep.Choose(plan, LineList.Parse(lines, "--lines"), "--lines");
        return tasks != null ? Sweep.Choose(plan, TaskFile.Read(tasks, parsed.GetValue(_task)), tasks) : plan.Runs;
    }

    private static int AtLeast(int least, int value, string option) =>
        value >= least && value <= 4096 ? value : throw new UserErrorException($"{option} {value}: give a whole number from {least} to 4096.");
}
