using System.Text.RegularExpressions;
using W2S.Data;
using W2S.Experiments;
using W2S.Models;
using W2S.Reporting.Tables;
using W2S.Training;

namespace W2S.Runs;

/// <summary>The three stages and their evaluation on generated molecules, with encoders that learned nothing.</summary>
public sealed class TableStagesTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_stages_follow_one_another_and_hang_together()
    {
        var weak = Stages().Train("weak", Study(), _folder["weak"]);
        var student = TrainStudent("weak");
        var strong = Stages().Train("strong", Study(), _folder["strong"]);
        var evaluation = Stages().Evaluate(student.Folder, strong.Folder, _folder["evaluation"]);

        Assert.Equal([122, 123, 124], weak.Panel.Cells.Select(cell => cell.Cell));
        Assert.Equal(["weak representation", "weak heads"], weak.Parts!.Select(part => part.Name));
        Assert.Equal(weak.Panel.Cells.Select(cell => cell.WeakError), evaluation.Panel.Cells.Select(cell => cell.WeakError));
        Assert.Equal(student.Panel.Cells.Select(cell => (cell.StudentError, cell.Misfit)), evaluation.Panel.Cells.Select(cell => (cell.StudentError, cell.Misfit)));
        Assert.Equal(strong.Panel.Cells.Select(cell => cell.StrongError), evaluation.Panel.Cells.Select(cell => cell.StrongError));
        var gap = evaluation.Panel.Cells.Average(cell => cell.WeakError - cell.StrongError)!.Value;
        var recovered = gap > 0 ? NumberText.Percent(evaluation.Panel.Cells.Average(cell => cell.Gain) / gap) : NumberText.Nothing;
        Assert.Equal(["PGR", recovered, NumberText.Nothing], [StageTables.Gains(evaluation).Headers[^1], .. StageTables.Gains(evaluation).Rows.TakeLast(2).Select(row => row[^1])]);
    }

    [Fact]
    public void A_student_on_the_valid_part_is_measured_on_test_alone()
    {
        Stages().Train("weak", Study(), _folder["weak"]);
        var student = TrainStudent("weak", "protocol=valid");
        Assert.Equal(100, student.Panel.Examples["student"]);
        Assert.All(StageTables.Errors(student).Rows, row => Assert.Equal("test", row[1]));
        Assert.Contains("the student's on weak labels of the valid part", StageTables.Protocol(student));
    }

    [Fact]
    public void Half_needs_a_weak_model_that_was_fitted_on_half()
    {
        Stages().Train("weak", Study(), _folder["weak"]);
        Stages().Train("weak", Study() with { Protocol = Dataset.Protocol.Half }, _folder["half"]);
        Assert.Contains("train-weak --w2s-on half", Assert.Throws<UserErrorException>(() => TrainStudent("weak", "protocol=half")).Message);
        Assert.Contains("leave --w2s-on out", Assert.Throws<UserErrorException>(() => TrainStudent("half", "protocol=train")).Message);
        Assert.Equal(400, TrainStudent("half").Panel.Examples["student"]);
    }

    [Fact]
    public void What_is_the_weak_runs_is_not_the_students_to_change()
    {
        Stages().Train("weak", Study(), _folder["weak"]);
        var error = Assert.Throws<UserErrorException>(() => TrainStudent("weak", "features.pooling=mean")).Message;
        Assert.Contains("not the student's to change: features.pooling: mean (weak run: pooled)", error);
    }

    [Fact]
    public void A_ceiling_of_other_settings_is_refused_with_the_differences()
    {
        Stages().Train("weak", Study(), _folder["weak"]);
        var student = TrainStudent("weak");
        Stages().Train("strong", Study() with { Splits = [122], Strong = Saved("other", 12, 9) }, _folder["strong"]);
        var error = Assert.Throws<UserErrorException>(() => Stages().Evaluate(student.Folder, _folder["strong"], null)).Message;
        Assert.Contains("splits: [122] (student: [])", error);
        Assert.Contains("strong.digests: ", error);
    }

    [Fact]
    public void How_many_blocks_train_is_each_runs_own_and_a_ceiling_trains_as_many_as_its_student()
    {
        string[] quick = ["heads.solver=adamw", "heads.optimiser.epochs=1", "heads.optimiser.batch=400", "splits=[122]"];
        Study Training(params string[] blocks) =>
            SmallTables.Study([.. quick, .. blocks]) with { Weak = Saved("tiny", 4), Strong = Saved("large", 12) };
        Stages().Train("weak", Training("heads.weak_trainable_blocks=1"), _folder["weak"]);
        var error = Assert.Throws<UserErrorException>(() => TrainStudent("weak", "heads.weak_trainable_blocks=0")).Message;
        Assert.Contains("not the student's to change: heads.weak_trainable_blocks: 0 (weak run: 1)", error);
        var student = TrainStudent("weak", "heads.trainable_blocks=1");

        Stages().Train("strong", Training(), _folder["frozen"]);
        error = Assert.Throws<UserErrorException>(() => Stages().Evaluate(student.Folder, _folder["frozen"], null)).Message;
        Assert.Contains("heads.trainable_blocks: 0 (student: 1)", error);
        Stages().Train("strong", Training("heads.trainable_blocks=1"), _folder["strong"]);
        var evaluated = Stages().Evaluate(student.Folder, _folder["strong"], null).Panel;
        Assert.Equal((student.Panel.Cells[0].StudentError, student.Panel.Cells[0].Gain), (evaluated.Cells[0].StudentError, evaluated.Cells[0].Gain));
        Assert.Contains("; trained with them: last blocks, 1 of the strong, 1 of the weak representation.", StageTables.Protocol(student));
    }

    [Fact]
    public void Another_encoder_under_the_same_name_is_another_run()
    {
        var study = Study();
        Stages().Train("weak", study, _folder["weak"]);
        Saved("tiny", 4, seed: 7);
        Assert.Contains("digests: ", Assert.Throws<UserErrorException>(() => Stages().Train("weak", study, _folder["weak"])).Message);
    }

    [Fact]
    public void Heads_that_are_gone_are_told_with_the_remedy()
    {
        Stages().Train("weak", Study(), _folder["weak"]);
        File.Delete(Path.Combine(_folder["weak"], "heads.safetensors"));
        Assert.Contains("run that stage again with --force", Assert.Throws<UserErrorException>(() => TrainStudent("weak")).Message);
    }

    [Fact]
    public void A_folder_of_another_stage_or_none_is_told_by_its_kind()
    {
        Stages().Train("weak", Study(), _folder["weak"]);
        Assert.Contains("holds a run of the stage weak. Give the folder of a run of train-w2s", Assert.Throws<UserErrorException>(() => Stages().Evaluate(_folder["weak"], null, null)).Message);
        Assert.Contains("holds no finished run", Assert.Throws<UserErrorException>(() => ResultFile.Read(_folder["nowhere"], "weak")).Message);
    }

    [Fact]
    public void A_split_that_is_not_there_is_refused_with_those_that_are() => Assert.Contains("has no split 7. Its splits are 122, 123, 124",
        Assert.Throws<UserErrorException>(() => Stages().Train("weak", Study() with { Splits = [122, 7] }, _folder["weak"])).Message);

    [Theory]
    [InlineData("data=qm9", "There is no data set qm9: there are gaussian, esol, freesolv, lipop, synthetic-smiles")]
    [InlineData("splits=[122,122]", "A split is named twice")]
    [InlineData("weak.encoder.tokenizer=bpe", "There is no such tokenizer: there are molbert, smiles, and wordpiece for texts")]
    [InlineData("weak.encoder.heads=5", "must be even and a multiple of the number of heads")]
    [InlineData("weak.from=x weak.encoder.layers=3", "the options about pretraining would change it: layers: 3 (default: 2)")]
    [InlineData("device=gpu", "A device is cpu, cuda or cuda:N")]
    public void Settings_that_make_no_sense_are_refused(string settings, string cause) =>
        Assert.Contains(cause, Assert.Throws<UserErrorException>(() => Resolve("weak", ["data=lipop", .. settings.Split(' ')])).Message);

    [Fact]
    public void Generated_molecules_are_read_by_encoders_of_generated_molecules_unless_another_corpus_is_named()
    {
        Assert.Equal(["synthetic-smiles"], Resolve("weak", "data=synthetic-smiles").Weak.Encoder.Corpora);
        Assert.Equal(["mine.csv"], Resolve("weak", "data=synthetic-smiles", "weak.encoder.corpora=[mine.csv]").Weak.Encoder.Corpora);
        Assert.Equal(["guacamol-v1-valid"], Resolve("weak", "data=lipop").Weak.Encoder.Corpora);
    }

    [Fact]
    public void The_encoders_that_are_brought_along_are_taken_where_nothing_else_is_said()
    {
        var (strong, weak) = (_folder[Path.Combine("molecules", "strong")], _folder[Path.Combine("molecules", "weak-16")]);
        Assert.Empty(Resolve("strong", "data=lipop").Strong.From);
        foreach (var folder in new[] { strong, weak }) TinyEncoders.Save(TinyEncoders.Make(), folder);
        Assert.Equal([strong], Resolve("strong", "data=lipop", "seed=3", "strong.encoder.seed=3").Strong.From);
        var wide = Resolve("strong", "data=lipop", "strong.encoder.hidden=128").Strong;
        Assert.Equal((0, 128), (wide.From.Count, wide.Encoder.Hidden));
        Assert.Empty(Resolve("strong", "data=synthetic-smiles").Strong.From);
        Assert.Equal([weak], Resolve("weak", "data=esol", "weak.encoder.hidden=16").Weak.From);
        Assert.Empty(Resolve("weak", "data=esol", "weak.encoder.hidden=24").Weak.From);
        Assert.Empty(Resolve("weak", "data=esol", "weak.encoder.hidden=16", "weak.encoder.corpora=[guacamol-v1-valid]").Weak.From);
        Assert.Empty(Resolve("weak", "data=esol", "weak.encoder.hidden=16", "weak.encoder.seed=3").Weak.From);
    }

    [Fact]
    public void Encoders_are_pretrained_at_first_need_and_found_after_that()
    {
        File.WriteAllLines(_folder["mine.csv"], TinyEncoders.Few.Smiles.Prepend("smiles"));
        var study = Resolve("weak", "data=synthetic-smiles", "splits=[122]", $"weak.encoder.corpora=[{_folder["mine.csv"]}]", "weak.encoder.hidden=8", "weak.encoder.layers=1", "weak.encoder.pretraining.epochs=1");
        var log = new LogLines();
        var first = Stages(run: RunServices.Silent with { Log = log.Logger }).Train("weak", study, _folder["first"]);
        var second = Stages().Train("weak", study, _folder["second"]);
        Assert.Single(log.All, line => line.Contains("was trained by no task", StringComparison.Ordinal) && line.Contains("--pooling mean", StringComparison.Ordinal));
        Assert.Equal((false, true), (first.Parts![0].Found, second.Parts![0].Found));
        Assert.Equal(Fingerprint.Of(first.Panel.Cells), Fingerprint.Of(second.Panel.Cells));
        Assert.Contains("pretrained on", first.Parts[0].How);
        var resolved = StudyConfiguration.ResolveReference(study, new RepresentationOptions { From = [first.Parts[0].Folder!] });
        Assert.Equal((0, study.Weak.Encoder.Hidden), (resolved.From.Count, resolved.Encoder.Hidden));
    }

    [Fact]
    public void A_pretrained_encoder_that_was_saved_gives_the_same_features()
    {
        File.WriteAllLines(_folder["mine.csv"], TinyEncoders.Few.Smiles.Prepend("smiles"));
        var pretrained = Stages().Pretrain(new EncoderSettings { Hidden = 8, Layers = 1, Corpora = [_folder["mine.csv"]] }, IEngine.Choice.Auto, "cpu", _folder["saved"]);
        var (frozen, loaded) = (FrozenEncoder.Of("weak-8", pretrained), SavedRepresentations.LoadEncoder(_folder["saved"]));
        Assert.Equal(frozen.Digest, loaded.Digest);
        Assert.Equal(frozen.Of(TinyEncoders.Few, EncoderPooling.Pooled), loaded.Of(TinyEncoders.Few, EncoderPooling.Pooled));
    }

    [Fact]
    public void Tables_fit_80_columns_and_end_in_mean_and_deviation()
    {
        Stages().Train("weak", Study(), _folder["weak"]);
        var student = TrainStudent("weak");
        foreach (var table in new[] { StageTables.Errors(student), StageTables.Gains(student) })
        {
            var widths = Enumerable.Range(0, table.Headers.Count).Select(column => table.Rows.Select(row => row[column].Length).Append(table.Headers[column].Length).Max());
            Assert.InRange(widths.Sum() + 2 * (table.Headers.Count - 1), 1, 80);
            Assert.Equal("std", table.Rows[^1][0]);
        }
        Assert.Equal("122", StageTables.Gains(student).Rows[0][0]);
        Assert.Equal(["122", "valid", "100"], StageTables.Errors(student).Rows[0].Take(3));
    }

    [Fact]
    public void A_run_folder_can_stand_for_the_encoder_that_it_used()
    {
        Stages().Train("strong", Study(), _folder["strong"]);
        Assert.Equal([_folder["large"]], Resolve("_folder[strong]").From);
        Assert.Equal(["nothing"], Resolve("nothing").From);
        Assert.Equal(["molbert:x.ckpt"], Resolve("molbert:x.ckpt").From);

        RepresentationOptions Resolve(string reference) =>
            StudyConfiguration.ResolveReference(Study(), new RepresentationOptions { From = [reference == "_folder[strong]" ? _folder["strong"] : reference] });
    }

    [SkippableFact]
    public void A_checkpoint_of_MolBERT_is_a_student_on_MoleculeNet()
    {
        RepositoryData.Load("freesolv");
        Skip.If(PythonProcess.FindRDKit(withDescriptors: false) == null, "No python3 here has rdkit.");
        var molbert = "molbert:" + TinyEncoders.SaveMolbert(_folder["released"]);
        var stages = Stages(RepositoryData.Folders);
        stages.Train("weak", Study() with { Data = ["freesolv"] }, _folder["weak"]);
        var student = stages.TrainStudent(_folder["weak"], StudyConfiguration.Student(_folder["weak"], _folder.Path, [ConfigurationLayer.FromAssignment($"strong.from={molbert}")]), null);
        Assert.Matches(new Regex("w2s-freesolv-tiny-to-molbert-seed0-[0-9a-f]{8}$"), student.Folder);
        Assert.Equal((513, 64, 65), (student.Panel.Examples["student"], student.Panel.Examples["valid"], student.Panel.Examples["test"]));
        Assert.All(student.Panel.Cells, cell => Assert.InRange(cell.StudentError!.Value, 1, 30)); // labels have a variance of about 15
    }

    /// <summary>Both encoders saved ones.</summary>
    private Study Study() => SmallTables.Study() with { Weak = Saved("tiny", 4), Strong = Saved("large", 12) };

    private RepresentationOptions Saved(string name, int hidden, long seed = 1) => new() { From = [TinyEncoders.Save(TinyEncoders.Make(hidden: hidden, layers: 1, seed: seed), _folder[name])] };

    private Study Resolve(string role, params string[] settings) => StudyConfiguration.Stage(role, _folder.Path, "paper", [.. settings.Select(ConfigurationLayer.FromAssignment)]);

    private Result TrainStudent(string weak, params string[] settings) => Stages().TrainStudent(
        _folder[weak], StudyConfiguration.Student(_folder[weak], _folder.Path, [.. settings.Append($"strong.from={_folder["large"]}").Select(ConfigurationLayer.FromAssignment)]), null);

    private StageRuns Stages(DataFolders? folders = null, RunServices? run = null) =>
        new(_folder.Path, folders ?? new DataFolders([_folder.Path]), 2, new TrainingOptions(), force: false, "./run.sh test", run ?? RunServices.Silent);
}
