using System.Diagnostics;
using System.Text.Json;

namespace W2S.Tests.Cli;

/// <summary>The commands as a user types them, one after the other, on settings of a moment.</summary>
public sealed class CommandTests : IDisposable
{
    private const string Small = "--tasks 4 --samples 64 --epochs 2 --head-epochs 2";
    private readonly BuiltProgram _program = new();

    public void Dispose() => _program.Dispose();

    [Fact]
    public void Reproduce_prints_a_table_and_the_folder_and_nothing_else_on_stdout()
    {
        var (code, output, _) = _program.Run($"reproduce 2b 2c {Small} --out study");
        Assert.Equal(0, code);
        Assert.StartsWith("panel", output);
        Assert.Contains("fig2c", output);
        Assert.EndsWith("study/report.html", output.TrimEnd());
        var summary = JsonDocument.Parse(File.ReadAllText(Path.Combine(_program.Folder, "study", "summary.json"))).RootElement;
        Assert.Equal(4, summary.GetProperty("panels")[0].GetProperty("cells").GetArrayLength());
    }

    [Fact]
    public void The_same_command_finds_its_run_again_and_says_so_quickly()
    {
        var first = _program.Run($"reproduce 2c {Small} --quiet");
        var second = _program.Run($"reproduce 2c {Small}");
        Assert.Equal((0, ""), (first.ExitCode, first.Error));
        Assert.Equal(first.Output, second.Output);
    }

    [Fact]
    public void Report_shows_a_finished_study_again()
    {
        var study = _program.Run($"reproduce 2c {Small} --out study");
        Assert.Equal(study.Output, _program.Run("report study").Output);
    }

    [Fact]
    public void The_stages_follow_one_another_and_their_last_line_is_the_run()
    {
        var weak = _program.Run($"train-weak --hidden 8 {Small}");
        Assert.Equal((0, true), (weak.ExitCode, weak.Output.Contains("weak error")));
        var strong = _program.Run($"train-strong --depth 3 {Small}");
        Assert.Contains("ceiling", strong.Output);
        var student = _program.Run($"train-w2s {LastLine(weak.Output)} --strong {LastLine(strong.Output)}");
        Assert.True(student.ExitCode == 0, student.Error);
        Assert.Contains("misfit", student.Output);
        var evaluation = _program.Run($"evaluate {LastLine(student.Output)}");
        Assert.True(evaluation.ExitCode == 0, evaluation.Error);
        Assert.Contains("gain", evaluation.Output);
        Assert.Contains("bad.", _program.Run("checkpoints verify").Output);
    }

    [Fact]
    public void A_pretrained_representation_is_found_and_can_be_the_students()
    {
        var weak = LastLine(_program.Run($"train-weak {Small}").Output);
        var pretrained = LastLine(_program.Run($"pretrain --depth 3 --epochs 2").Output);
        Assert.Contains("found", _program.Run($"pretrain --depth 3 --epochs 2").Error);
        Assert.Equal(0, _program.Run($"train-w2s {weak} --strong {pretrained}").ExitCode);
        Assert.Contains("made with other settings", _program.Run($"train-w2s {weak} --strong {LastLine(_program.Run($"pretrain --seed 5 --epochs 2").Output)}").Error);
    }

    [Fact]
    public void A_finished_stage_run_again_says_so_and_report_shows_it()
    {
        var first = _program.Run($"train-weak {Small}");
        var second = _program.Run($"train-weak {Small}");
        Assert.Contains("trained, ", first.Output);
        Assert.Contains("is finished already", second.Error);
        Assert.Equal(first.Output.Replace("trained, ", "found, "), second.Output);
        Assert.Equal(first.Output.Replace("trained, ", ""), _program.Run($"report {LastLine(first.Output)}").Output);
    }

    [Fact]
    public void A_student_takes_from_the_command_line_what_is_its_own_alone()
    {
        var weak = LastLine(_program.Run($"train-weak {Small}").Output);
        Assert.Contains("not the student's to change: sigma: 3 (weak run: 500)", _program.Run($"train-w2s {weak} --set sigma=3").Error);
        Assert.Contains("strong.depth would change it", _program.Run($"train-w2s {weak} --strong {weak} --depth 3").Error);
        var other = LastLine(_program.Run($"train-strong --seed 3 {Small}").Output);
        Assert.Contains("seed: 3 (here: 0)", _program.Run($"train-w2s {weak} --strong {other}").Error);
    }

    [Fact]
    public void SIGTERM_saves_and_exits_with_75_and_the_same_command_continues()
    {
        const string arguments = "pretrain --epochs 1000000 --out kept";
        using var process = _program.Start(arguments);
        // The first milestone comes when training has run for a second.
        Assert.NotNull(process.StandardError.ReadLine());
        Process.Start("kill", $"-TERM {process.Id}").WaitForExit();
        var error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        Assert.Equal(75, process.ExitCode);
        Assert.Contains("The same command continues.", error);
        Assert.Contains("step-", _program.Run("checkpoints list kept").Output);
    }

    private static string LastLine(string output) => output.TrimEnd().Split('\n')[^1];
}
