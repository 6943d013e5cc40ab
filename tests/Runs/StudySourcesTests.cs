using W2S.Data;
using W2S.Experiments;
using W2S.Training;

namespace W2S.Runs;

/// <summary>What a run read is part of what it is: other content under the same name is refused, or is another run.</summary>
public sealed class StudySourcesTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public StudySourcesTests()
    {
        Directory.CreateDirectory(_folder["moleculenet"]);
        WriteTable(label => label);
        WriteSplits(row => row % 10 == 0 ? "test" : row % 10 == 1 ? "valid" : "train");
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_corrected_table_is_not_the_table_of_the_run()
    {
        var first = Stages().Train("weak", Study(), _folder["run"]);
        Assert.Equal(first.Panel.Cells.Select(cell => cell.WeakError), Stages().Train("weak", Study(), _folder["run"]).Panel.Cells.Select(cell => cell.WeakError));
        WriteTable(label => 10 * label);
        var message = Assert.Throws<UserErrorException>(() => Stages().Train("weak", Study(), _folder["run"])).Message;
        Assert.Contains("holds a run on other files, which have been changed since (\"data_digests: ", message);
        Assert.Contains("--force", message);
        var fresh = Stages().Train("weak", Study(), _folder["fresh"]);
        Assert.Equal(100 * first.Panel.Cells[0].WeakError!.Value, fresh.Panel.Cells[0].WeakError!.Value, 1e-6 * fresh.Panel.Cells[0].WeakError!.Value);
    }

    [Fact]
    public void Other_splits_are_another_run_too()
    {
        Stages().Train("weak", Study(), _folder["run"]);
        WriteSplits(row => row % 10 == 2 ? "test" : row % 10 == 1 ? "valid" : "train");
        Assert.Contains("data_digests", Assert.Throws<UserErrorException>(() => Stages().Train("weak", Study(), _folder["run"])).Message);
    }

    [Fact]
    public void A_whole_study_goes_by_its_table_as_well()
    {
        Study[] studies = [Study()];
        var (before, first) = (Studies().DefaultFolder(studies), studies.Run(_folder["study"], run: RunServices.Silent, folders: Folders));
        WriteTable(label => 10 * label);
        Assert.NotEqual(before, Studies().DefaultFolder(studies));
        Assert.Contains("data_digests", Assert.Throws<UserErrorException>(() => studies.Run(_folder["study"], folders: Folders)).Message);
        Assert.NotEqual(first.Text(), studies.Run(_folder["study"], force: true, folders: Folders).Text());
    }

    [Fact]
    public void Neither_a_student_nor_an_evaluation_reads_other_data_than_the_weak_run()
    {
        var weak = Stages().Train("weak", Study(), _folder["weak"]);
        var student = Stages().TrainStudent(weak.Folder, Student(weak), _folder["student"]);
        WriteTable(label => -label);
        Assert.Contains("is not what this run was made with", Assert.Throws<UserErrorException>(() => Stages().TrainStudent(weak.Folder, Student(weak), _folder["other"])).Message);
        Assert.Contains("is not what this run was made with", Assert.Throws<UserErrorException>(() => Stages().Evaluate(student.Folder, null, null)).Message);
    }

    [Fact]
    public void A_student_is_measured_with_the_weak_heads_that_taught_it()
    {
        var weak = Stages().Train("weak", Study(), _folder["weak"]);
        var student = Stages().TrainStudent(weak.Folder, Student(weak), _folder["student"]);
        Stages().Evaluate(student.Folder, null, null);
        var other = Stages().Train("weak", Study() with { Protocol = Dataset.Protocol.Half }, _folder["other"]);
        File.Copy(Path.Combine(other.Folder, "heads.safetensors"), Path.Combine(weak.Folder, "heads.safetensors"), overwrite: true);
        Assert.Contains("The weak model in", Assert.Throws<UserErrorException>(() => Stages().Evaluate(student.Folder, null, null)).Message);
    }

    [Fact]
    public void A_run_that_stands_for_an_encoder_means_the_weights_that_it_used()
    {
        var weak = Stages().Train("weak", Study(), _folder["weak"]);
        var used = Ceiling(weak.Folder);
        Assert.Equal(Path.GetFullPath(_folder["tiny"]), used.Strong.From[0]);
        Stages().Train("strong", used, _folder["strong"]);
        Saved("tiny", 4, seed: 9);
        Assert.Contains("is not what this run was made with", Assert.Throws<UserErrorException>(() => Stages().Train("strong", Ceiling(weak.Folder), _folder["again"])).Message);

        Study Ceiling(string run) => Study(save: false) with { Strong = StudyConfiguration.ResolveReference(Study(save: false), new RepresentationOptions { From = [run] }) };
    }

    [Fact]
    public void Features_that_are_kept_are_those_of_these_molecules()
    {
        var representation = new EncoderRepresentation(TinyEncoders.Make(), new FeatureOptions(), 0, new FeatureCache(_folder["features"]));
        var (one, other) = (Of("CCO", "CCN"), Of("CCCl", "CCCC")); // tables of one name and length
        Assert.NotEqual(one, other);
        Assert.Equal(one, Of("CCO", "CCN"));

        float[] Of(params string[] smiles) => representation.Rows(new Examples.OfTable(0, TinyEncoders.Of(smiles), [[0, 1]])).ToSamples().Values;
    }

    [Fact]
    public void Where_files_lie_counts_for_nothing()
    {
        var first = Stages().Train("weak", Study(), _folder["run"]);
        Directory.Move(_folder["tiny"], _folder["moved"]);
        Directory.CreateDirectory(_folder["elsewhere"]);
        Directory.Move(_folder["moved"], _folder["elsewhere/tiny"]);
        var found = Stages().Train("weak", Study(save: false) with { Weak = new() { From = [_folder["elsewhere/tiny"]] } }, _folder["run"]);
        Assert.True(found.Parts![0].Found);
        Assert.Equal(first.Panel.Cells.Select(cell => cell.WeakError), found.Panel.Cells.Select(cell => cell.WeakError));
    }

    [Fact]
    public void Settings_that_replace_a_runs_files_do_not_keep_its_sums()
    {
        var weak = Stages().Train("weak", Study(), _folder["weak"]);
        var below = ConfigurationLayer.FromFile(Path.Combine(weak.Folder, "config.yaml"));
        var other = ConfigurationLayer.FromAssignment($"weak.from={Saved("large", 12).From[0]}");
        var problems = new ConfigurationBinder.Problems();
        Assert.Single(StudyConfiguration.Bind("paper", [below], problems).Weak.Digests);
        Assert.Empty(StudyConfiguration.Bind("paper", [below, other], problems).Weak.Digests);
        problems.ThrowIfAny();
    }

    [Fact]
    public void An_encoder_of_another_corpus_is_trained_anew_and_one_that_was_exported_is_not_taken()
    {
        File.WriteAllLines(_folder["mine.csv"], TinyEncoders.Few.Smiles.Prepend("smiles"));
        var settings = new EncoderSettings { Hidden = 8, Layers = 1, Corpora = [_folder["mine.csv"]], Pretraining = new() { Epochs = 1 } };
        var log = new LogLines();
        var first = Stages().Pretrain(settings, IEngine.Choice.Auto, "cpu", _folder["molecules/exported"]);
        Directory.Delete(first.Folder, recursive: true);
        Assert.Equal(_folder["molecules/exported"], Stages().Pretrain(settings, IEngine.Choice.Auto, "cpu", null).Folder);

        File.AppendAllText(_folder["mine.csv"], "CCCCO\n");
        var second = Stages(RunServices.Silent with { Log = log.Logger }).Pretrain(settings, IEngine.Choice.Auto, "cpu", null);
        Assert.NotEqual(first.Folder, second.Folder);
        Assert.False(second.Found);
        Assert.Contains(log.All, line => line.Contains("was pretrained on other text", StringComparison.Ordinal));
    }

    [Fact]
    public void The_sets_that_are_left_out_of_a_corpus_decide_it_too()
    {
        File.WriteAllText(_folder["mine.csv"], "smiles\nCCO\nCCN\nCCCl\n");
        var before = EncoderStore.Digested(new EncoderSettings { Corpora = [_folder["mine.csv"]] }, Folders).CorpusDigests;
        File.AppendAllText(_folder["moleculenet/ESOL.csv"], "CCO,1\n");
        var after = EncoderStore.Digested(new EncoderSettings { Corpora = [_folder["mine.csv"]] }, Folders).CorpusDigests;
        Assert.NotEqual(before, after);
    }

    [Fact]
    public void A_plan_names_its_files_from_where_it_was_made_and_is_worked_from_anywhere()
    {
        Saved("tiny", 4);
        Assert.Equal([_folder["tiny"]], Study().LookedForIn(null).Weak.From);
        var relative = Study(save: false) with { Weak = new() { From = ["tiny"] }, Strong = new() { From = ["features:stored.csv"] } };
        File.WriteAllText(_folder["stored.csv"], "a\n1\n");
        var found = relative.LookedForIn(_folder.Path);
        Assert.Equal([Path.Combine(_folder.Path, "tiny")], found.Weak.From);
        Assert.Equal(["features:" + Path.Combine(_folder.Path, "stored.csv")], found.Strong.From);
        Assert.Equal(["tiny"], relative.LookedForIn(_folder["nowhere"]).Weak.From);
    }

    /// <summary>What goes by the identity, an interrupted fit among it, must not go on with what was computed from other data.</summary>
    [Fact]
    public void A_study_is_known_by_the_content_of_its_data_and_not_by_where_they_lie()
    {
        var study = Study(save: false) with { Data = ["/here/table.csv"], DataDigests = ["aa"] };
        Assert.NotEqual(study.Identity(), (study with { DataDigests = ["bb"] }).Identity());
        Assert.Equal(study.Identity(), (study with { Data = ["/there/table.csv"] }).Identity());
    }

    private DataFolders Folders => new([_folder.Path]);

    private Study Study(bool save = true) => SmallTables.Study() with
    {
        Data = ["esol"], Splits = [122], Weak = save ? Saved("tiny", 4) : new(), Strong = save ? Saved("large", 12) : new(),
    };

    private static Study Student(Result weak) => StudyConfiguration.Student(weak.Folder, "nowhere", [ConfigurationLayer.FromAssignment($"strong.from={Path.Combine(weak.Folder, "../large")}")]);

    private RepresentationOptions Saved(string name, int hidden, long seed = 1) =>
        new() { From = [TinyEncoders.Save(TinyEncoders.Make(hidden: hidden, layers: 1, seed: seed), _folder[name])] };

    private StageRuns Stages(RunServices? run = null) => new(_folder.Path, Folders, 1, new TrainingOptions(), force: false, "./run.sh test", run ?? RunServices.Silent);

    private Studies Studies() => new(Folders, 1, new TrainingOptions(), "./run.sh test");

    private void WriteTable(Func<double, double> change) => File.WriteAllLines(_folder["moleculenet/ESOL.csv"], SyntheticMolecules.Generate(100, 3)
        .Select(molecule => FormattableString.Invariant($"{molecule.Aromatic},{change(molecule.Property)}")).Prepend("smiles,measured log solubility in mols per litre"));

    private void WriteSplits(Func<int, string> part) =>
        File.WriteAllLines(_folder["moleculenet/ESOL_splits.csv"], Enumerable.Range(0, 100).Select(row => $"{row},{part(row)}").Prepend("row_index,split122"));
}
