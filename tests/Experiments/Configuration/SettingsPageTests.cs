using System.Runtime.CompilerServices;

namespace W2S.Experiments;

/// <summary>docs/settings.md is made from the option records. W2S_APPROVE=1 writes it anew.</summary>
public class SettingsPageTests
{
    [Fact]
    public void The_page_is_what_the_option_records_say()
    {
        var path = Path.Combine(Here(), "..", "..", "..", "docs", "settings.md");
        var page = SettingsPage.Write();
        if (Environment.GetEnvironmentVariable("W2S_APPROVE") == "1") File.WriteAllText(path, page);
        Assert.Equal(File.ReadAllText(path), page);
    }

    [Fact]
    public void Every_setting_that_a_file_may_have_says_what_it_does()
    {
        foreach (var root in SettingsPage.Roots.Select(root => root.Defaults.GetType()))
            Assert.All(Setting.Paths(root), path => Assert.False(string.IsNullOrWhiteSpace(Setting.At(root, path)!.Description), path));
    }

    [Fact]
    public void Every_setting_of_a_study_stands_on_the_page_with_its_default()
    {
        var lines = SettingsPage.Write().Split('\n');
        foreach (var path in Setting.Paths(typeof(Study)))
        {
            var (group, key) = path.LastIndexOf('.') is >= 0 and var dot ? (path[..dot], path[(dot + 1)..]) : ("", path);
            var section = Array.FindIndex(lines, line => group == "" ? line == "## A study" : line.StartsWith("At ", StringComparison.Ordinal) && line.Contains($"`{group}`"));
            var row = Assert.Single(lines.Skip(section).TakeWhile((line, at) => at == 0 || !line.StartsWith('#')), line => line.StartsWith($"| `{key}` |", StringComparison.Ordinal));
            Assert.Contains($"`{ConfigurationWriter.Text(Value(new Study(), path)).Replace("|", "\\|")}`", row);
        }
    }

    private static object? Value(object record, string path) =>
        path.Split('.').Aggregate((object?)record, (value, key) => Setting.Of(value!.GetType()).Single(setting => setting.Key == key).Get(value));

    private static string Here([CallerFilePath] string file = "") => Path.GetDirectoryName(file)!;
}
