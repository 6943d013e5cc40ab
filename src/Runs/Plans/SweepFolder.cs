namespace W2S.Runs.Plans;

/// <summary>Where things lie in a sweep's folder. Run folders are spread over 256 folders, so that none holds thousands.</summary>
public sealed class SweepFolder(string path)
{
    /// <summary>The sweep's folder.</summary>
    public string Path { get; } = System.IO.Path.GetFullPath(path);

    /// <summary>The study's file as it was planned, with the sections of the launchers.</summary>
    public string StudyFile => In("sweep.yaml");

    /// <summary>One line a run.</summary>
    public string PlanFile => In("plan.jsonl");

    /// <summary>What the plan was when it was made: its hash, and the sweep's options.</summary>
    public string ManifestFile => In("sweep.json");

    /// <summary>What launchers leave: task files, job scripts, manifests, logs of jobs.</summary>
    public string Launches => In("launches");

    /// <summary>Where the folders of runs are.</summary>
    public string Runs => In("runs");

    /// <summary>One line a finished study, for spreadsheets.</summary>
    public string ResultsFile => In("results.csv");

    /// <summary>One line a finished run of the parts that studies share, for each kind of them.</summary>
    public string PartsFile(string kind) => In($"results-{kind}.csv");

    /// <summary>Every task and split of every finished study.</summary>
    public string TasksFile => In("tasks.csv");

    /// <summary>The sweep's report.</summary>
    public string ReportFile => In("report.html");

    /// <summary>The folder of a run.</summary>
    public string Run(string identity) => System.IO.Path.Combine(Runs, identity[..2], identity);

    /// <summary>
    /// Makes a folder for what one launch writes, launches/slurm-1, launches/slurm-2 …; never that of another launch, even of one at the
    /// same moment.
    /// </summary>
    /// <param name="launcher">Its name: "slurm".</param>
    /// <returns>The new folder's full path.</returns>
    internal string MakeLaunch(string launcher)
    {
        var made = System.IO.Path.Combine(Launches, System.IO.Path.GetRandomFileName());
        Directory.CreateDirectory(made);
        for (var number = 1; ; number++)
        {
            var folder = System.IO.Path.Combine(Launches, $"{launcher}-{number}");
            if (Directory.Exists(folder)) continue;
            try
            {
                // A rename fails where the name is taken; making a folder would not.
                AtomicFile.MoveFolder(made, folder);
                return folder;
            }
            catch (IOException) when (Directory.Exists(folder))
            {
            }
        }
    }

    /// <summary>Does what writes into the folder.</summary>
    /// <param name="remedy">The end of the message, for people.</param>
    /// <exception cref="UserErrorException">It cannot be written.</exception>
    internal void Write(Action write, string remedy)
    {
        try
        {
            write();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new UserErrorException($"The sweep's folder {Path} cannot be written ({error.Message.TrimEnd('.')}). {remedy}");
        }
    }

    private string In(string name) => System.IO.Path.Combine(Path, name);
}
