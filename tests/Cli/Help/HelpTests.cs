using System.CommandLine;
using System.Runtime.CompilerServices;
using W2S.Cli;

namespace W2S.Tests.Cli;

/// <summary>Help is a product: every page is an approved text beside this file. W2S_APPROVE=1 writes them anew.</summary>
public class HelpTests
{
    private static readonly bool Approve = Environment.GetEnvironmentVariable("W2S_APPROVE") == "1";

    public static TheoryData<string> Pages => [.. Commands("w2s", CommandLine.Create()).Select(command => command.Page)];

    [Theory]
    [MemberData(nameof(Pages))]
    public void Every_help_page_is_the_approved_one(string page)
    {
        var text = DocumentedCommand.HelpPage.Of(Commands("w2s", CommandLine.Create()).Single(command => command.Page == page).Command);
        var path = Path.Combine(Folder(), page + ".txt");
        if (Approve) File.WriteAllText(path, text);
        Assert.Equal(File.ReadAllText(path), text);
    }

    [Fact]
    public void No_approved_page_is_left_over() =>
        Assert.Equal(Commands("w2s", CommandLine.Create()).Select(command => command.Page).Order(), Directory.EnumerateFiles(Folder(), "*.txt").Select(Path.GetFileNameWithoutExtension).Order());

    [Fact]
    public void Help_stays_within_80_columns()
    {
        foreach (var (_, command) in Commands("w2s", CommandLine.Create()))
            Assert.All(DocumentedCommand.HelpPage.Of(command).Split('\n'), line => Assert.True(line.Length <= 80, line));
    }

    [Fact]
    public void Every_command_teaches_with_an_example_that_it_would_accept()
    {
        var root = CommandLine.Create();
        foreach (var (page, command) in Commands("w2s", root).Skip(1))
        {
            var examples = Assert.IsAssignableFrom<DocumentedCommand>(command).Examples;
            Assert.True(examples.Count > 0, page);
            Assert.All(examples, example => Assert.Null(CommandLine.Mistake(root.Parse(example.Arguments))));
        }
    }

    private static IEnumerable<(string Page, Command Command)> Commands(string page, Command command) =>
        command.Subcommands.SelectMany(sub => Commands($"{page}-{sub.Name}", sub)).Prepend((page, command));

    private static string Folder([CallerFilePath] string file = "") => Path.GetDirectoryName(file)!;
}
