using System.Text.RegularExpressions;

namespace W2S.Shell.Tests;

/// <summary>Links between the documents, and from them to files and headings.</summary>
public sealed partial class DocumentedLinksTests
{
    /// <summary>Every document, relative to the repository.</summary>
    public static TheoryData<string> Documents =>
    [
        .. new[] { ("", "*.md"), ("docs", "*.md"), ("checkpoints", "README.md"), ("cluster", "*.md") }.SelectMany(place =>
            Directory.EnumerateFiles(Path.Combine(RepositoryRoot.Path, place.Item1), place.Item2)
                .Select(file => Path.GetRelativePath(RepositoryRoot.Path, file))),
    ];

    [Theory]
    [MemberData(nameof(Documents))]
    public void Every_link_leads_to_a_file_and_a_heading_that_are_there(string document)
    {
        foreach (Match link in LocalLink().Matches(WithoutCode(Read(document))))
        {
            var (file, anchor) = (link.Groups["file"].Value, link.Groups["anchor"].Value);
            var target = file == "" ? document : Path.GetRelativePath(RepositoryRoot.Path, Path.Combine(RepositoryRoot.Path, Path.GetDirectoryName(document)!, file));
            Assert.True(Path.Exists(Path.Combine(RepositoryRoot.Path, target)), $"{document} links to {target}, which does not exist.");
            if (anchor != "") Assert.True(Anchors(target).Contains(anchor), $"{document} links to #{anchor} of {target}, which has no such heading.");
        }
    }

    [Theory]
    [InlineData("index.md", "]({0})")]
    [InlineData("toc.yml", "href: {0}\n")]
    public void Every_page_of_the_guide_is_in_its_contents(string contents, string entry)
    {
        var text = Read($"docs/{contents}");
        foreach (var page in Directory.EnumerateFiles(Path.Combine(RepositoryRoot.Path, "docs"), "*.md").Select(Path.GetFileName).Where(page => page != "index.md"))
            Assert.Contains(string.Format(entry, page), text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("## A data set of one's own", "a-data-set-of-ones-own")]
    [InlineData("### rows.csv, a line for each cell", "rowscsv-a-line-for-each-cell")]
    [InlineData("# TorchSharp: which, and `how`", "torchsharp-which-and-how")]
    public void A_headings_anchor_is_that_of_the_usual_hosts(string heading, string anchor) => Assert.Equal(anchor, Slug(heading));

    private static HashSet<string> Anchors(string document) =>
        [.. Heading().Matches(WithoutCode(Read(document))).Select(heading => Slug(heading.Value))];

    private static string Slug(string heading) =>
        NoWordCharacter().Replace(heading.TrimStart('#').Trim().ToLowerInvariant(), "").Replace(' ', '-');

    private static string Read(string document) => File.ReadAllText(Path.Combine(RepositoryRoot.Path, document));

    private static string WithoutCode(string markdown) => CodeBlock().Replace(markdown, "");

    [GeneratedRegex(@"\]\((?!\w+:)(?<file>[^)#\s]*)(#(?<anchor>[^)\s]+))?\)")]
    private static partial Regex LocalLink();

    [GeneratedRegex("^#{1,6} .+$", RegexOptions.Multiline)]
    private static partial Regex Heading();

    [GeneratedRegex(@"[^\w\- ]")]
    private static partial Regex NoWordCharacter();

    [GeneratedRegex("^```.*?^```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex CodeBlock();
}
