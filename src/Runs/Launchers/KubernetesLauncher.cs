using W2S.Data;
using W2S.Runs.Plans;
using W2S.Training;

namespace W2S.Runs.Launchers;

/// <summary>
/// Writes a sweep as Indexed Jobs, one manifest a level, for `kubectl apply`. It talks to no cluster: who may create jobs
/// where is the site's affair, and a manifest can be read before it runs.
/// </summary>
internal sealed class KubernetesLauncher(KubernetesOptions options) : ILauncher
{
    /// <summary>The most indexes of a Job with backoffLimitPerIndex.</summary>
    private const int LargestJob = 100_000;

    public LaunchResult Launch(LaunchRequest request, RunServices run)
    {
        var inContainer = InContainer(request.Folder);
        var folder = new SweepFolder(request.Folder).MakeLaunch("kubernetes");
        var launch = Path.GetFileName(folder);
        var manifests = new List<string>();
        var commands = new List<string>();
        foreach (var level in request.Levels)
        {
            var name = $"level-{level.Level}";
            var tasks = TaskFile.Pack(level.Lines, options.RunsPerTask);
            if (tasks.Count > LargestJob)
                throw new UserErrorException($"Level {level.Level} has {tasks.Count} tasks, and a Job of Kubernetes has at most {LargestJob} indexes: set runs_per_task to {(level.Lines.Count + LargestJob - 1) / LargestJob} or more.");
            TaskFile.Write(Path.Combine(folder, name + ".tasks"), tasks);
            // The container sees the same files under another path, and runs the image's program.
            var there = request with { Folder = inContainer, Program = options.Program };
            IReadOnlyList<string> words = [.. there.Program, .. WorkCommand.ForTask(there, $"{inContainer}/launches/{launch}/{name}.tasks")];
            var job = JobName(request.Name, $"{launch["kubernetes-".Length..]}-{name}");
            var title = $"{name} of sweep {request.Name}: {level.Lines.Count} runs in {tasks.Count} pods.";
            var manifest = Path.Combine(folder, name + ".yaml");
            AtomicFile.WriteAllText(manifest, KubernetesManifest.Write(title, job, tasks.Count, words, options));
            manifests.Add(manifest);
            commands.Add($"kubectl apply -f {manifest}");
        }
        var order = commands.Count > 1 ? " Apply the next level when the job of the one before it has ended (kubectl get jobs); a pod that starts too early does what it needs itself, or waits for whoever is at it." : "";
        return new LaunchResult(false, manifests, $"Nothing was submitted. Type:\n  {string.Join("\n  ", commands)}{(order.Length > 0 ? "\n" + order.Trim() : "")}");
    }

    /// <summary>A folder of this machine as the containers name it.</summary>
    /// <exception cref="UserErrorException">It is not on the volume.</exception>
    private string InContainer(string folder)
    {
        var root = options.Root.Length > 0 ? Path.GetFullPath(options.Root) : Path.GetDirectoryName(folder) ?? folder;
        var below = Path.GetRelativePath(root, folder);
        if (below == "." || below.StartsWith("..", StringComparison.Ordinal) || Path.IsPathRooted(below))
            throw new UserErrorException($"The sweep's folder {folder} is not below {root}, which root says is the top of the volume. Plan the sweep in a folder on the volume, or correct root.");
        return $"{options.Mount.TrimEnd('/')}/{below.Replace('\\', '/')}";
    }

    /// <summary>A name that Kubernetes takes: lower case, with room for the indexes that it appends (63 letters in all).</summary>
    private static string JobName(string sweep, string part)
    {
        var plain = new string([.. sweep.ToLowerInvariant().Select(letter => char.IsAsciiLetterOrDigit(letter) ? letter : '-')]).Trim('-');
        return $"w2s-{plain[..Math.Min(plain.Length, 30)].TrimEnd('-')}-{part}".Replace("--", "-");
    }
}
