using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.RegularExpressions;

namespace W2S.Runs.Launchers;

/// <summary>
/// Writes a sweep as Indexed Jobs, one manifest a level, for `kubectl apply`. It talks to no cluster: who may create jobs
/// where is the site's affair, and a manifest can be read before it runs.
/// </summary>
internal sealed class KubernetesLauncher(KubernetesLauncher.Options options) : ILauncher
{
    /// <summary>The most indexes of a Job with backoffLimitPerIndex.</summary>
    private const int LargestJob = 100_000;

    public ILauncher.Result Launch(ILauncher.Request request, RunServices run)
    {
        var inContainer = InContainer(request.Folder);
        var folder = new SweepFolder(request.Folder).MakeLaunch("kubernetes");
        var launch = Path.GetFileName(folder);
        var manifests = new List<string>();
        var commands = new List<string>();
        foreach (var level in request.Levels)
        {
            var name = $"level-{level.Number}";
            var tasks = level.Lines.Chunk(options.RunsPerTask).ToList();
            if (tasks.Count > LargestJob)
                throw new UserErrorException(
                    $"Level {level.Number} has {tasks.Count} tasks, and a Job of Kubernetes has at most {LargestJob} indexes: set "
                    + $"runs_per_task to {(level.Lines.Count + LargestJob - 1) / LargestJob} or more.");
            TaskFile.Write(Path.Combine(folder, name + ".tasks"), tasks);
            // The container sees the same files under another path, and runs the image's program.
            var there = request with { Folder = inContainer, Program = options.Program };
            var words = there.Words($"{inContainer}/launches/{launch}/{name}.tasks");
            var job = JobName(request.Name, $"{launch["kubernetes-".Length..]}-{name}");
            var title = $"{name} of sweep {request.Name}: {Counted.Of(level.Lines.Count, "run")} in {Counted.Of(tasks.Count, "pod")}.";
            var manifest = Path.Combine(folder, name + ".yaml");
            AtomicFile.WriteAllText(manifest, Manifest(title, job, tasks.Count, words, options));
            manifests.Add(manifest);
            commands.Add($"kubectl apply -f {manifest}");
        }
        var order = commands.Count == 1 ? ""
            : "\nApply the next level when the job of the one before it has ended (kubectl get jobs); a pod that "
                + "starts too early does what it needs itself, or waits for whoever is at it.";
        return new ILauncher.Result(
            false, manifests,
            $"Nothing was submitted. Type:\n  {string.Join("\n  ", commands)}{order}");
    }

    /// <summary>A folder of this machine as the containers name it.</summary>
    /// <exception cref="UserErrorException">It is not on the volume.</exception>
    private string InContainer(string folder)
    {
        var root = options.Root.Length > 0 ? Path.GetFullPath(options.Root) : Path.GetDirectoryName(folder) ?? folder;
        var below = Path.GetRelativePath(root, folder);
        if (below == "." || below.StartsWith("..", StringComparison.Ordinal) || Path.IsPathRooted(below))
            throw new UserErrorException(
                $"The sweep's folder {folder} is not below {root}, which root says is the top of the volume. Plan the sweep in a "
                + "folder on the volume, or correct root.");
        return $"{options.Mount.TrimEnd('/')}/{below.Replace('\\', '/')}";
    }

    /// <summary>A name that Kubernetes takes: lower case, with room for the indexes that it appends (63 letters in all).</summary>
    private static string JobName(string sweep, string part)
    {
        var plain = new string([.. sweep.ToLowerInvariant().Select(letter => char.IsAsciiLetterOrDigit(letter) ? letter : '-')]).Trim('-');
        return $"w2s-{plain[..Math.Min(plain.Length, 30)].TrimEnd('-')}-{part}".Replace("--", "-");
    }

    /// <summary>Requests and limits are equal, which makes a pod one of the last to be evicted.</summary>
    private static string Resources(Options options) =>
        Line(14, "cpu", $"{options.Cpus}") + Line(14, "memory", options.Memory)
        + Line(14, "nvidia.com/gpu", options.Gpus > 0 ? $"{options.Gpus}" : "");

    private static string SecurityContext(Options options)
    {
        if (options is { User: null, Group: null }) return "";
        var lines = "\n      securityContext:";
        if (options.User is { } user) lines += $"\n        runAsUser: {user}";
        if (options.Group is { } group) lines += $"\n        runAsGroup: {group}\n        fsGroup: {group}";
        return lines;
    }

    /// <summary>A further line, or nothing where there is no value.</summary>
    private static string Line(int indent, string key, string value) =>
        value.Length == 0 ? "" : $"\n{new string(' ', indent)}{key}: {Text(value)}";

    /// <summary>A text in double quotes: what JSON writes is YAML too.</summary>
    private static string Text(string text) => $"\"{JsonEncodedText.Encode(text)}\"";

    /// <summary>Indexed Jobs of Kubernetes over a volume that all pods share.</summary>
    internal sealed record Options
    {
        [Description("The image that cluster/Dockerfile builds, as the cluster pulls it: registry.example.org/w2s:1.")]
        public string Image { get; init; } = "";

        [Description("The PersistentVolumeClaim (ReadWriteMany) that holds the sweep's folder.")]
        public string Claim { get; init; } = "";

        [Description("Where the volume is in the containers.")]
        public string Mount { get; init; } = "/sweeps";

        [Description("Where the volume's top is on this machine; empty: the folder that holds the sweep's folder.")]
        public string Root { get; init; } = "";

        [Description("Namespace; empty: that of kubectl's context.")]
        public string Namespace { get; init; } = "";

        [Description("Cores of a pod, as request and limit.")]
        [Range(1, 4096)]
        public int Cpus { get; init; } = 1;

        [Description("Memory of a pod, as request and limit: 1Gi, 900Mi.")]
        public string Memory { get; init; } = "1Gi";

        [Description("GPUs of a pod (nvidia.com/gpu).")]
        [Range(0, 64)]
        public int Gpus { get; init; }

        [Description("Runs that a pod does one after another.")]
        [Range(1, 100_000)]
        public int RunsPerTask { get; init; } = 1;

        [Description("Pods that may run at once.")]
        [Range(1, 10_000)]
        public int PodsAtOnce { get; init; } = 100;

        [Description("Seconds from SIGTERM, at which the program saves, to SIGKILL.")]
        [Range(1, 3600)]
        public int GracePeriod { get; init; } = 120;

        [Description("How often a pod that failed is replaced; evictions, preemptions and saved stops do not count.")]
        [Range(0, 1000)]
        public int Retries { get; init; } = 5;

        [Description("The program in the image, as words.")]
        public IReadOnlyList<string> Program { get; init; } = ["/opt/w2s/W2S"];

        [Description("Number of the user that the containers run as; not set: the image's.")]
        public int? User { get; init; }

        [Description("Number of the group that owns what they write; not set: the image's.")]
        public int? Group { get; init; }

        /// <summary>What must hold of them beyond their ranges.</summary>
        public static IEnumerable<ConfigurationBinder.Conflict> Check(Options options)
        {
            if (options.Image.Length == 0 || options.Image.Any(char.IsWhiteSpace))
                yield return new(
                    ["image"],
                    "Name the image that the pods run: build it with \"docker build -f cluster/Dockerfile -t NAME .\" and push it.");
            if (!Regex.IsMatch(options.Claim, "^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$"))
                yield return new(
                    ["claim"], "Name the PersistentVolumeClaim that holds the sweep's folder, in lower case (kubectl get pvc lists them).");
            if (!options.Mount.StartsWith('/') || options.Mount.Length == 1)
                yield return new(["mount"], "The volume needs a folder of its own in the containers, such as /sweeps.");
            if (!Regex.IsMatch(options.Memory, "^[0-9]+(\\.[0-9]+)?(Ki|Mi|Gi|Ti|k|M|G|T)?$"))
                yield return new(["memory"], "Memory is a number with Mi or Gi after it, such as 4Gi.");
            if (options.Namespace.Length > 0 && !Regex.IsMatch(options.Namespace, "^[a-z0-9]([-a-z0-9]*[a-z0-9])?$"))
                yield return new(["namespace"], "A namespace has lower-case letters, digits and - only.");
            if (options.Program.Count == 0)
                yield return new(["program"], "The program in the image needs at least one word.");
            if (options.User < 0 || options.Group < 0)
                yield return new(["user", "group"], "Users and groups are numbers from 0 up.");
        }
    }

    /// <summary>The manifest of one Indexed Job: batch/v1, for Kubernetes 1.29 or later (backoffLimitPerIndex, podFailurePolicy).</summary>
    /// <param name="title">What the job is, for the comment at the top.</param>
    /// <param name="name">A label of the domain name system: lower case.</param>
    /// <param name="words">The program and its arguments, in the container.</param>
    private static string Manifest(string title, string name, int tasks, IReadOnlyList<string> words, Options options) => $$"""
        # {{title}}
        # Written by W2S for one launch of the sweep. Applying it twice, or losing pods, does no harm: finished runs are skipped.
        apiVersion: batch/v1
        kind: Job
        metadata:
          name: {{name}}{{Line(2, "namespace", options.Namespace)}}
          labels:
            app.kubernetes.io/name: w2s
        spec:
          # The pod's index picks its line of the task file, and so its runs.
          completionMode: Indexed
          completions: {{tasks}}
          parallelism: {{Math.Min(tasks, options.PodsAtOnce)}}
          # Retries are counted index by index, so that one bad run does not end the job for the others.
          backoffLimitPerIndex: {{options.Retries}}
          # A pod is replaced when it is gone, not while it still saves.
          podReplacementPolicy: Failed
          podFailurePolicy:
            rules:
              # Evicted, preempted, or its node drained: not the run's fault, so it is replaced and not counted.
              - action: Ignore
                onPodConditions:
                  - type: DisruptionTarget
                    status: "True"
              # 75: it was told to stop and has saved; its replacement continues. Not counted either.
              - action: Ignore
                onExitCodes:
                  containerName: w2s
                  operator: In
                  values: [75]
              # 1: a run failed for good after its own retries; 2: the call is wrong. Another try would do the same.
              - action: FailIndex
                onExitCodes:
                  containerName: w2s
                  operator: In
                  values: [1, 2]
          template:
            metadata:
              labels:
                app.kubernetes.io/name: w2s
            spec:
              restartPolicy: Never
              terminationGracePeriodSeconds: {{options.GracePeriod}}{{SecurityContext(options)}}
              containers:
                - name: w2s
                  image: {{Text(options.Image)}}
                  command: [{{string.Join(", ", words.Select(Text))}}]
                  resources:
                    requests:{{Resources(options)}}
                    limits:{{Resources(options)}}
                  volumeMounts:
                    - name: sweeps
                      mountPath: {{Text(options.Mount)}}
              volumes:
                - name: sweeps
                  persistentVolumeClaim:
                    claimName: {{Text(options.Claim)}}

        """;
}
