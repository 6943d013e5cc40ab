namespace W2S.Cli;

/// <summary>`sweep run`.</summary>
internal sealed class SweepRunCommand : DocumentedCommand
{
    private readonly Argument<string> _folder = SweepArguments.Folder();
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

    private readonly Option<string?> _workers = new("--workers") { HelpName = "N", Description = "local: processes; short for --set workers=N. Default: one a core or GPU." };
    private readonly Option<bool> _inProcess = new("--in-process") { Description = "local: in this process, for a debugger; short for --set in_process=true." };
    private readonly Option<double?> _maxMinutes = SweepArguments.MaxMinutes();
    private readonly Option<bool> _dryRun = new("--dry-run") { Description = "Only say what would be run, and how long what is like it took; start nothing." };

    public SweepRunCommand() : base("run", "Runs what is pending, or submits it to a cluster.",
        "Finished runs are never run again, so the same command continues after anything. A failed run is tried again as often as the sweep's file says "
        + "(retries: 2), then reported, and stops no other. Exit code: 0 all done, 1 some failed, 75 stopped and saved.")
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
            Console.Write(SweepText.DryRun(SweepPlan.Load(folder), TableText.OutputWidth));
            return ExitCodes.Done;
        }
        var layers = (parsed.GetValue(_set) ?? []).Select(ConfigurationLayer.FromAssignment).ToList();
        if (parsed.GetValue(_workers) is { } workers) layers.Add(ConfigurationLayer.FromOption($"--workers {workers}", "workers", workers));
        if (parsed.GetValue(_inProcess)) layers.Add(ConfigurationLayer.FromOption("--in-process", "in_process", "true"));
        var minutes = SweepArguments.Minutes(parsed, _maxMinutes);
        var code = ExitCodes.Done;
        Run(parsed, run =>
        {
            using var limit = parsed.GetValue(_inProcess) ? SweepArguments.StopAfter(minutes, run) : null;
            return Sweep.Launch(folder, parsed.GetValue(_launcher)!, layers, SweepArguments.Program(), minutes, run);
        }, result =>
        {
            foreach (var job in result.Jobs) Console.WriteLine(job);
            if (result.Next != "") Console.WriteLine(result.Next);
            if (!result.IsFinished) return;
            var status = SweepStatus.Of(SweepPlan.Load(folder), TimeProvider.System);
            Console.Write(SweepText.Status(status, folder, TableText.OutputWidth));
            if (!status.IsOver) Console.WriteLine($"Not all is done; the same command continues: {Program} sweep run {folder}");
            if (status.Failed > 0 || !status.IsOver) code = ExitCodes.Failed;
        });
        return code;
    }
}
