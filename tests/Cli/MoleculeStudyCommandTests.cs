using System.Text.Json;
using W2S.Data;
using W2S.Models;

namespace W2S.Tests.Cli;

/// <summary>The molecular study as a user types it, with untrained encoders on generated molecules.</summary>
public sealed class MoleculeStudyCommandTests : IDisposable
{
    private const string Small = "--data synthetic-smiles --weak weak-4,weak-8 --strong strong";
    private readonly BuiltProgram _program = new();

    public MoleculeStudyCommandTests()
    {
        Encoder("weak-4", 4);
        Encoder("weak-8", 8);
        Encoder("strong", 24);
    }

    public void Dispose() => _program.Dispose();

    [Fact]
    public void Reproduce_prints_the_heuristics_table_under_its_protocol_and_leaves_a_report()
    {
        var (code, output, error) = _program.Run($"reproduce molecules {Small} --out study");
        Assert.True(code == 0, error);
        foreach (var part in new[] { "Synthetic SMILES", "splits 122, 123, 124", "ridge in closed form", "Features: pooled.", "the train part", "test part", "weak − misfit", "Spearman", "6 dots" }) Assert.Contains(part, output);
        Assert.EndsWith("study/report.html", output.TrimEnd());
        var study = JsonDocument.Parse(File.ReadAllText(Path.Combine(_program.Folder, "study", "summary.json"))).RootElement;
        Assert.Equal((2, 3), (study.GetProperty("panels").GetArrayLength(), study.GetProperty("panels")[0].GetProperty("cells").GetArrayLength()));
        Assert.Equal(output, _program.Run("report study").Output);
    }

    [Fact]
    public void The_same_command_finds_its_study_and_other_choices_make_another()
    {
        var first = _program.Run($"reproduce table1 {Small} --quiet");
        Assert.Equal((0, ""), (first.ExitCode, first.Error));
        Assert.Equal(first.Output, _program.Run($"reproduce table1 {Small}").Output);
        var halves = _program.Run($"reproduce table1 {Small} --w2s-on half --solver adamw --head-epochs 2");
        Assert.True(halves.ExitCode == 0, halves.Error);
        Assert.Contains("the other half", halves.Output);
        Assert.Contains("AdamW, rate 0.001, batch 16, 2 epochs", halves.Output);
        Assert.Equal(2, Directory.GetDirectories(Path.Combine(_program.Folder, "runs")).Length);
    }

    [Theory]
    [InlineData("reproduce 2b 2f", "give them in two commands")]
    [InlineData("reproduce table1 --preset notebook", "--preset: this option is for Gaussian tasks only")]
    [InlineData("reproduce molecules --data zinc --weak weak-4 --strong strong", "There is no data set zinc")]
    [InlineData("reproduce molecules --data synthetic-smiles --weak weak-4 --strong absent", "There is no folder absent")]
    [InlineData("reproduce molecules --samples 5 --tasks 3", "--tasks, --samples: these options are for Gaussian tasks only")]
    [InlineData("reproduce molecules --w2s-on test", "must be one of fresh, own, train, valid, half")]
    [InlineData("reproduce molecule", "did you mean molecules?")]
    public void What_cannot_be_is_said_with_a_remedy(string arguments, string message)
    {
        var (code, _, error) = _program.Run(arguments);
        Assert.Equal(2, code);
        Assert.Contains(message, error);
    }

    private void Encoder(string name, int hidden)
    {
        var tokenizer = MoleculeTokenizers.Find("smiles");
        var shape = new EncoderShape(tokenizer.VocabularySize, hidden, Layers: 1, Heads: 2) { MaximumLength = 160 };
        var weights = EncoderWeights.InitialiseEncoder(shape, seed: hidden, "untrained");
        foreach (ref var value in weights.Values.AsSpan()) value *= 5;
        new HuggingFaceFolder(shape, weights, tokenizer.Vocabulary).Write(Path.Combine(_program.Folder, name));
    }
}
