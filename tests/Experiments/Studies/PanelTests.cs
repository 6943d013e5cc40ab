using W2S.Data;

namespace W2S.Experiments.Tests;

/// <summary>The panels are what section 5.1 of 2405.15116 says.</summary>
public class PanelTests
{
    private static Study Named(string name, string preset = "paper") => Assert.Single(StudyConfiguration.Resolve(Panel.Find([name]), preset, [], []));

    [Fact]
    public void Figure_2b_is_the_default_but_for_its_words()
    {
        var plain = new Study();
        Assert.Equal(Fingerprint.Of(plain), Fingerprint.Of(Named("2b") with { Name = plain.Name, Title = plain.Title, Expectation = plain.Expectation }));
    }

    [Fact]
    public void What_all_panels_share_is_the_papers_setting()
    {
        foreach (var study in Panel.Names.Select(name => Named(name)))
        {
            Assert.Equal((8, 500.0, 16, 5), (study.InputWidth, study.Sigma, study.RepresentationWidth, study.Truth.Depth));
            Assert.Equal((100, 2000, 2000), (study.Heads.Tasks, study.Heads.Samples, study.Evaluation.Samples));
            Assert.Equal(new W2S.Training.OptimiserOptions(), study.Heads.Optimiser);
            Assert.Equal((32, 1000, 0.01), (study.Heads.Optimiser.Batch, study.Heads.Optimiser.Epochs, study.Heads.Optimiser.WeightDecay));
            Assert.True(study is { Protocol: Dataset.Protocol.Fresh, Evaluation.SeparateMisfitSample: false });
        }
    }

    [Fact]
    public void Figure_2a_is_realisable()
    {
        Assert.Equal(RepresentationSource.Truth, Named("2a").Strong.Source);
        Assert.Equal((RepresentationSource.Pretrained, 2), (Named("2a").Weak.Source, Named("2a").Weak.Depth));
    }

    [Fact]
    public void Figure_2c_perturbs_both_the_weak_one_more()
    {
        Assert.Equal((RepresentationSource.Perturbed, 0.05), (Named("2c").Weak.Source, Named("2c").Weak.Noise));
        Assert.Equal((RepresentationSource.Perturbed, 0.01), (Named("2c").Strong.Source, Named("2c").Strong.Noise));
    }

    [Fact]
    public void Figures_3a_and_3b_swap_the_roles()
    {
        Assert.Equal((Named("2b").Weak.Depth, Named("2b").Strong.Depth), (Named("3a").Strong.Depth, Named("3a").Weak.Depth));
        Assert.Equal((RepresentationSource.Perturbed, 0.01), (Named("3b").Weak.Source, Named("3b").Weak.Noise));
        Assert.Equal((RepresentationSource.Perturbed, 0.05), (Named("3b").Strong.Source, Named("3b").Strong.Noise));
    }

    [Fact]
    public void Figure_3c_has_5_pretraining_tasks_of_250_samples()
    {
        Assert.Equal((5, 250), (Named("3c").Pretraining.Tasks, Named("3c").Pretraining.Samples));
        Assert.Equal((2, 8), (Named("3c").Weak.Depth, Named("3c").Strong.Depth));
    }

    [Fact]
    public void The_notebook_reuses_the_weak_models_inputs_and_measures_misfit_apart() =>
        Assert.True(Named("2b", "notebook") is { Protocol: Dataset.Protocol.Own, Evaluation.SeparateMisfitSample: true });

    [Fact]
    public void Names_go_with_and_without_fig_and_count_once() =>
        Assert.Equal(["fig3c", "fig2a"], Panel.Find(["3c", "FIG3C", "2a", "fig3c"]).Select(panel => panel.Name));

    [Fact]
    public void Synthetic_is_all_six() => Assert.Equal(Panel.Names, Panel.Find(["synthetic"]).Select(panel => panel.Name));

    [Fact]
    public void An_unknown_panel_gets_a_suggestion() =>
        Assert.StartsWith("There is no panel fig2x; did you mean fig2a?", Assert.Throws<UserErrorException>(() => Panel.Find(["fig2x"])).Message);

    [Fact]
    public void Each_panels_file_opens_with_its_command_its_cost_and_what_to_expect()
    {
        foreach (var name in Panel.Names)
        {
            var text = File.ReadAllText(Path.Combine(Repository(), "configs", name + ".yaml"));
            Assert.StartsWith($"# Figure {name[3..]} of 2405.15116", text);
            Assert.Contains($"#   command   ./run.sh reproduce {name[3..]}\n", text);
            Assert.Contains("\n#   cost      ", text);
            Assert.Contains("\n#   expect    ", text);
        }
    }

    [Fact]
    public void A_file_of_ones_own_is_a_panel_named_after_it()
    {
        var path = Path.Combine(Directory.CreateTempSubdirectory("w2s").FullName, "wide-heads.yaml");
        File.WriteAllText(path, "representation_width: 32\n");
        var study = Named(path);
        Assert.Equal(("wide-heads", "wide-heads", "", 32), (study.Name, study.Title, study.Expectation, study.RepresentationWidth));
    }

    [Fact]
    public void Seeds_multiply_the_panels_and_overrides_win()
    {
        var studies = StudyConfiguration.Resolve(Panel.Find(["2a", "2b"]), "paper", [ConfigurationLayer.FromOption("--tasks 4", "heads.tasks", "4")], [0, 7]);
        Assert.Equal(["fig2a 0", "fig2a 7", "fig2b 0", "fig2b 7"], studies.Select(study => $"{study.Name} {study.Seed}"));
        Assert.All(studies, study => Assert.Equal(4, study.Heads.Tasks));
    }

    [Fact]
    public void A_mistake_on_the_command_line_is_said_once_for_all_panels() =>
        Assert.Equal("--tasks 0: heads.tasks must be at least 1, not 0.", Assert.Throws<UserErrorException>(() =>
            StudyConfiguration.Resolve(Panel.Find(["synthetic"]), "paper", [ConfigurationLayer.FromOption("--tasks 0", "heads.tasks", "0")], [])).Message);

    private static string Repository()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "W2S.sln"))) folder = folder.Parent!;
        return folder.FullName;
    }
}
