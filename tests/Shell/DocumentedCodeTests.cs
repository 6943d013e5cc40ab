using System.Text.RegularExpressions;

namespace W2S.Shell.Tests;

/// <summary>The code that docs/extending.md shows is the program's own.</summary>
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

    private static string Read(string file) => File.ReadAllText(Path.Combine(RepositoryRoot.Path, file));

    /// <summary>How deep lines are indented does not matter.</summary>
    private static string Flat(string code) => string.Join('\n', code.Split('\n').Select(line => line.Trim()).Where(line => line.Length > 0));

    [GeneratedRegex(@"`(?<file>(?:src|tests)/[\w/]+\.cs)`[^\n]*\n\n```csharp\n(?<code>.*?)```", RegexOptions.Singleline)]
    private static partial Regex Block();

    [GeneratedRegex(@"\+\+\+ b/(?<file>\S+)\n(?<lines>(?:[ +-][^\n]*\n)*?)(?=---|```)")]
    private static partial Regex Changed();

    [GeneratedRegex(@"^\+(?!\+\+)(?<line>[^\n]+)$", RegexOptions.Multiline)]
    private static partial Regex Added();
}
