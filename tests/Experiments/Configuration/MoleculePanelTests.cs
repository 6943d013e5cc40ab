using W2S.Data;

namespace W2S.Experiments;

public class MoleculePanelTests
{
    public static TheoryData<string> All => [.. MoleculePanels.Names, MoleculePanels.Group];

    [Theory]
    [MemberData(nameof(All))]
    public void Every_panel_opens_with_its_command_cost_and_expectation_and_is_called_after_its_file(string name)
    {
        var text = EmbeddedConfigurations.Text($"{name}.yaml")!;
        foreach (var part in new[] { $"./run.sh reproduce {name}", "cost ", "expect " }) Assert.Contains(part, text);
        Assert.Equal(name, MoleculePanels.Resolve([name], []).Name);
    }

    [Theory]
    [InlineData("fig2d", "table2", "esol")]
    [InlineData("fig2e", "table3", "freesolv")]
    [InlineData("fig2f", "table1", "lipop")]
    public void A_figure_and_its_table_are_the_same_study(string figure, string table, string data)
    {
        var (one, other) = (MoleculePanels.Resolve([figure], []), MoleculePanels.Resolve([table], []));
        Assert.Equal([data], one.Data);
        Assert.Equal(Fingerprint.Of(one with { Name = "", Title = "", Expectation = "" }), Fingerprint.Of(other with { Name = "", Title = "", Expectation = "" }));
        Assert.Equal([8, 12, 16, 24, 32, 48, 64, 96], one.Weak.Select(folder => int.Parse(folder[(folder.LastIndexOf('-') + 1)..])));
    }

    [Fact]
    public void Several_panels_are_one_study_of_all_their_data()
    {
        var study = MoleculePanels.Resolve(["2d", "FIG2F", "table1"], []);
        Assert.Equal(["esol", "lipop"], study.Data);
        Assert.Equal("fig2d-fig2f-table1", study.Name);
    }

    [Fact]
    public void A_file_with_data_is_molecular_and_one_without_is_not()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["mine.yaml"], "data: [synthetic-smiles]\nheads:\n  pooling: mean\n");
        File.WriteAllText(folder["other.yaml"], "sigma: 3\n");
        Assert.True(MoleculePanels.Has(folder["mine.yaml"]) && MoleculePanels.Has("2d") && MoleculePanels.Has("molecules") && MoleculePanels.Has("table3"));
        Assert.False(MoleculePanels.Has(folder["other.yaml"]) || MoleculePanels.Has("2a") || MoleculePanels.Has("synthetic"));
        var study = MoleculePanels.Resolve([folder["mine.yaml"]], []);
        Assert.Equal((Training.EncoderPooling.Mean, "mine"), (study.Heads.Pooling, study.Name));
    }

    [Theory]
    [InlineData("measured_on=valid;w2s_on=valid", "measured on the molecules that it was fitted on")]
    [InlineData("data=[]", "no data set")]
    [InlineData("data=[esol, ESOL]", "named twice")]
    [InlineData("heads.solver=lasso", "adamw, exact")]
    [InlineData("w2s_on=test", "must be one of train, valid, half")]
    [InlineData("heads.tasks=3", "there is no setting heads.tasks")]
    public void What_cannot_be_is_refused_with_a_remedy(string assignments, string message)
    {
        var error = Assert.Throws<UserErrorException>(() => MoleculePanels.Resolve(["molecules"], [.. assignments.Split(';').Select(ConfigurationLayer.FromAssignment)]));
        Assert.Contains(message, error.Message);
    }

    [Fact]
    public void The_resolved_configuration_is_read_back_as_it_was()
    {
        var study = MoleculePanels.Resolve(["fig2e"], [ConfigurationLayer.FromAssignment("heads.stock_passes=5")]);
        var again = ConfigurationBinder.Bind<MoleculeStudyOptions>([ConfigurationLayer.FromText(ConfigurationWriter.Write(study), "config.yaml")]);
        Assert.Equal(Fingerprint.Of(study), Fingerprint.Of(again));
    }
}
