using System.Diagnostics;
using W2S.Cli;

namespace W2S.Tests.Cli;

/// <summary>What Tab gives: the suggestions themselves, and what real shells make of them.</summary>
public sealed class CompletionTests : IDisposable
{
    private readonly BuiltProgram _program = new();

    public void Dispose() => _program.Dispose();

    [Theory]
    [InlineData("repr", "reproduce")]
    [InlineData("sweep pl", "plan")]
    [InlineData("reproduce 3", "3a", "3b", "3c")]
    [InlineData("reproduce 2b --see", "--seed", "--seeds")]
    [InlineData("reproduce 2b --preset ", "notebook", "paper")]
    [InlineData("reproduce 2b --solver a", "adamw")]
    [InlineData("reproduce 2b --objective rev", "reverse-kl")]
    [InlineData("reproduce 2b --set heads.optimiser.ep", "heads.optimiser.epochs=", "heads.optimiser.epsilon=")]
    [InlineData("reproduce 2b --set heads.solver=", "heads.solver=adamw", "heads.solver=exact", "heads.solver=newton", "heads.solver=ridge")]
    [InlineData("train-weak --set weak.noise_on_biases=t", "weak.noise_on_biases=true")]
    [InlineData("train-weak --config kl2", "kl2a", "kl2b", "kl2c")]
    [InlineData("sweep run x --launcher s", "slurm")]
    [InlineData("data fetch free", "freesolv", "freesolv-splits")]
    [InlineData("doctor --q", "--quiet")]
    [InlineData("completion f", "fish")]
    [InlineData("reproduce configs/no-such")]
    public void What_may_stand_there(string line, params string[] expected) =>
        Assert.Equal(expected, Suggestions.For(CommandLine.Create(), line).Select(item => item.Label).Order(StringComparer.Ordinal));

    [Fact]
    public void Runs_and_sweeps_are_suggested_by_their_folders()
    {
        foreach (var run in new[] { "runs/first", "runs/old/second", "checkpoints/weak" })
        {
            Directory.CreateDirectory(Path.Combine(_program.Folder, run));
            foreach (var file in new[] { "config.yaml", "metrics.jsonl" }) File.WriteAllText(Path.Combine(_program.Folder, run, file), "");
        }
        Directory.CreateDirectory(Path.Combine(_program.Folder, "runs/depth"));
        File.WriteAllText(Path.Combine(_program.Folder, "runs/depth/sweep.json"), "");
        Assert.Equal("checkpoints/weak\nruns/first\nruns/old/second\n", Asked("report "));
        Assert.Equal("runs/depth\n", Asked("sweep status ru"));
    }

    [Fact]
    public void Shells_that_show_descriptions_get_them()
    {
        Assert.Contains("sweep\tPlans, runs, watches and gathers many runs\n", _program.Run("'[complete:2]' 'sw'").Output);
        Assert.DoesNotContain("\t", Asked("sw"));
    }

    [Fact]
    public void Bash_completes_what_it_cuts_at_an_equals_sign()
    {
        Assert.Equal("reproduce\n", Bash("./W2S repro", "./W2S", "repro"));
        Assert.Equal("exact\n", Bash("./W2S reproduce 2b --set heads.solver=ex", "./W2S", "reproduce", "2b", "--set", "heads.solver", "=", "ex"));
        Assert.Equal("adamw\nexact\nnewton\nridge\n", Bash("./W2S reproduce 2b --set heads.solver=", "./W2S", "reproduce", "2b", "--set", "heads.solver", "="));
        Assert.Equal("\n", Bash("./W2S reproduce ./fi", "./W2S", "reproduce", "./fi"));
    }

    [SkippableFact]
    public void Zsh_completes_words_and_settings()
    {
        const string shown = "_describe() { print -l -- \"$1:\" \"${(@P)2}\" }; _files() { print files }; compdef() { : }; source ./script; ";
        Assert.StartsWith("W2S:\nreproduce:", Shell("zsh", shown + "words=(./W2S repro); CURRENT=2; _w2s"));
        Assert.Equal("W2S:\nheads.solver=exact\n", Shell("zsh", shown + "words=(./W2S reproduce 2b --set heads.solver=ex); CURRENT=5; _w2s"));
        Assert.StartsWith("setting:\nheads.optimiser.epochs=:", Shell("zsh", shown + "words=(./W2S reproduce 2b --set heads.optimiser.epo); CURRENT=5; _w2s"));
        Assert.Equal("files\n", Shell("zsh", shown + "words=(./W2S reproduce ./fi); CURRENT=3; _w2s"));
    }

    [SkippableFact]
    public void Fish_completes_words_settings_and_files_of_a_program_that_is_not_on_the_path()
    {
        File.WriteAllText(Path.Combine(_program.Folder, "other.yaml"), "");
        // As help says: a file that fish reads when it starts.
        const string home = "mkdir -p .config/fish/conf.d; cp script .config/fish/conf.d/w2s.fish; HOME=$PWD fish --command";
        Assert.StartsWith("reproduce\t", Shell("fish", $"{home} \"complete -C './W2S repro'\""));
        Assert.StartsWith("reproduce\t", Shell("fish", $"{home} \"complete -C '~/W2S repro'\""));
        Assert.Equal("heads.solver=exact\n", Shell("fish", $"{home} \"complete -C './W2S reproduce 2b --set heads.solver=ex'\""));
        Assert.Contains("other.yaml", Shell("fish", $"{home} \"complete -C './W2S reproduce oth'\""));
    }

    [SkippableFact]
    public void PowerShell_completes_words_and_settings_up_to_the_cursor()
    {
        File.WriteAllText(Path.Combine(_program.Folder, "other.yaml"), "");
        // What is completed in each line up to |.
        string[] lines = ["./W2S repro|", "./W2S repro| 2b", "./W2S reproduce 2b --set heads.solver=ex|", "./W2S reproduce oth|", "./W2S sweep st|"];
        File.WriteAllText(Path.Combine(_program.Folder, "tab.ps1"), $$"""
            $ErrorActionPreference = 'Stop'
            ./W2S completion powershell | Out-String | Invoke-Expression
            foreach ($line in '{{string.Join("', '", lines)}}') {
                (TabExpansion2 $line.Replace('|', '') $line.IndexOf('|')).CompletionMatches.CompletionText
            }
            """);
        Assert.Equal("reproduce\nreproduce\nheads.solver=exact\n./other.yaml\nstatus\n", Shell("pwsh", "pwsh -NoProfile -File tab.ps1"));
    }

    [Fact]
    public void An_unknown_shell_is_answered_with_the_nearest() => Assert.Contains("did you mean bash?", _program.Run("completion bsh").Error);

    private string Asked(string line) => _program.Run($"'[suggest:{line.Length}]' '{line}'").Output;

    /// <summary>What bash would insert for the last of its words.</summary>
    private string Bash(string line, params string[] words) => Shell(
        "bash", $"source ./script; COMP_LINE='{line}' COMP_POINT={line.Length} COMP_WORDS=({string.Join(' ', words.Select(word => $"'{word}'"))}) COMP_CWORD={words.Length - 1}; "
            + "_w2s ./W2S 2>/dev/null; printf '%s\\n' \"${COMPREPLY[@]}\"");

    /// <summary>The output of a program for bash, or for zsh, with the completion script of a shell as ./script and the program as ./W2S.</summary>
    private string Shell(string shell, string program)
    {
        var isThere = Environment.GetEnvironmentVariable("PATH")!.Split(':').Any(folder => File.Exists(Path.Combine(folder, shell)));
        Skip.IfNot(isThere, $"There is no {shell} here ({(shell == "pwsh" ? "dotnet tool install --global PowerShell" : $"apt-get install {shell}")}).");
        File.WriteAllText(Path.Combine(_program.Folder, "script"), _program.Run($"completion {shell.Replace("pwsh", "powershell")}").Output);
        File.WriteAllText(Path.Combine(_program.Folder, "W2S"), $"#!/bin/sh\nexec dotnet '{Path.Combine(AppContext.BaseDirectory, "W2S.dll")}' \"$@\"\n");
        var start = new ProcessStartInfo(shell == "zsh" ? "zsh" : "bash", ["-c", $"chmod +x W2S; {program}"])
        {
            WorkingDirectory = _program.Folder, RedirectStandardOutput = true, RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.Equal("", error.Result);
        return output;
    }
}
