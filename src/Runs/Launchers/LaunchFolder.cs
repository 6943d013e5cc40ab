using W2S.Runs.Plans;

namespace W2S.Runs.Launchers;

/// <summary>A folder for what one launch writes: launches/slurm-1, launches/slurm-2 …; never that of another launch, even of one at the same moment.</summary>
internal static class LaunchFolder
{
    /// <param name="sweep">The sweep's folder.</param>
    /// <param name="launcher">Its name: "slurm".</param>
    /// <returns>The new folder's full path.</returns>
    public static string Create(string sweep, string launcher)
    {
        var launches = Directory.CreateDirectory(new SweepFolder(sweep).Launches).FullName;
        var made = Path.Combine(launches, Path.GetRandomFileName());
        Directory.CreateDirectory(made);
        for (var number = 1; ; number++)
        {
            var folder = Path.Combine(launches, $"{launcher}-{number}");
            if (Directory.Exists(folder)) continue;
            try
            {
                // A rename fails where the name is taken; making a folder would not.
                Directory.Move(made, folder);
                return folder;
            }
            catch (IOException) when (Directory.Exists(folder))
            {
            }
        }
    }
}
