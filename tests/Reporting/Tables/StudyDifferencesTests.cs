using W2S.Experiments;

namespace W2S.Reporting.Tables;

public sealed class StudyDifferencesTests
{
    [Fact]
    public void A_panel_as_it_is_in_configs_has_the_title_from_there() =>
        Assert.All(Panel.Names.Concat(Panel.ClassNames), name =>
            Assert.Equal(Study(name).Title, StudyText.Title(Study(name))));

    [Theory]
    [InlineData("2b", "strong.depth=4", "Weak 2 layers, strong 4 layers")]
    [InlineData("2b", "weak.hidden=32", "Weak 2 layers of 32, strong 8 layers")]
    [InlineData("2b", "heads.solver=exact", "Weak 2 layers, strong 8 layers; heads.solver: exact")]
    [InlineData("3b", "strong.noise=0.2", "Weak truth + noise 0.01, strong truth + noise 0.2")]
    public void A_changed_panel_is_called_by_its_settings(string panel, string setting, string title) =>
        Assert.Equal(title, StudyText.Title(Study(panel, setting)));

    [Fact]
    public void A_title_of_ones_own_stays() => Assert.Equal("Mine", StudyText.Title(Study("2b", "strong.depth=4") with { Title = "Mine" }));

    [Fact]
    public void Seed_and_threads_change_no_title() =>
        Assert.Equal(Study("2b").Title, StudyText.Title(Study("2b") with { Seed = 7, Threads = 3 }));

    /// <summary>A run of table1 has one data set, one weak model and files' checksums in each of its panels.</summary>
    [Fact]
    public void A_weak_model_of_a_table_is_no_change()
    {
        var study = Study("fig2d");
        Assert.All(study.Comparisons(), one => Assert.Empty(
            StudyText.Differences(one with { DataDigests = ["0123"], Weak = one.Weak with { Digests = ["4567"] } })!));
        Assert.NotEmpty(StudyText.Differences(study with { Splits = [122] })!);
    }

    private static Study Study(string panel, params string[] settings) =>
        StudyConfiguration.Resolve(
            Panel.Find([panel]), Panel.DefaultPreset,
            [.. settings.Select(setting => setting.Split('=')).Select(pair => ConfigurationLayer.FromOption("--set", pair[0], pair[1]))], [])[0];
}
