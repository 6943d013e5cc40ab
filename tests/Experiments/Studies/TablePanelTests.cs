using W2S.Data;
using W2S.Models;
using W2S.Runs;

namespace W2S.Experiments;

public class TablePanelTests
{
    public static TheoryData<string> All => [.. Panel.MoleculeNames, Panel.MoleculeGroup];

    [Theory]
    [MemberData(nameof(All))]
    public void Every_panel_opens_with_its_command_cost_and_expectation_and_is_called_after_its_file(string name)
    {
        var text = ConfigurationLayer.ShippedText($"{name}.yaml")!;
        foreach (var part in new[] { $"./run.sh reproduce {name}", "cost ", "expect " }) Assert.Contains(part, text);
        Assert.Equal(name, Resolve(name).Name);
    }

    [Theory]
    [InlineData("fig2d", "table2", "esol")]
    [InlineData("fig2e", "table3", "freesolv")]
    [InlineData("fig2f", "table1", "lipop")]
    public void A_figure_and_its_table_are_the_same_study(string figure, string table, string data)
    {
        var (one, other) = (Resolve(figure), Resolve(table));
        Assert.Equal([data], one.Data);
        Assert.Equal(one.Identity(), other.Identity());
        Assert.Equal([8, 12, 16, 24, 32, 48, 64, 96], one.Weak.From.Select(folder => int.Parse(folder[(folder.LastIndexOf('-') + 1)..])));
    }

    [Fact]
    public void Heads_on_tables_are_ridge_on_clean_pooled_features_unless_something_else_is_said()
    {
        var study = Resolve("molecules");
        Assert.Equal((HeadSolver.Ridge, true, 16, 50, Dataset.Protocol.Train, 0), (study.Heads.Solver, study.Heads.Standardise, study.Heads.Optimiser.Batch, study.Heads.Optimiser.Epochs, study.Protocol, study.Features.TrainModePasses));
        Assert.Equal(["esol lipop"], [string.Join(' ', Resolve("molecules", "data=[esol, lipop]").Comparisons().Select(one => one.Data[0]).Distinct())]);
        Assert.Equal(24, study.Comparisons().Count());
    }

    [Theory]
    [InlineData(HeadSolver.Ridge, true, "objective.name=squared")]
    [InlineData(HeadSolver.AdamW, true, "objective.name=huber")]
    [InlineData(HeadSolver.Newton, true, "objective.name=cross-entropy", "classes.from_numbers=2")]
    [InlineData(HeadSolver.AdamW, false, "objective.name=brier", "classes.from_numbers=2")]
    [InlineData(HeadSolver.AdamW, false, "objective.name=cross-entropy", "classes.from_numbers=2", "heads.solver=adamw")]
    [InlineData(HeadSolver.Newton, false, "objective.name=cross-entropy", "classes.from_numbers=2", "heads.standardise=false")]
    [InlineData(HeadSolver.Newton, false, "objective.name=cross-entropy", "data=[pairs.csv]", "table.chosen_column=a", "table.rejected_column=b")]
    public void An_objective_that_ridge_does_not_fit_is_fitted_by_what_does(HeadSolver solver, bool standardise, params string[] settings)
    {
        var heads = Resolve("molecules", settings).Heads;
        Assert.Equal((solver, standardise), (heads.Solver, heads.Standardise));
    }

    [Fact]
    public void A_file_of_ones_own_that_sets_data_has_the_defaults_of_tables()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["mine.yaml"], "data: synthetic-smiles\nfeatures:\n  pooling: mean\n");
        var study = Resolve(folder["mine.yaml"]);
        Assert.Equal((EncoderPooling.Mean, "mine", HeadSolver.Ridge), (study.Features.Pooling, study.Name, study.Heads.Solver));
        Assert.Equal(["synthetic-smiles"], study.Strong.Encoder.Corpora);
    }

    [Theory]
    [InlineData("evaluation.part=valid;protocol=valid", "measured on the examples that it was fitted on")]
    [InlineData("data=[]", "no data set")]
    [InlineData("data.task=classes", "data must be a list")]
    [InlineData("objective.name=brier;heads.solver=ridge;classes.from_numbers=2", "Least squares and ridge fit squared errors")]
    [InlineData("data=[esol, ESOL]", "named twice")]
    [InlineData("data=zinc", "There is no data set zinc: there are gaussian, esol")]
    [InlineData("data=[gaussian, esol]", "name one kind")]
    [InlineData("heads.solver=lasso", "adamw, exact, ridge")]
    [InlineData("protocol=test", "must be one of fresh, own, train, valid, half")]
    [InlineData("protocol=fresh", "the protocol is train, valid or half")]
    [InlineData("strong.from=x/weak-8", "2 representations are called weak-8")]
    public void What_cannot_be_is_refused_with_a_remedy(string assignments, string message) =>
        Assert.Contains(message, Assert.Throws<UserErrorException>(() => Resolve("molecules", assignments.Split(';'))).Message);

    [Fact]
    public void The_notebooks_preset_is_not_for_tables() =>
        Assert.Contains("is about Gaussian tasks", Assert.Throws<UserErrorException>(() => StudyConfiguration.Resolve(Panel.Find(["table1"]), "notebook", [], [])).Message);

    [Fact]
    public void The_resolved_configuration_is_read_back_as_it_was()
    {
        var study = Resolve("fig2e", "features.train_mode_passes=5");
        var again = ConfigurationBinder.Bind<Study>([ConfigurationLayer.FromText(ConfigurationWriter.Write(study), "config.yaml")]);
        Assert.Equal(Fingerprint.Of(study), Fingerprint.Of(again));
    }

    private static Study Resolve(string name, params string[] assignments) =>
        Assert.Single(StudyConfiguration.Resolve(Panel.Find([name]), "paper", [.. assignments.Select(ConfigurationLayer.FromAssignment)], []));
}
