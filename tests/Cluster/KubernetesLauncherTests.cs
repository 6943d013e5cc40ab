using W2S.Data;
using W2S.Experiments;
using W2S.Runs;
using W2S.Runs.Launchers;
using W2S.Training;
using YamlDotNet.RepresentationModel;

namespace W2S.Cluster.Tests;

public sealed class KubernetesLauncherTests : IDisposable
{
    private readonly string _volume = Directory.CreateTempSubdirectory("w2s-kubernetes").FullName;
    private readonly KubernetesLauncher.Options _options = new() { Image = "registry.example.org/w2s:1", Claim = "sweeps" };

    public void Dispose() => Directory.Delete(_volume, recursive: true);

    private string Sweep => Path.Combine(_volume, "group/study one");

    private YamlMappingNode Manifest(string level = "level-0") => Read(Path.Combine(Sweep, "launches/kubernetes-1", level + ".yaml"));

    private ILauncher.Result Launch(KubernetesLauncher.Options options, params int[] runsPerLevel) =>
        new KubernetesLauncher(options).Launch(Requests.In(Sweep, runsPerLevel), RunServices.Silent);

    [Fact]
    public void A_level_is_an_indexed_job_with_one_completion_for_each_task()
    {
        var result = Launch(_options with { RunsPerTask = 3, PodsAtOnce = 2 }, 7, 1);
        Assert.Equal(2, result.Jobs.Count);
        var job = Manifest();
        Assert.Equal(("batch/v1", "Job"), (Text(job, "apiVersion"), Text(job, "kind")));
        Assert.Equal("w2s-my-study-1-level-0", Text(job, "metadata", "name"));
        var spec = Map(job, "spec");
        Assert.Equal(("Indexed", "3", "2"), (Text(spec, "completionMode"), Text(spec, "completions"), Text(spec, "parallelism")));
        Assert.Equal(["1-3", "4-6", "7"], File.ReadAllLines(Path.Combine(Sweep, "launches/kubernetes-1/level-0.tasks")));
        Assert.Equal("1", Text(Manifest("level-1"), "spec", "completions"));
    }

    [Fact]
    public void The_container_runs_the_images_program_on_the_volumes_files()
    {
        Launch(_options with { Mount = "/data", Root = _volume }, 1);
        var pod = Map(Manifest(), "spec", "template", "spec");
        var container = Container(pod);
        Assert.Equal("registry.example.org/w2s:1", Text(container, "image"));
        Assert.Equal(
            ["/opt/w2s/W2S", "sweep", "work", "/data/group/study one", "--tasks", "/data/group/study one/launches/kubernetes-1/level-0.tasks"],
            Texts(container, "command"));
        Assert.Equal("/data", Text((YamlMappingNode)List(container, "volumeMounts").Single(), "mountPath"));
        Assert.Equal("sweeps", Text((YamlMappingNode)List(pod, "volumes").Single(), "persistentVolumeClaim", "claimName"));
        Assert.Equal(("Never", "120"), (Text(pod, "restartPolicy"), Text(pod, "terminationGracePeriodSeconds")));
    }

    [Fact]
    public void Preemption_and_a_saved_stop_are_not_counted_and_a_run_that_failed_for_good_is_not_tried_again()
    {
        Launch(_options with { Retries = 4 }, 1);
        var spec = Map(Manifest(), "spec");
        Assert.Equal("4", Text(spec, "backoffLimitPerIndex"));
        Assert.Equal("Failed", Text(spec, "podReplacementPolicy"));
        var rules = List(Map(spec, "podFailurePolicy"), "rules").Cast<YamlMappingNode>().ToList();
        Assert.Equal(["Ignore", "Ignore", "FailIndex"], rules.Select(rule => Text(rule, "action")));
        Assert.Equal("DisruptionTarget", Text((YamlMappingNode)List(rules[0], "onPodConditions").Single(), "type"));
        Assert.Equal(["75"], Texts(Map(rules[1], "onExitCodes"), "values"));
        Assert.Equal(["1", "2"], Texts(Map(rules[2], "onExitCodes"), "values"));
        Assert.All(rules.Skip(1), rule => Assert.Equal(Text(Container(Map(spec, "template", "spec")), "name"), Text(rule, "onExitCodes", "containerName")));
    }

    [Fact]
    public void What_a_pod_gets_is_what_it_asks_for()
    {
        Launch(_options with { Cpus = 4, Memory = "2Gi", Gpus = 1, User = 1000, Group = 100, Namespace = "study" }, 1);
        var pod = Map(Manifest(), "spec", "template", "spec");
        foreach (var kind in new[] { "requests", "limits" })
        {
            var resources = Map(Container(pod), "resources", kind);
            Assert.Equal(("4", "2Gi", "1"), (Text(resources, "cpu"), Text(resources, "memory"), Text(resources, "nvidia.com/gpu")));
        }
        Assert.Equal(("1000", "100", "100"), (Text(pod, "securityContext", "runAsUser"), Text(pod, "securityContext", "runAsGroup"), Text(pod, "securityContext", "fsGroup")));
        Assert.Equal("study", Text(Manifest(), "metadata", "namespace"));
    }

    [Fact]
    public void What_is_not_asked_for_is_not_in_the_manifest()
    {
        Launch(_options, 1);
        var pod = Map(Manifest(), "spec", "template", "spec");
        Assert.False(pod.Children.ContainsKey("securityContext"));
        Assert.False(Map(Container(pod), "resources", "limits").Children.ContainsKey("nvidia.com/gpu"));
        Assert.False(Map(Manifest(), "metadata").Children.ContainsKey("namespace"));
    }

    [Fact]
    public void A_folder_that_is_not_on_the_volume_is_refused()
    {
        var error = Assert.Throws<UserErrorException>(() => Launch(_options with { Root = "/elsewhere" }, 1));
        Assert.Contains("is not below /elsewhere", error.Message);
    }

    [Fact]
    public void All_that_is_missing_or_wrong_is_told_at_once()
    {
        var layer = ConfigurationLayer.FromText("memory: lots\nmount: /\nimaeg: x\n", "study.yaml");
        var error = Assert.Throws<UserErrorException>(() => ConfigurationBinder.Bind<KubernetesLauncher.Options>([layer], KubernetesLauncher.Options.Check));
        foreach (var part in new[] { "Name the image", "PersistentVolumeClaim", "Memory is a number", "a folder of its own", "did you mean image?" }) Assert.Contains(part, error.Message);
    }

    [Fact]
    public void More_tasks_than_a_job_can_have_are_refused_with_how_to_pack_them()
    {
        var error = Assert.Throws<UserErrorException>(() => Launch(_options, 100_001));
        Assert.Contains("runs_per_task to 2", error.Message);
    }

    private static YamlMappingNode Read(string path)
    {
        var stream = new YamlStream();
        using var text = new StreamReader(path);
        stream.Load(text);
        return (YamlMappingNode)stream.Documents.Single().RootNode;
    }

    private static YamlNode Node(YamlMappingNode from, params string[] path) => path.Aggregate((YamlNode)from, (node, key) => node[key]);

    private static YamlMappingNode Map(YamlMappingNode from, params string[] path) => (YamlMappingNode)Node(from, path);

    private static string Text(YamlMappingNode from, params string[] path) => ((YamlScalarNode)Node(from, path)).Value!;

    private static IList<YamlNode> List(YamlMappingNode from, string key) => ((YamlSequenceNode)from[key]).Children;

    private static IEnumerable<string> Texts(YamlMappingNode from, string key) => List(from, key).Select(node => ((YamlScalarNode)node).Value!);

    private static YamlMappingNode Container(YamlMappingNode pod) => (YamlMappingNode)List(pod, "containers").Single();
}
