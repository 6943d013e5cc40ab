using System.Text.RegularExpressions;

namespace W2S.Shell.Tests;

/// <summary>The code that docs/extending.md and docs/library.md show is the program's own. W2S_APPROVE=1 puts the examples into the latter anew.</summary>
public sealed partial class DocumentedCodeTests
{
    private static readonly string Page = File.ReadAllText(Path.Combine(RepositoryRoot.Path, "docs", "extending.md"));

    [Fact]
    public void Every_block_of_code_stands_in_the_file_that_the_page_names_before_it()
    {
        var blocks = Block().Matches(Page);
        Assert.NotEmpty(blocks);
        foreach (Match block in blocks)
            Assert.Contains(Flat(block.Groups["code"].Value), Flat(Read(block.Groups["file"].Value)), StringComparison.Ordinal);
    }

    [Fact]
    public void Every_line_that_a_change_adds_stands_in_its_file()
    {
        var added = Changed().Matches(Page).SelectMany(change => Added().Matches(change.Groups["lines"].Value)
            .Select(line => (File: change.Groups["file"].Value, Line: line.Groups["line"].Value))).ToList();
        Assert.NotEmpty(added);
        foreach (var (file, line) in added) Assert.Contains(Flat(line), Flat(Read(file)), StringComparison.Ordinal);
    }

    [Fact]
    public void The_library_page_shows_every_example_as_it_stands()
    {
        var path = Path.Combine(RepositoryRoot.Path, "docs", "library.md");
        var page = File.ReadAllText(path);
        var shown = Example().Replace(page, example => $"{example.Groups["link"].Value}\n\n```csharp\n{Read(example.Groups["file"].Value)}```");
        if (Environment.GetEnvironmentVariable("W2S_APPROVE") == "1") File.WriteAllText(path, shown);
        Assert.Equal(shown, File.ReadAllText(path));
        Assert.Equal(
            Directory.GetFiles(Path.Combine(RepositoryRoot.Path, "examples"), "*.cs").Select(file => $"examples/{Path.GetFileName(file)}").Order(),
            Example().Matches(page).Select(example => example.Groups["file"].Value).Order());
    }

    private static string Read(string file) => File.ReadAllText(Path.Combine(RepositoryRoot.Path, file));

    /// <summary>How deep lines are indented does not matter.</summary>
    private static string Flat(string code) => string.Join('\n', code.Split('\n').Select(line => line.Trim()).Where(line => line.Length > 0));

    [GeneratedRegex(@"`(?<file>(?:src|tests)/[\w/]+\.cs)`[^\n]*\n\n```csharp\n(?<code>.*?)```", RegexOptions.Singleline)]
    private static partial Regex Block();

    [GeneratedRegex(@"(?<link>\[(?<file>examples/[\w-]+\.cs)\]\(\S+\))\n\n```csharp\n.*?```", RegexOptions.Singleline)]
    private static partial Regex Example();

    [GeneratedRegex(@"\+\+\+ b/(?<file>\S+)\n(?<lines>(?:[ +-][^\n]*\n)*?)(?=---|```)")]
    private static partial Regex Changed();

    [GeneratedRegex(@"^\+(?!\+\+)(?<line>[^\n]+)$", RegexOptions.Multiline)]
    private static partial Regex Added();
}
