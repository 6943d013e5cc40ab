using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.RegularExpressions;

namespace W2S.Runs.Launchers;

/// <summary>Indexed Jobs of Kubernetes over a volume that all pods share.</summary>
internal sealed record KubernetesOptions
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
    public static IEnumerable<SettingConflict> Check(KubernetesOptions options)
    {
        if (options.Image.Length == 0 || options.Image.Any(char.IsWhiteSpace))
            yield return new(["image"], "Name the image that the pods run: build it with \"docker build -f cluster/Dockerfile -t NAME .\" and push it.");
        if (!Regex.IsMatch(options.Claim, "^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$"))
            yield return new(["claim"], "Name the PersistentVolumeClaim that holds the sweep's folder, in lower case (kubectl get pvc lists them).");
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
