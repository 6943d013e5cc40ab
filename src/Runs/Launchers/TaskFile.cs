namespace W2S.Runs.Launchers;

/// <summary>
/// Which lines of the plan each task of a job array runs: line N + 1 of the file is the list for task N. Written when the
/// array is submitted, because what is pending changes while the array runs and its tasks must keep their meaning.
/// </summary>
public static class TaskFile
{
    /// <summary>Where a scheduler says which task of its array a process is, the first that is set.</summary>
    internal static IReadOnlyList<string> TaskVariables { get; } = ["SLURM_ARRAY_TASK_ID", "JOB_COMPLETION_INDEX"];

    /// <summary>Packs lines into tasks of so many runs.</summary>
    public static IReadOnlyList<IReadOnlyList<int>> Pack(IReadOnlyList<int> lines, int runsPerTask) => [.. lines.Chunk(runsPerTask)];

    /// <summary>Writes the lines of each task, a task a line.</summary>
    public static void Write(string path, IReadOnlyList<IReadOnlyList<int>> tasks)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        AtomicFile.WriteAllText(path, string.Concat(tasks.Select(lines => LineList.Write(lines) + "\n")));
    }

    /// <summary>The lines of one task.</summary>
    /// <param name="task">From 0; null: as the scheduler's variable says.</param>
    /// <exception cref="UserErrorException">There is no such file or task.</exception>
    public static IReadOnlyList<int> Read(string path, int? task)
    {
        if (!File.Exists(path))
            throw new UserErrorException($"--tasks {path}: there is no such file. Launch the sweep again; it writes one.");
        var tasks = File.ReadAllLines(path);
        var number = task ?? FromScheduler();
        if (number < 0 || number >= tasks.Length)
            throw new UserErrorException($"--tasks {path}: it has tasks 0 to {tasks.Length - 1}, and no task {number}.");
        return LineList.Parse(tasks[number], $"{path}:{number + 1}:");
    }

    private static int FromScheduler()
    {
        var said = TaskVariables.Select(name => (Name: name, Text: Environment.GetEnvironmentVariable(name)))
            .FirstOrDefault(variable => variable.Text is not (null or ""));
        if (said.Text == null)
            throw new UserErrorException(
                $"--tasks needs --task N where no scheduler says which task this is (by {string.Join(" or ", TaskVariables)}).");
        return int.TryParse(said.Text, NumberStyles.None, CultureInfo.InvariantCulture, out var task)
            ? task
            : throw new UserErrorException($"{said.Name} is \"{said.Text}\", which is no task number; give --task N.");
    }
}
