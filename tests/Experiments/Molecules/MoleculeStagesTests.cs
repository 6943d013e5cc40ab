using System.Globalization;
using System.Text.RegularExpressions;
using W2S.Data;
using W2S.Training;

namespace W2S.Experiments;

/// <summary>The three stages and their evaluation on generated molecules, with encoders that learned nothing.</summary>
public sealed class MoleculeStagesTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_stages_follow_one_another_and_gain_and_misfit_are_what_the_predictions_say()
    {
        var weak = Stages().TrainWeak(Options(), _folder["weak"]);
        var student = TrainStudent("weak");
        var strong = Stages().TrainStrong(Options(), _folder["strong"]);
        var evaluation = Stages().Evaluate(student.Folder, strong.Folder, _folder["evaluation"]);

        Assert.Equal([122, 123, 124], weak.Splits.Select(split => split.Split));
        Assert.Equal(["weak encoder", "weak heads"], weak.Parts.Select(part => part.Name));
        Assert.All(evaluation.Splits, split =>
        {
            var lines = File.ReadAllLines(Path.Combine(_folder["evaluation"], "predictions.csv")).Skip(1).Select(line => line.Split(','))
                .Where(cells => cells[0] == $"{split.Split}" && cells[2] == "test").Select(cells => cells[4..].Select(cell => double.Parse(cell, CultureInfo.InvariantCulture)).ToArray()).ToList();
            Assert.Equal(split.Test, lines.Count);
            double Distance(int one, int other) => lines.Average(line => (line[one] - line[other]) * (line[one] - line[other]));
            Assert.Equal(Distance(1, 0), split.Weak!.Test.MeanSquared, 10);
            Assert.Equal(Distance(2, 0), split.Student!.Test.MeanSquared, 10);
            Assert.Equal(Distance(3, 0), split.Strong!.Test.MeanSquared, 10);
            Assert.Equal(Distance(2, 1), split.Misfit!.Value, 10);
            Assert.Equal(Distance(1, 0) - Distance(2, 0), split.Gain!.Value, 10);
        });
        Assert.Equal(weak.Splits.Select(split => split.Weak), evaluation.Splits.Select(split => split.Weak));
        Assert.Equal(strong.Splits.Select(split => split.Strong), evaluation.Splits.Select(split => split.Strong));
        var gap = evaluation.Splits.Average(split => split.Weak!.Test.MeanSquared - split.Strong!.Test.MeanSquared);
        var recovered = gap > 0 ? NumberText.Percent(evaluation.Splits.Average(split => split.Gain!.Value) / gap) : NumberText.Nothing;
        Assert.Equal(["PGR", recovered, NumberText.Nothing], [MoleculeStageTables.Gains(evaluation).Headers[^1], .. MoleculeStageTables.Gains(evaluation).Rows.TakeLast(2).Select(row => row[^1])]);
    }

    [Fact]
    public void A_finished_stage_is_read_and_not_computed_again()
    {
        var first = Stages().TrainWeak(Options(), null);
        var summary = File.ReadAllText(Path.Combine(first.Folder, "summary.json"));
        var second = Stages().TrainWeak(Options(), null);
        Assert.Equal((first.Folder, true), (second.Folder, second.Parts.All(part => part.Found == true)));
        Assert.Equal(first.Splits, second.Splits);
        Assert.Equal(summary, File.ReadAllText(Path.Combine(first.Folder, "summary.json")));
    }

    [Theory]
    [InlineData(MoleculeProtocol.Train, 800, 800)]
    [InlineData(MoleculeProtocol.Valid, 800, 100)]
    [InlineData(MoleculeProtocol.Half, 400, 400)]
    public void A_protocol_says_who_is_fitted_on_which_molecules(MoleculeProtocol protocol, int weak, int student)
    {
        var split = TinyEncoders.Synthetic.Splits[122];
        var parts = MoleculeParts.Of(split, protocol);
        Assert.Equal((weak, student), (parts.Weak.Count, parts.Student.Count));
        Assert.Subset(split.Train.ToHashSet(), parts.Weak.ToHashSet());
        Assert.Empty(parts.Student.Intersect(split.Test));
        if (protocol != MoleculeProtocol.Train) Assert.Empty(parts.Student.Intersect(parts.Weak));
        Assert.Equal(parts.Weak, MoleculeParts.Of(split, protocol).Weak);
    }

    [Fact]
    public void A_student_on_the_valid_part_is_measured_on_test_alone()
    {
        Stages().TrainWeak(Options(), _folder["weak"]);
        var student = TrainStudent("weak", "w2s_on=valid");
        Assert.All(student.Splits, split => Assert.Equal((100, true, true), (split.Fitted, split.Student!.Valid == null, split.Weak!.Valid != null)));
        var errors = MoleculeStageTables.Errors(student);
        Assert.All(errors.Rows, row => Assert.Equal("test", row[1]));
        Assert.Contains("the student's on weak labels of the valid part", MoleculeStageTables.Protocol(student));
    }

    [Fact]
    public void Half_needs_a_weak_model_that_was_fitted_on_half()
    {
        Stages().TrainWeak(Options(), _folder["weak"]);
        Stages().TrainWeak(Options() with { W2sOn = MoleculeProtocol.Half }, _folder["half"]);
        Assert.Contains("train-weak --w2s-on half", Assert.Throws<UserErrorException>(() => TrainStudent("weak", "w2s_on=half")).Message);
        Assert.Contains("leave --w2s-on out", Assert.Throws<UserErrorException>(() => TrainStudent("half", "w2s_on=train")).Message);
        Assert.All(TrainStudent("half").Splits, split => Assert.Equal(400, split.Fitted));
    }

    [Fact]
    public void What_is_the_weak_runs_is_not_the_students_to_change()
    {
        Stages().TrainWeak(Options(), _folder["weak"]);
        var error = Assert.Throws<UserErrorException>(() => TrainStudent("weak", "heads.pooling=mean")).Message;
        Assert.Contains("not the student's to change: heads.pooling: mean (weak run: pooled)", error);
    }

    [Fact]
    public void A_ceiling_of_other_settings_is_refused_with_the_differences()
    {
        Stages().TrainWeak(Options(), _folder["weak"]);
        var student = TrainStudent("weak");
        Stages().TrainStrong(Options() with { Splits = [122], Strong = Saved("other", 12, 9) }, _folder["strong"]);
        var error = Assert.Throws<UserErrorException>(() => Stages().Evaluate(student.Folder, _folder["strong"], null)).Message;
        Assert.Contains("splits: [122] (student: [122, 123, 124])", error);
        Assert.Contains("strong.digest: ", error);
    }

    [Fact]
    public void Another_encoder_under_the_same_name_is_another_run()
    {
        Stages().TrainWeak(Options(), _folder["weak"]);
        Saved("tiny", 4, seed: 7);
        Assert.Contains("digest: ", Assert.Throws<UserErrorException>(() => Stages().TrainWeak(Options(false), _folder["weak"])).Message);
    }

    [Fact]
    public void Predictions_that_do_not_fit_the_data_are_refused_with_their_line()
    {
        Stages().TrainWeak(Options(), _folder["weak"]);
        var path = Path.Combine(_folder["weak"], "predictions.csv");
        var lines = File.ReadAllLines(path);
        File.WriteAllLines(path, lines.Select((line, index) => index == 7 ? line.Replace(",6,", ",5,") : line));
        Assert.Contains("line 8 is not row 6 of the set in split 122", Assert.Throws<UserErrorException>(() => TrainStudent("weak")).Message);
        File.WriteAllLines(path, lines[..^3]);
        Assert.Contains("predictions.csv was made with other molecules", Assert.Throws<UserErrorException>(() => TrainStudent("weak")).Message);
    }

    [Fact]
    public void A_folder_of_the_other_world_is_told_by_its_kind()
    {
        Stages().TrainWeak(Options(), _folder["weak"]);
        Assert.Contains("holds a run of a single stage on molecules", Assert.Throws<UserErrorException>(() => StageRun.Read(_folder["weak"], "weak")).Message);
        Assert.Contains("holds a run of the stage weak. Give the folder of a run of train-w2s on molecules", Assert.Throws<UserErrorException>(() => Stages().Evaluate(_folder["weak"], null, null)).Message);
        Assert.Contains("holds no finished run", Assert.Throws<UserErrorException>(() => MoleculeStageRun.Read(_folder["nowhere"], "weak")).Message);
    }

    [Fact]
    public void A_split_that_is_not_there_is_refused_with_those_that_are() => Assert.Contains("has no split 7. Its splits are 122, 123, 124",
        Assert.Throws<UserErrorException>(() => Stages().TrainWeak(Options() with { Splits = [122, 7] }, _folder["weak"])).Message);

    [Theory]
    [InlineData("data=qm9", "There is no such data set: there are esol, freesolv, lipop, synthetic-smiles")]
    [InlineData("splits=[]", "Name at least one split")]
    [InlineData("weak.pretrained.tokenizer=bpe", "There is no such tokenizer: there are molbert and smiles")]
    [InlineData("weak.pretrained.heads=5", "must be even and a multiple of the number of heads")]
    [InlineData("weak.from=x weak.pretrained.layers=3", "the options about pretraining would change it: layers: 3 (default: 2)")]
    [InlineData("w2s_on=test", "must be one of train, valid, half")]
    [InlineData("device=gpu", "A device is cpu, cuda or cuda:N")]
    public void Settings_that_make_no_sense_are_refused(string settings, string cause)
    {
        var layers = settings.Split(' ').Select(ConfigurationLayer.FromAssignment).ToList();
        Assert.Contains(cause, Assert.Throws<UserErrorException>(() => MoleculeStageConfiguration.Resolve("weak", _folder.Path, layers)).Message);
    }

    [Fact]
    public void Generated_molecules_are_read_by_encoders_of_generated_molecules_unless_another_corpus_is_named()
    {
        MoleculeStageOptions Resolve(params string[] settings) => MoleculeStageConfiguration.Resolve("weak", _folder.Path, [.. settings.Select(ConfigurationLayer.FromAssignment)]);
        Assert.Equal(["synthetic-smiles"], Resolve("data=synthetic-smiles").Weak.Pretrained.Corpora);
        Assert.Equal(["mine.csv"], Resolve("data=synthetic-smiles", "weak.pretrained.corpora=[mine.csv]").Weak.Pretrained.Corpora);
        Assert.Equal(["guacamol-v1-valid"], Resolve("data=lipop").Weak.Pretrained.Corpora);
    }

    [Fact]
    public void The_encoders_that_are_brought_along_are_taken_where_nothing_else_is_said()
    {
        MoleculeStageOptions Resolve(string role, params string[] settings) => MoleculeStageConfiguration.Resolve(role, _folder.Path, [.. settings.Select(ConfigurationLayer.FromAssignment)]);
        var (strong, weak) = (_folder[Path.Combine("molecules", "strong")], _folder[Path.Combine("molecules", "weak-16")]);
        Assert.Equal("", Resolve("strong", "data=lipop").Strong.From);
        foreach (var folder in new[] { strong, weak }) TinyEncoders.Save(TinyEncoders.Make(), folder);
        Assert.Equal(strong, Resolve("strong", "data=lipop", "seed=3", "strong.pretrained.seed=3").Strong.From);
        Assert.Equal(("", 128), (Resolve("strong", "data=lipop", "strong.pretrained.hidden=128").Strong.From, Resolve("strong", "data=lipop", "strong.pretrained.hidden=128").Strong.Pretrained.Hidden));
        Assert.Equal("", Resolve("strong", "data=synthetic-smiles").Strong.From);
        Assert.Equal(weak, Resolve("weak", "data=esol", "weak.pretrained.hidden=16").Weak.From);
        Assert.Equal("", Resolve("weak", "data=esol", "weak.pretrained.hidden=24").Weak.From);
        Assert.Equal("", Resolve("weak", "data=esol", "weak.pretrained.hidden=16", "weak.pretrained.corpora=[guacamol-v1-valid]").Weak.From);
        Assert.Equal("", Resolve("weak", "data=esol", "weak.pretrained.hidden=16", "weak.pretrained.seed=3").Weak.From);
    }

    [Fact]
    public void Encoders_are_pretrained_at_first_need_and_found_after_that()
    {
        const string brief = "corpora=[CORPUS] weak.pretrained.hidden=8 weak.pretrained.layers=1 weak.pretrained.pretraining.epochs=1 splits=[122] data=synthetic-smiles";
        File.WriteAllLines(_folder["mine.csv"], TinyEncoders.Few.Table.Smiles.Prepend("smiles"));
        var layers = brief.Replace("corpora=[CORPUS]", $"weak.pretrained.corpora=[{_folder["mine.csv"]}]").Split(' ').Select(ConfigurationLayer.FromAssignment).ToList();
        var options = MoleculeStageConfiguration.Resolve("weak", _folder.Path, layers);
        var log = new LogLines();
        var first = Stages(run: RunServices.Silent with { Log = log.Logger }).TrainWeak(options, _folder["first"]);
        var second = Stages().TrainWeak(options, _folder["second"]);
        Assert.Single(log.All, line => line.Contains("was trained by no task", StringComparison.Ordinal) && line.Contains("--pooling mean", StringComparison.Ordinal));
        Assert.Equal((false, true), (first.Parts[0].Found, second.Parts[0].Found));
        Assert.Equal(first.Splits, second.Splits);
        Assert.Contains("pretrained on", first.Parts[0].How);
        var folder = first.Parts[0].Folder!;
        Assert.Equal(options.Weak.Pretrained.Hidden, MoleculeEncoderReference.Resolve(folder).Pretrained.Hidden);
    }

    [Fact]
    public void A_pretrained_encoder_that_was_saved_gives_the_same_features()
    {
        File.WriteAllLines(_folder["mine.csv"], TinyEncoders.Few.Table.Smiles.Prepend("smiles"));
        var pretrained = Stages().Pretrain(new EncoderSettings { Hidden = 8, Layers = 1, Corpora = [_folder["mine.csv"]] }, EngineChoice.Auto, "cpu", _folder["saved"]);
        var (frozen, loaded) = (FrozenEncoders.Of("weak-8", pretrained), FrozenEncoders.Load(_folder["saved"]));
        Assert.Equal(frozen.Digest, loaded.Digest);
        Assert.Equal(frozen.Of(TinyEncoders.Few, EncoderPooling.Pooled), loaded.Of(TinyEncoders.Few, EncoderPooling.Pooled));
    }

    [Fact]
    public void Tables_fit_80_columns_and_end_in_mean_and_deviation()
    {
        Stages().TrainWeak(Options(), _folder["weak"]);
        var student = TrainStudent("weak");
        foreach (var table in new[] { MoleculeStageTables.Errors(student), MoleculeStageTables.Gains(student) })
        {
            var widths = Enumerable.Range(0, table.Headers.Count).Select(column => table.Rows.Select(row => row[column].Length).Append(table.Headers[column].Length).Max());
            Assert.InRange(widths.Sum() + 2 * (table.Headers.Count - 1), 1, 80);
            Assert.Equal("std", table.Rows[^1][0]);
        }
        Assert.Equal("122", MoleculeStageTables.Gains(student).Rows[0][0]);
        Assert.Equal(["122", "valid", "100"], MoleculeStageTables.Errors(student).Rows[0].Take(3));
    }

    [Fact]
    public void Heads_fitted_as_MolBERTs_own_program_does_it_see_noise_and_are_measured_on_clean_molecules()
    {
        var clean = Stages().TrainWeak(Options() with { Splits = [122] }, _folder["clean"]);
        var stock = Stages().TrainWeak(Options() with { Splits = [122], Heads = new MoleculeHeadOptions { Solver = HeadSolver.AdamW, StockPasses = 2, Optimiser = new OptimiserOptions { Batch = 16, Epochs = 2 } } }, _folder["stock"]);
        Assert.Contains("adamw, 2 epochs, on pooled features, 2 passes with masked tokens and dropout", stock.Solver);
        Assert.NotEqual(clean.Splits[0].Weak!.Test.MeanSquared, stock.Splits[0].Weak!.Test.MeanSquared);
    }

    [Fact]
    public void A_run_folder_can_stand_for_the_encoder_that_it_used()
    {
        Stages().TrainStrong(Options(), _folder["strong"]);
        Assert.Equal(_folder["large"], MoleculeEncoderReference.Resolve(_folder["strong"]).From);
        Assert.Equal("nothing", MoleculeEncoderReference.Resolve("nothing").From);
        Assert.Equal("molbert:x.ckpt", MoleculeEncoderReference.Resolve("molbert:x.ckpt").From);
    }

    [SkippableFact]
    public void A_checkpoint_of_MolBERT_is_a_student_on_MoleculeNet()
    {
        RepositoryData.Load("freesolv");
        Skip.If(RDKitPython.Find(withDescriptors: false) == null, "No python3 here has rdkit.");
        var molbert = "molbert:" + TinyEncoders.SaveMolbert(_folder["released"]);
        var stages = Stages(RepositoryData.Folders);
        stages.TrainWeak(Options() with { Data = "freesolv" }, _folder["weak"]);
        var student = stages.TrainStudent(_folder["weak"], MoleculeStageConfiguration.Student(_folder["weak"], _folder.Path, [ConfigurationLayer.FromAssignment($"strong.from={molbert}")]), null);
        Assert.Matches(new Regex("w2s-freesolv-tiny-to-molbert-seed0-[0-9a-f]{8}$"), student.Folder);
        Assert.All(student.Splits, split => Assert.Equal((513, 64, 65), (split.Fitted, split.Valid, split.Test)));
        Assert.All(student.Splits, split => Assert.InRange(split.Student!.Test.MeanSquared, 1, 30)); // labels have a variance of about 15
    }

    /// <summary>Both encoders saved ones.</summary>
    private MoleculeStageOptions Options(bool save = true) => new()
    {
        Data = "synthetic-smiles",
        Weak = save ? Saved("tiny", 4) : new MoleculeEncoderOptions { From = _folder["tiny"] },
        Strong = save ? Saved("large", 12) : new MoleculeEncoderOptions { From = _folder["large"] },
    };

    private MoleculeEncoderOptions Saved(string name, int hidden, long seed = 1) => new() { From = TinyEncoders.Save(TinyEncoders.Make(hidden: hidden, layers: 1, seed: seed), _folder[name]) };

    private MoleculeStageRun TrainStudent(string weak, params string[] settings) => Stages().TrainStudent(
        _folder[weak],
        MoleculeStageConfiguration.Student(_folder[weak], _folder.Path, [.. settings.Append($"strong.from={_folder["large"]}").Select(ConfigurationLayer.FromAssignment)]),
        null);

    private MoleculeStages Stages(DataFolders? folders = null, RunServices? run = null) =>
        new(_folder.Path, folders ?? new DataFolders([_folder.Path]), 2, new TrainingOptions(), force: false, "./run.sh test", run ?? RunServices.Silent);
}
