using System.Reflection;
using System.Text.Json;
using System.Text.RegularExpressions;
using W2S.Runs;
using W2S.Runs.Launchers;

namespace W2S.Cluster.Tests;

/// <summary>What docs/cluster.md shows is taken by the program. (Its commands are tested with those of all documents.)</summary>
public sealed partial class DocumentTests
{
    private static readonly string Document = File.ReadAllText(Path.Combine(RepositoryRoot.Path, "docs/cluster.md"));

    [Fact]
    public void The_sweep_that_it_explains_is_the_one_in_configs()
    {
        var text = Yaml().First(text => text.Contains("panels:"));
        var points = SweepFile.Parse(text, "docs/cluster.md").Points.Select(point => point.ToString());
        Assert.Equal(SweepFile.Load(Path.Combine(RepositoryRoot.Path, "configs/sweeps/depth.yaml")).Points.Select(point => point.ToString()), points);
    }

    [Theory]
    [InlineData("slurm")]
    [InlineData("kubernetes")]
    public void The_options_that_it_shows_are_taken(string launcher)
    {
        var text = Yaml().First(text => text.StartsWith(launcher + ":", StringComparison.Ordinal));
        var file = Path.GetTempFileName();
        try
        {
            File.WriteAllText(file, text);
            Assert.NotNull(LauncherKind.Find(launcher).Create([SweepFile.Section(file, launcher)!]));
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Theory]
    [InlineData("slurm", typeof(SlurmLauncher.Options))]
    [InlineData("kubernetes", typeof(KubernetesLauncher.Options))]
    public void Every_option_is_mentioned(string launcher, Type options)
    {
        var section = Document[Document.IndexOf($"\n## {char.ToUpperInvariant(launcher[0])}{launcher[1..]}", StringComparison.Ordinal)..];
        Assert.All(options.GetProperties(BindingFlags.Public | BindingFlags.Instance).Select(property => JsonNamingPolicy.SnakeCaseLower.ConvertName(property.Name)), key => Assert.Contains(key, section));
    }

    private static IEnumerable<string> Yaml() => YamlBlock().Matches(Document).Select(match => match.Groups["text"].Value);

    [GeneratedRegex(@"```yaml\n(?<text>.*?)```", RegexOptions.Singleline)]
    private static partial Regex YamlBlock();
}
