namespace W2S.Tests.Cli;

/// <summary>The stages on generated molecules as a user types them, with transformers of a moment.</summary>
public sealed class MoleculeCommandTests : IDisposable
{
    private readonly BuiltProgram _program = new();

    public MoleculeCommandTests() => File.WriteAllLines(Path.Combine(_program.Folder, "mine.csv"),
        ((string[])["smiles"]).Concat(Enumerable.Range(1, 60).SelectMany(length => (string[])[new string('C', length), $"C(O){new string('N', length)}", $"c1ccccc1{new string('O', length)}"])));

    public void Dispose() => _program.Dispose();

    [Fact]
    public void From_pretraining_to_evaluation_each_stage_takes_the_folder_that_the_last_named()
    {
        var tiny = LastLine(_program.Run("pretrain --corpus mine.csv --hidden 8 --layers 1 --epochs 1 --save tiny"));
        Assert.Equal("tiny", tiny);
        var weak = _program.Run("train-weak --data synthetic-smiles --weak tiny --splits 122,124");
        Assert.Matches("split +part +rows +MSE +RMSE +MAE +R²", weak.Output);
        Assert.Contains("weak heads fitted on the true labels of the train part", weak.Output);
        var strong = LastLine(_program.Run("train-strong --data synthetic-smiles --strong tiny --splits 122,124"));
        var student = _program.Run($"train-w2s {LastLine(weak)} --strong {strong}");
        Assert.Matches("weak error +student error +misfit +gain", student.Output);
        var evaluation = _program.Run($"evaluate {LastLine(student)} --ceiling {strong} --out evaluation");
        Assert.Matches("ceiling +misfit +gain +PGR", evaluation.Output);
        Assert.Equal("evaluation", LastLine(evaluation));
        Assert.All(evaluation.Output.Split('\n'), line => Assert.InRange(line.Length, 0, 80));
        Assert.Equal(evaluation.Output, _program.Run("report evaluation").Output);
        foreach (var file in new[] { "config.yaml", "summary.json", "rows.csv", "heads.safetensors", "log.txt", "report.html" })
            Assert.True(File.Exists(Path.Combine(_program.Folder, LastLine(student), file)), file);
    }

    [Fact]
    public void A_stage_pretrains_what_it_needs_and_the_same_command_finds_all_of_it()
    {
        const string command = "train-weak --data synthetic-smiles --corpus mine.csv --hidden 8 --layers 1 --epochs 1 --splits 123";
        var first = _program.Run(command);
        Assert.Equal((0, true), (first.ExitCode, first.Output.Contains("trained, ")));
        var second = _program.Run(command);
        Assert.Contains("is finished already", second.Error);
        Assert.Equal(first.Output.Replace("trained, ", "found, "), second.Output);
        Assert.Contains("found, ", _program.Run($"{command} --solver adamw --head-epochs 1 --pooling mean --w2s-on half").Output);
        Assert.Contains("transformer: 1 layer, ", _program.Run("pretrain --corpus mine.csv --hidden 8 --layers 1 --epochs 1").Output);
    }

    [Theory]
    [InlineData("train-weak --data lipop --tasks 3 --depth 2", "--depth, --tasks: these options are for Gaussian tasks only and mean nothing for tables.")]
    [InlineData("train-weak --corpus x --splits 122", "--splits, --corpus: these options are for tables only. Say which with --data NAME (esol, freesolv, lipop, synthetic-smiles, ")]
    [InlineData("train-strong --data lipop --preset notebook", "--preset: this option is for Gaussian tasks only")]
    [InlineData("pretrain --layers 3", "--layers: for transformers only. Add --corpus NAME")]
    [InlineData("pretrain --corpus x --depth 3", "--depth: for networks on Gaussian tasks only")]
    [InlineData("train-weak --data qm9", "There is no data set qm9: there are gaussian, esol, freesolv, lipop, synthetic-smiles")]
    [InlineData("train-weak --data synthetic-smiles --splits 7 --weak nowhere", "There is no folder nowhere.")]
    [InlineData("train-weak --data synthetic-smiles --weak molbert:mine.csv", "mine.csv")]
    [InlineData("train-strong --data synthetic-smiles --hidden 9 --rate 0", "The configuration has 2 problems:")]
    public void What_makes_no_sense_is_refused_before_anything_is_done(string command, string cause)
    {
        var (code, output, error) = _program.Run(command);
        Assert.Equal((2, ""), (code, output));
        Assert.Contains(cause, error);
        Assert.False(Directory.Exists(Path.Combine(_program.Folder, "checkpoints")));
    }

    [Fact]
    public void A_run_of_one_world_is_not_taken_for_one_of_the_other()
    {
        _program.Run("pretrain --corpus mine.csv --hidden 8 --layers 1 --epochs 1 --save tiny");
        var molecules = LastLine(_program.Run("train-weak --data synthetic-smiles --weak tiny --splits 122"));
        var tasks = LastLine(_program.Run("train-weak --tasks 4 --samples 64 --epochs 2 --head-epochs 2"));
        Assert.Contains("--depth: ", _program.Run($"train-w2s {molecules} --depth 3").Error);
        Assert.Contains("Gaussian tasks, and this is for tables only", _program.Run($"train-w2s {tasks} --layers 3").Error);
        Assert.Contains("not the student's to change: seed: 3 (weak run: 0)", _program.Run($"train-w2s {molecules} --strong tiny --set seed=3").Error);
        Assert.Contains("holds a run of the stage weak", _program.Run($"evaluate {molecules}").Error);
        Assert.Contains("holds a run of the stage weak", _program.Run($"evaluate {tasks} --ceiling {molecules}").Error);
    }

    private static string LastLine((int ExitCode, string Output, string Error) run)
    {
        Assert.True(run.ExitCode == 0, run.Error);
        return run.Output.TrimEnd().Split('\n')[^1];
    }
}
