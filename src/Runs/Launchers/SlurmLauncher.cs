using W2S.Data;
using W2S.Runs.Plans;
using W2S.Training;

namespace W2S.Runs.Launchers;

/// <summary>
/// Hands a sweep to Slurm as job arrays, one a level, and returns. An array waits for the arrays of the level before it to
/// end, however they end: what a failed run leaves undone is told by the worker that needs it, and stops nobody else.
/// </summary>
internal sealed class SlurmLauncher : ILauncher
{
    private readonly SlurmOptions _options;
    private readonly SlurmCommands _slurm;

    public SlurmLauncher(SlurmOptions options) : this(options, SlurmCommands.OfMachine)
    {
    }

    /// <param name="slurm">Where Slurm is found.</param>
    public SlurmLauncher(SlurmOptions options, SlurmCommands slurm) => (_options, _slurm) = (options, slurm);

    public LaunchResult Launch(LaunchRequest request, RunServices run)
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
                commands.Add("sbatch " + string.Join(' ', arguments.Select(SlurmScript.Quoted)));
                jobs.Add(_options.Submit ? Submit(arguments, submitted) : $"ID-OF-{name}");
                if (_options.Submit) submitted.Add(jobs[^1]);
            }
            before = jobs;
        }
        return _options.Submit
            ? new LaunchResult(false, submitted, $"Slurm has it: squeue --jobs {string.Join(',', submitted)} shows the tasks, scancel {string.Join(' ', submitted)} takes them back. The scripts and logs are in {folder}.")
            : new LaunchResult(false, commands, "Nothing was submitted. Look at the scripts, then type these commands in this order, with the ids that the earlier ones print.");
    }

    private string Write(LaunchRequest request, string folder, string name, IReadOnlyList<IReadOnlyList<int>> tasks)
    {
        var taskFile = Path.Combine(folder, name + ".tasks");
        TaskFile.Write(taskFile, tasks);
        var script = Path.Combine(folder, name + ".sbatch");
        var log = Path.Combine(folder.Replace("%", "%%"), $"{name}-%A-%a.log");
        var title = $"{name} of sweep {request.Name}: {tasks.Sum(lines => lines.Count)} runs in {tasks.Count} tasks, which the lines of {name}.tasks name.";
        AtomicFile.WriteAllText(script, SlurmScript.Write(title, $"{request.Name}-{name}", tasks.Count, log,
            [.. request.Program, .. WorkCommand.ForTask(request, taskFile)], _options));
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
            throw new UserErrorException($"{error.Message}\nSubmitted before that, and left as they are: {string.Join(", ", submitted)}. Either let them run and launch the rest later, or take them back with scancel {string.Join(' ', submitted)}.");
        }
    }
}
