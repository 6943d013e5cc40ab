using W2S.Data;
using W2S.Experiments;
using W2S.Runs.Work;
using W2S.Training;

namespace W2S.Runs;

/// <summary>Molecules of one's own: all representations of a study see the same rows, and what is left out is said.</summary>
public sealed class OwnMoleculesTests : IDisposable
{
    private const string Unknown = "[Mo]";
    private static readonly string Long = new('C', 150);

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void What_one_representation_cannot_read_is_left_out_for_all_and_listed()
    {
        var study = Study(Saved("weak", 4), Saved("short", 6, maximumLength: 120));
        var result = Studies().Run([study], _folder["run"], force: false, RunServices.Silent);
        var rejected = CsvTable.Read(_folder["run/rejected.csv"], ["line", "identifier", "smiles", "reason"]).Rows;
        Assert.Equal([["12", "10", Unknown], ["32", "30", Long]], rejected.Select(row => row[..3]));
        Assert.Contains("does not know 'Mo'", rejected[0][3]);
        Assert.Contains("152 tokens with [CLS] and [SEP], and short reads at most 120", rejected[1][3]);
        Assert.Equal(118, new[] { "train", "valid", "test" }.Sum(part => part == "train" ? result.Panels[0].Examples["weak"] : result.Panels[0].Examples[part]));
    }

    [Fact]
    public void Single_stages_give_the_bits_of_the_whole_study()
    {
        var study = Study(Saved("weak", 4), Saved("strong", 6));
        var whole = Studies().Run([study], _folder["run"], force: false, RunServices.Silent).Panels.Single();
        var weak = Stages().Train("weak", study, _folder["weak-run"]);
        Assert.Equal(whole.Cells.Select(cell => cell.WeakError), weak.Panel.Cells.Select(cell => cell.WeakError));
        var student = Stages().TrainStudent(weak.Folder, StudyConfiguration.Student(weak.Folder, _folder.Path, [ConfigurationLayer.FromOption("--strong", "strong.from", _folder["strong"])]), _folder["student-run"]);
        Assert.Equal(whole.Cells.Select(cell => (cell.StudentError, cell.Misfit)), student.Panel.Cells.Select(cell => (cell.StudentError, cell.Misfit)));
        Assert.Equal(File.ReadAllText(_folder["run/rejected.csv"]), File.ReadAllText(_folder["weak-run/rejected.csv"]));
    }

    [Fact]
    public void A_sweep_gives_them_too_with_the_list_in_each_run()
    {
        var study = Study(Saved("weak", 4), Saved("strong", 6));
        var whole = Studies().Run([study], _folder["run"], force: false, RunServices.Silent).Panels.Single();
        var plan = Sweep.Plan(SweepFile.Parse($$"""
            settings:
              data: {{_folder["mine.csv"]}}
              table: { smiles_column: structure, columns: [value] }
              weak: { from: {{_folder["weak"]}} }
              strong: { from: {{_folder["strong"]}} }
            grid: { heads.solver: [ridge, exact] }
            """, "sweep.yaml"), _folder["sweep"]).Plan;
        Assert.Equal(new SweepWorker.Outcome(2, 2, 0, 0), plan.Work());
        var runs = plan.Runs.Select(run => plan.Folder.Run(run.Identity)).ToList();
        Assert.All(runs, run => Assert.Equal(File.ReadAllText(_folder["run/rejected.csv"]), File.ReadAllText(Path.Combine(run, "rejected.csv"))));
        var ridge = ResultFile.Read(runs[0]).Panels.Single();
        Assert.Equal(whole.Cells.Select(cell => (cell.WeakError, cell.StudentError, cell.Misfit)), ridge.Cells.Select(cell => (cell.WeakError, cell.StudentError, cell.Misfit)));
    }

    [Fact]
    public void A_student_that_reads_fewer_rows_than_its_weak_model_was_fitted_on_is_refused()
    {
        var weak = Stages().Train("weak", Study(Saved("weak", 4), Saved("strong", 6)), _folder["weak-run"]);
        Saved("short", 6, maximumLength: 120);
        var error = Assert.Throws<UserErrorException>(() =>
            Stages().TrainStudent(weak.Folder, StudyConfiguration.Student(weak.Folder, _folder.Path, [ConfigurationLayer.FromOption("--strong", "strong.from", _folder["short"])]), null)).Message;
        Assert.Contains("All models of a study must see the same rows", error);
    }

    [Fact]
    public void Strictly_they_are_refused_together_with_their_lines()
    {
        var error = Assert.Throws<UserErrorException>(() => Studies().Run([Study(Saved("weak", 4), Saved("strong", 6), "table.strict=true")], _folder["run"], force: false, RunServices.Silent)).Message;
        Assert.Contains("1 of 120 molecules that cannot be read", error);
        Assert.Contains("line 12: The tokenizer 'smiles' does not know 'Mo'", error);
    }

    [Fact]
    public void Other_rows_left_out_are_another_run()
    {
        var study = Study(Saved("weak", 4), Saved("strong", 6));
        var before = Studies().DefaultFolder([study]);
        File.WriteAllText(_folder["mine.csv"], File.ReadAllText(_folder["mine.csv"]).Replace(Unknown, "C"));
        Assert.NotEqual(before, Studies().DefaultFolder([study]));
    }

    [Fact]
    public void A_column_of_SMILES_and_a_set_that_knows_its_own_contradict_one_another() =>
        Assert.Contains("lipop knows its own columns", Assert.Throws<UserErrorException>(() => Bound("data=lipop", "table.smiles_column=s")).Message);

    [Fact]
    public void A_file_that_is_not_here_is_looked_for_in_the_data_folders()
    {
        File.WriteAllText(_folder["found.csv"], "structure,value\n" + string.Concat(Enumerable.Range(0, 12).Select(row => $"C,{row}\n")));
        var study = new Study { Data = ["found.csv"], Table = new Study.TableOptions { SmilesColumn = "structure", Columns = ["value"] } };
        var here = study with { Data = [_folder["found.csv"]] };
        Assert.Equal(Read(here, ["nowhere"]).Digest, Read(study, ["nowhere", _folder.Path]).Digest);
        Assert.Contains("found.csv", Assert.Throws<UserErrorException>(() => Read(study, ["nowhere"])).Message);

        static ILabelledTable Read(Study study, IReadOnlyList<string> folders) =>
            new Datasets(new DataFolders(folders), RunServices.Silent) { Roles = [] }.Table(study.Data[0], study);
    }

    [SkippableFact]
    public void Of_AqSolDB_the_tokenizer_smiles_reads_all_but_353()
    {
        var path = RepositoryData.Folders.Find("moleculenet/AqSolDB.csv.gz");
        Skip.If(path == null, "AqSolDB is not here.");
        var all = new MoleculeFile(path!, "SMILES", "Solubility", null, new CsvFormat()).Load();
        var readable = Datasets.Readable(all, [new RepresentationOptions()], strict: false, RunServices.Silent);
        Assert.Equal((9982 - 353, 353), (readable.Count, readable.Rejected.Count));
        Assert.Equal(352, readable.Rejected.Count(row => row.Reason.Contains("does not know")));
        Assert.StartsWith("785 tokens", Assert.Single(readable.Rejected, row => !row.Reason.Contains("does not know")).Reason);
    }

    private Study Study(string weak, string strong, params string[] assignments)
    {
        var molecules = SmallTables.Molecules;
        var rows = Enumerable.Range(0, 120).Select(row => FormattableString.Invariant($"{(row == 10 ? Unknown : row == 30 ? Long : molecules.Smiles[row])},{molecules.Labels[row]:R}\n"));
        if (!File.Exists(_folder["mine.csv"])) File.WriteAllText(_folder["mine.csv"], "structure,value\n" + string.Concat(rows));
        return Bound([$"data={_folder["mine.csv"]}", "table.smiles_column=structure", "table.columns=value", $"weak.from={weak}", $"strong.from={strong}", .. assignments]);
    }

    private static Study Bound(params string[] assignments) =>
        StudyConfiguration.Resolve([new Panel("mine", [.. assignments.Select(ConfigurationLayer.FromAssignment)])], "paper", [], []).Single();

    private string Saved(string name, int hidden, int maximumLength = 160)
    {
        var positions = maximumLength == 160 ? Models.PositionEncoding.Sinusoidal : Models.PositionEncoding.Learned;
        return TinyEncoders.Save(TinyEncoders.Make(hidden: hidden, maximumLength: maximumLength, positions: positions), _folder[name]);
    }

    private static Studies Studies() => new(new DataFolders(["."]), 1, new TrainingOptions(), "test");

    private StageRuns Stages() => new(_folder.Path, new DataFolders(["."]), 1, new TrainingOptions(), force: false, "test", RunServices.Silent);
}
