using System.CommandLine.Parsing;
using System.Text.RegularExpressions;
using W2S.Cli;

namespace W2S.Shell.Tests;

public sealed partial class DocumentedCommandsTests
{
    private static readonly string[] CommandsOfRunSh = ["help", "setup", "test", "bench", "fuzz", "docs"];

    /// <summary>Every different ./run.sh and dotnet run -- line of the documents and of the headers in configs/, with the file that has it.</summary>
    public static TheoryData<string, string> DocumentedCommands()
    {
        var commands = from file in Documents()
                       from Match match in Command().Matches(File.ReadAllText(Path.Combine(RepositoryRoot.Path, file)))
                       let arguments = match.Groups["arguments"].Value.Trim()
                       where arguments.Length > 0 && !arguments.Contains('<')
                       select (file, arguments);
        var data = new TheoryData<string, string>();
        foreach (var (file, arguments) in commands.Distinct()) data.Add(file, arguments);
        return data;
    }

    [Theory]
    [MemberData(nameof(DocumentedCommands))]
    public void Every_command_in_the_documents_is_one_that_the_program_understands(string file, string command)
    {
        var arguments = CommandLineParser.SplitCommandLine(command).ToArray();
        if (CommandsOfRunSh.Contains(arguments[0])) return;
        var mistake = CommandLine.Mistake(CommandLine.Create().Parse(arguments));
        Assert.True(mistake == null, $"{file} says ./run.sh {command}, but: {mistake}");
    }

    /// <summary>Beside a project, as at the root, dotnet run takes FILE.cs for an argument of that project.</summary>
    [Fact]
    public void A_program_of_one_file_is_run_with_its_option() =>
        Assert.All(Documents(), file => Assert.DoesNotMatch(@"dotnet run [\w/.-]+\.cs", File.ReadAllText(Path.Combine(RepositoryRoot.Path, file))));

    private static IEnumerable<string> Documents() =>
        new[] { "README.md", "checkpoints/README.md", "cluster/README.md" }
            .Concat(new[] { ("docs", "*.md"), ("configs", "*.yaml") }.SelectMany(place =>
                Directory.EnumerateFiles(Path.Combine(RepositoryRoot.Path, place.Item1), place.Item2, SearchOption.AllDirectories).Select(file => Path.GetRelativePath(RepositoryRoot.Path, file))));

    /// <summary>Up to the end of the line, of the code, to where its output goes, or to a comment behind it.</summary>
    [GeneratedRegex(@"(\./run\.sh|dotnet run --)(?<arguments>( +[^\s`#|>\\…]+)*)")]
    private static partial Regex Command();
}
