using System.Diagnostics;
using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using W2S.Training;

namespace W2S.Shell.Tests;

/// <summary>The programs in examples/, compiled and run as they stand.</summary>
public sealed partial class ExampleTests : IDisposable
{
    private const string ImplicitUsings = """
        global using System; global using System.Collections.Generic; global using System.IO; global using System.Linq;
        global using System.Net.Http; global using System.Threading; global using System.Threading.Tasks;
        """;

    private static readonly string Folder = Path.Combine(RepositoryRoot.Path, "examples");

    private readonly string _folder = Directory.CreateTempSubdirectory("w2s-example-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    /// <summary>Each by its name, with what it says last.</summary>
    public static TheoryData<string, string> Examples => new()
    {
        { "study", @"^gain 0\.\d{3} at a misfit of 0\.\d{3}; see .*/report\.html$" },
        { "own-model", @"^loss 0\.\d{4} after 6400 steps$" },
        { "callbacks", @"^ended after \d{2,3} steps, held-out loss 0\.\d{4}$" },
        { "own-objective", @"^weak \d\.\d{3}, student \d\.\d{3}, misfit \d\.\d{3}$" },
        { "own-dataset", @"^fold 4: gain 0\.[1-9]\d{2}, misfit 0\.[1-9]\d{2}$" },
        { "own-representation", @"^gain \d+\.\d{3} at a misfit of \d+\.\d{3}$" },
        { "own-metrics", @"^representation .*, epoch  40: █{1,50} \d\.\d{3}$" },
        { "read-checkpoint", @"^step-\d{9}: \d+\.\d{4}$" },
    };

    [Theory]
    [MemberData(nameof(Examples))]
    public void It_runs_to_its_end_and_says_what_it_found(string name, string lastLine)
    {
        using var program = new Program(name);
        var (exitCode, output) = program.Run(Path.Combine(_folder, "run"));
        Assert.True(exitCode == 0, output);
        Assert.Matches(lastLine, output.TrimEnd().Split('\n')[^1]);
    }

    [Fact]
    public void Every_example_is_run_here_has_40_lines_at_most_and_none_is_wider_than_140()
    {
        var files = Directory.GetFiles(Folder, "*.cs");
        Assert.Equal(files.Select(Path.GetFileNameWithoutExtension).Order(), Examples.Select(row => (string)row[0]).Order());
        foreach (var lines in files.Select(File.ReadAllLines))
        {
            Assert.InRange(lines.Length, 1, 40);
            Assert.All(lines, line => Assert.InRange(line.Length, 0, 140));
        }
    }

    [Fact]
    public void The_training_of_a_module_of_ones_own_ends_in_the_same_bits_after_a_stop_by_Ctrl_C()
    {
        using var program = new Program("own-model");
        var (whole, stopped) = (Path.Combine(_folder, "whole"), Path.Combine(_folder, "stopped"));
        Assert.Equal(0, program.Run(whole).ExitCode);
        Assert.True(WasStopped(), "It never was stopped on its way.");
        Assert.Equal(0, program.Run(stopped).ExitCode);
        Assert.Equal(FinalState(whole), FinalState(stopped));

        // Whether the signal comes on the way depends on the machine: too early or too late is tried again with another delay.
        bool WasStopped()
        {
            for (var milliseconds = 400; milliseconds < 60_000; milliseconds = milliseconds * 5 / 4)
            {
                if (program.Run(stopped, milliseconds).ExitCode == 75) return true;
                if (Directory.Exists(stopped)) Directory.Delete(stopped, recursive: true);
            }
            return false;
        }

        static byte[] FinalState(string folder) => File.ReadAllBytes(Path.Combine(Checkpoint.Newest(folder).Folder, Checkpoint.StateFile));
    }

    [Fact]
    public void The_first_one_is_a_program_by_itself_for_dotnet_run()
    {
        var (exitCode, output) = Run(["dotnet", "run", Path.Combine(Folder, "study.cs"), Path.Combine(_folder, "run")]);
        Assert.True(exitCode == 0, output);
        Assert.Matches(@"gain 0\.\d{3} at a misfit of 0\.\d{3}", output);
    }

    /// <param name="stopAfter">Milliseconds after which it gets a Ctrl-C; null: none.</param>
    private static (int ExitCode, string Output) Run(string[] command, int? stopAfter = null)
    {
        using var process = Process.Start(new ProcessStartInfo("/usr/bin/env", ["--default-signal=INT", .. command])
        {
            RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = Path.GetTempPath(),
        })!;
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        if (stopAfter is { } milliseconds && !process.WaitForExit(milliseconds))
        {
            using var kill = Process.Start("kill", ["-INT", $"{process.Id}"]);
            kill.WaitForExit();
        }
        process.WaitForExit();
        return (process.ExitCode, process.ExitCode == 0 ? output.Result : output.Result + errors.Result);
    }

    /// <summary>An example compiled with what these tests refer to, beside which its file lies while it lives.</summary>
    private sealed class Program : IDisposable
    {
        private readonly string _file = Path.Combine(AppContext.BaseDirectory, $"example-{Path.GetRandomFileName()}.dll");

        public Program(string name)
        {
            var assemblies = ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator);
            // What stands behind #: is for dotnet run.
            var source = FileDirective().Replace(File.ReadAllText(Path.Combine(Folder, $"{name}.cs")), "");
            var result = CSharpCompilation.Create(
                Path.GetFileNameWithoutExtension(_file), [CSharpSyntaxTree.ParseText(source), CSharpSyntaxTree.ParseText(ImplicitUsings)],
                assemblies.Select(path => MetadataReference.CreateFromFile(path)),
                new CSharpCompilationOptions(OutputKind.ConsoleApplication, nullableContextOptions: NullableContextOptions.Enable)).Emit(_file);
            Assert.True(result.Success, string.Join('\n', result.Diagnostics.Where(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error)));
        }

        /// <inheritdoc cref="ExampleTests.Run"/>
        public (int ExitCode, string Output) Run(string folder, int? stopAfter = null)
        {
            var tests = Path.Combine(AppContext.BaseDirectory, typeof(ExampleTests).Assembly.GetName().Name!);
            var dotnet = Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet";
            return ExampleTests.Run(
                [dotnet, "exec", "--depsfile", $"{tests}.deps.json", "--runtimeconfig", $"{tests}.runtimeconfig.json", _file, folder], stopAfter);
        }

        public void Dispose() => File.Delete(_file);
    }

    [GeneratedRegex("^#:.*$", RegexOptions.Multiline)]
    private static partial Regex FileDirective();
}
