using System.Text.RegularExpressions;

namespace W2S.Shell.Tests;

/// <summary>What is promised of files from anywhere, and the tests that hold it up.</summary>
public sealed partial class SecurityPageTests
{
    [Fact]
    public void Every_promise_names_a_test_that_is_there()
    {
        var methods = Directory.EnumerateFiles(Path.Combine(RepositoryRoot.Path, "tests"), "*Tests.cs", SearchOption.AllDirectories)
            .SelectMany(Methods).ToHashSet(StringComparer.Ordinal);
        var rows = File.ReadLines(Path.Combine(RepositoryRoot.Path, "SECURITY.md")).Where(line => line.StartsWith('|')).Skip(2).ToList();
        Assert.InRange(rows.Count, 10, 30);
        foreach (var row in rows)
        {
            var named = NamedTest().Matches(row).Select(test => test.Groups["test"].Value).ToList();
            Assert.True(named.Count > 0, $"No test: {row}");
            Assert.All(named, test => Assert.Contains(test, methods));
        }
    }

    private static IEnumerable<string> Methods(string file) =>
        TestMethod().Matches(File.ReadAllText(file)).Select(method => $"{Path.GetFileNameWithoutExtension(file)}.{method.Groups["name"]}");

    [GeneratedRegex(@"public (async Task|void) (?<name>[A-Z]\w+)\(")]
    private static partial Regex TestMethod();

    [GeneratedRegex(@"`(?<test>\w+Tests\.\w+)`")]
    private static partial Regex NamedTest();
}
