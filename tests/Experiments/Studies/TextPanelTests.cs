using W2S.Runs;

namespace W2S.Experiments;

public class TextPanelTests
{
    public static TheoryData<string> All => [.. Panel.TextNames, Panel.SentenceEncoderPanel];

    [Theory]
    [MemberData(nameof(All))]
    public void Every_panel_opens_with_its_command_cost_and_expectation_and_is_called_after_its_file(string name)
    {
        var text = ConfigurationLayer.ShippedText($"{name}.yaml")!;
        foreach (var part in new[] { $"./run.sh reproduce {name}", "cost ", "expect " }) Assert.Contains(part, text);
        Assert.Equal(name, Resolve(name).Name);
    }

    [Fact]
    public void The_group_needs_no_file_but_the_texts_and_the_encoders_that_the_project_brings_along()
    {
        var studies = StudyConfiguration.Resolve(Panel.Find([Panel.TextGroup]), "paper", [], []);
        Assert.Equal(Panel.TextNames, studies.Select(study => study.Name));
        Assert.All(studies.SelectMany(study => study.Weak.From.Concat(study.Strong.From)), reference =>
            Assert.True(BagOfWords.IsOne(reference) || File.Exists(Path.Combine(RepositoryData.Root, reference, "model.safetensors")), reference));
    }

    [Fact]
    public void The_encoders_layers_are_told_apart_by_their_names()
    {
        var study = Resolve(Panel.SentenceEncoderPanel);
        Assert.Equal("minilm-layer6-mean", SavedRepresentations.NameOf(study.Strong.From[0]));
        Assert.Equal(study.Weak.From.Count, study.Weak.From.Select(SavedRepresentations.NameOf).Distinct().Count());
    }

    private static Study Resolve(string name) => Assert.Single(StudyConfiguration.Resolve(Panel.Find([name]), "paper", [], []));
}
