using W2S.Data;
using W2S.Runs.Launchers;

namespace W2S.Experiments;

/// <summary>A configuration is somebody's file: whatever is in it, the answer is a sentence, soon and in little memory.</summary>
public sealed class HostileYamlTests
{
    [Theory]
    [InlineData("# Figure 2d of 2405.1\0\0\0: ESOL, gain")] // found by fuzzing: the parser throws ArgumentException
    [InlineData("data: [esol\n# a comment\nname: x\ntweak 8 l\nweak:\n  depth: 8\ns\u0093rong:\n  depth: 2\n")] // and InvalidOperationException
    [InlineData("a: b: c")]
    [InlineData("? [a]\n: b\n- c")]
    [InlineData("%TAG ! tag:\n---\na: !x!y z")]
    [InlineData("a: *nobody")]
    [InlineData("\"unclosed")]
    [InlineData("a: |9\n b")]
    [InlineData("seed: 1\nseed: 2")]
    public void What_is_no_configuration_is_told_with_the_file(string yaml) =>
        Assert.StartsWith("study.yaml", Assert.Throws<UserErrorException>(() => Bind(yaml)).Message);

    [Theory]
    [InlineData(50_000)]
    [InlineData(101)]
    public void Groups_in_groups_in_groups_do_not_end_the_program(int depth) => Assert.Contains("more than 100 deep", Problem($"seed: {new string('[', depth)}{new string(']', depth)}"));

    [Fact]
    public void A_hundred_levels_are_read() => Assert.Contains("seed must be a whole number", Problem($"seed: {new string('[', 98)}{new string(']', 98)}"));

    [Fact]
    public void Aliases_of_aliases_of_aliases_do_not_fill_the_memory()
    {
        var lines = Enumerable.Range(1, 9).Select(level => $"a{level}: &a{level} [{string.Join(", ", Enumerable.Repeat($"*a{level - 1}", 9))}]");
        Assert.Contains("with its aliases written out", Problem($"a0: &a0 [x, x]\n{string.Join('\n', lines)}"));
    }

    [Fact]
    public void What_stands_within_itself_is_refused() => Assert.Contains("*a stands within what it stands for", Problem("data: &a [x, *a]"));

    [Theory]
    [InlineData("name: ''", "name is an empty text")]
    [InlineData("name: ' '", "name is an empty text")]
    [InlineData("device: \"\"", "device is an empty text")]
    [InlineData("data: ['']", "data is an empty text")]
    [InlineData("data: [esol, '']", "data is an empty text")]
    [InlineData("data: ''", "data must be a list")]
    [InlineData("weak: { from: [''] }", "weak.from is an empty text")]
    [InlineData("strong: { encoder: { corpora: [''] } }", "strong.encoder.corpora is an empty text")]
    [InlineData("objective: { name: '' }", "objective.name is an empty text")]
    public void An_empty_text_is_no_value(string yaml, string problem) => Assert.Contains(problem, Problem(yaml));

    [Theory]
    [InlineData("strong.from=")]
    [InlineData("strong.from=[]extra")]
    [InlineData("data=[a]\nb: c")]
    [InlineData("device=")]
    public void Nor_is_one_on_the_command_line(string assignment) =>
        Assert.StartsWith($"--set {assignment}", Assert.Throws<UserErrorException>(() => ConfigurationBinder.Bind<Study>([ConfigurationLayer.FromAssignment(assignment)], StudyRules.Check)).Message);

    [Fact]
    public void Headings_may_be_empty_and_so_may_what_is_empty_by_default()
    {
        Assert.Equal(("", ""), (Bind("title: ''").Title, Bind("expectation: ''").Expectation));
        Assert.Equal("", ConfigurationBinder.Bind<SlurmLauncher.Options>([ConfigurationLayer.FromText("partition: ''", "f")]).Partition);
        Assert.Empty(Bind("weak: { from: [] }").Weak.From);
    }

    private static Study Bind(string yaml) => ConfigurationBinder.Bind<Study>([ConfigurationLayer.FromText(yaml, "study.yaml")], StudyRules.Check);

    private static string Problem(string yaml) => Assert.Throws<UserErrorException>(() => Bind(yaml)).Message;
}
