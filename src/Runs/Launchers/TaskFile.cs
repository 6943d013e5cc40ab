namespace W2S.Runs.Launchers;

/// <summary>
/// Which lines of the plan each task of a job array runs: line N + 1 of the file is the list for task N. Written when the
/// array is submitted, because what is pending changes while the array runs and its tasks must keep their meaning.
/// </summary>
public static class TaskFile
{
    // More than any plan has, and a list of them takes no memory to speak of.
    private const int MostLines = 1_000_000;

    /// <summary>Where a scheduler says which task of its array a process is, the first that is set.</summary>
    internal static IReadOnlyList<string> TaskVariables { get; } = ["SLURM_ARRAY_TASK_ID", "JOB_COMPLETION_INDEX"];

    /// <summary>Writes the lines of each task, a task a line.</summary>
    public static void Write(string path, IReadOnlyList<IReadOnlyList<int>> tasks)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        AtomicFile.WriteAllText(path, string.Concat(tasks.Select(lines => LinesOf(lines) + "\n")));
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
        return Parse(tasks[number], $"{path}:{number + 1}:");
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

    /// <summary>Lines of a plan as text: "12-15,20".</summary>
    /// <param name="lines">Ascending.</param>
    internal static string LinesOf(IReadOnlyList<int> lines)
    {
        var parts = new List<string>();
        for (var first = 0; first < lines.Count;)
        {
            var last = first;
            while (last + 1 < lines.Count && lines[last + 1] == lines[last] + 1) last++;
            parts.Add(last == first ? $"{lines[first]}" : $"{lines[first]}-{lines[last]}");
            first = last + 1;
        }
        return string.Join(',', parts);
    }

    /// <summary>The lines that such a text names, ascending, each once.</summary>
    /// <param name="source">Who said so, for messages: "--lines".</param>
    /// <exception cref="UserErrorException">The text is no list of lines.</exception>
    internal static IReadOnlyList<int> Parse(string text, string source)
    {
        var lines = new SortedSet<int>();
        foreach (var part in text.Split(','))
        {
            var ends = part.Split('-');
            if (ends.Length > 2 || !TryLine(ends[0], out var first) || !TryLine(ends[^1], out var last) || last < first
                || last - first >= MostLines - lines.Count)
                throw new UserErrorException(
                    $"{source} {text}: \"{part.Trim()}\" is no line of a plan; write line numbers from 1 up, as in 12-15,20.");
            lines.UnionWith(Enumerable.Range(first, last - first + 1)); // a counter would run over at the greatest int
        }
        return [.. lines];
    }

    private static bool TryLine(string text, out int line) =>
        int.TryParse(text.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out line) && line > 0;
}
