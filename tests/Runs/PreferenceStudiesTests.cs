using W2S.Data;
using W2S.Experiments;
using W2S.Models;
using W2S.Training;
using W2S.Training.Objectives;

namespace W2S.Runs;

/// <summary>Preferences between two texts through the one pipeline: a score of each, and the sigmoid of their difference.</summary>
public sealed class PreferenceStudiesTests : IDisposable
{
    private static readonly string[] Words = ["good", "fine", "kind", "bad", "dull", "rude", "tree", "moon"];

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    public static TheoryData<string> Objectives =>
        [.. ObjectiveKind.All.Where(kind => kind.Create(null).Link == Link.Softmax).Select(kind => kind.Name)];

    [Fact]
    public void The_kinder_text_is_preferred()
    {
        var cells = Run(Study("heads.solver=newton", "classes.smoothing=0.05")).Cells;
        Assert.InRange(cells.Average(cell => cell.Measure("strong_test_accuracy")!.Value), 0.75, 1);
        Assert.InRange(cells.Average(cell => cell.Measure("student_test_accuracy")!.Value), 0.6, 1);
    }

    [Theory]
    [MemberData(nameof(Objectives))]
    public void Whichever_text_stands_first_the_same_one_is_preferred(string objective)
    {
        var study = Study($"objective.name={objective}", "classes.smoothing=0.1", "heads.optimiser.epochs=5", "heads.solver=adamw");
        var run = new StageRuns(_folder.Path, new DataFolders(["."]), 1, new TrainingOptions(), force: false, "test", RunServices.Silent)
            .Train("weak", study, _folder["weak"]);
        var heads = HeadFile.Read(run.Folder, Stages.Weak, study.HasHeadBias).Slice(0, 1);
        var table = study.Table.Texts(_folder["preferences.csv"], null).Load();
        var features = Features(study, table);
        var swapped = Features(study, table with { Texts = table.Seconds!, Seconds = table.Texts, Digest = "swapped" });
        var (one, other) = (Probabilities(features), Probabilities(swapped));
        Assert.Contains(one, probability => Math.Abs(probability - 0.5) > 0.02);
        foreach (var (first, second) in one.Zip(other)) Assert.Equal(1, first + second, 1e-6);

        double[] Probabilities(TaskSamples samples)
        {
            var (outputs, prediction) = (heads.Outputs(samples), new double[2]);
            return [.. outputs.Values.Chunk(outputs.Outputs).Select(logits =>
            {
                study.Objective.Create().Predict(logits, prediction);
                return prediction[0];
            })];
        }
    }

    [Fact]
    public void Texts_stand_in_an_order_by_chance_that_is_theirs_and_not_that_of_the_rows()
    {
        var study = Study();
        var table = study.Table.Texts(_folder["preferences.csv"], null).Load();
        Assert.InRange(table.Labels.Average(), 0.35, 0.65);
        Assert.All(Enumerable.Range(0, table.Texts.Count), row => Assert.Equal(
            table.Labels[row] == 0 ? Row(row) : (Row(row).Rejected, Row(row).Chosen), (table.Texts[row], table.Seconds![row])));
        var lines = File.ReadAllLines(_folder["preferences.csv"]);
        File.WriteAllLines(_folder["reversed.csv"], [lines[0], .. lines[1..].Reverse()]);
        var reversed = study.Table.Texts(_folder["reversed.csv"], null).Load();
        Assert.Equal(table.Texts.Reverse(), reversed.Texts);
    }

    [Theory]
    [InlineData("table.rejected_column=", "name the column of those that were chosen and that of those that were not")]
    [InlineData("table.rejected_column=wors", "no column 'wors'; did you mean 'worse'?")]
    [InlineData("table.columns=worse", "what was chosen is their label")]
    [InlineData("objective.name=squared", "is a class: take --objective cross-entropy")]
    [InlineData("heads.solver=ridge", "newton for cross-entropy")]
    public void What_cannot_be_is_refused_with_a_remedy(string assignment, string message) =>
        Assert.Contains(message, Assert.Throws<UserErrorException>(() => Run(Study(assignment))).Message);

    [Fact]
    public void Too_few_preferences_for_a_split_are_refused()
    {
        File.WriteAllLines(_folder["few.csv"], ["better,worse", "good,bad"]);
        var few = Study().Table.Texts(_folder["few.csv"], null);
        Assert.Contains("has 1 row, and a split", Assert.Throws<UserErrorException>(() => few.Load()).Message);
    }

    private static TaskSamples Features(Study study, TextData table) =>
        SavedRepresentations.Load(study.Weak, study, 1, new FeatureCache(null), RunServices.Silent)
            .Features(new Examples.OfTable(0, table, [[.. Enumerable.Range(0, 40)]]));

    private Study Study(params string[] assignments)
    {
        var file = _folder["preferences.csv"];
        if (!File.Exists(file))
            File.WriteAllLines(file, ["better,worse", .. Enumerable.Range(0, 300).Select(row => $"{Row(row).Chosen},{Row(row).Rejected}")]);
        string[] all =
        [
            $"data={file}", "table.chosen_column=better", "table.rejected_column=worse", "objective.name=cross-entropy",
            "heads.standardise=false", "heads.solver=adamw", "weak.from=bag:32", "strong.from=bag:128", .. assignments,
        ];
        return StudyConfiguration.Resolve([new Panel("mine", [.. all.Select(ConfigurationLayer.FromAssignment)])], "paper", [], []).Single();
    }

    /// <summary>Two texts of seven words, of which the one with more kind words than unkind ones was chosen.</summary>
    private static (string Chosen, string Rejected) Row(int row)
    {
        var random = new RandomStream(0, "preferences", row);
        while (true)
        {
            var (one, other) = (Text(), Text());
            if (Kindness(one) != Kindness(other)) return Kindness(one) > Kindness(other) ? (one, other) : (other, one);
        }

        string Text() => string.Join(' ', Enumerable.Range(0, 7).Select(_ => Words[random.NextInt(Words.Length)]));
        static int Kindness(string text) => text.Split(' ').Sum(word => Array.IndexOf(Words, word) switch { < 3 => 1, < 6 => -1, _ => 0 });
    }

    private PanelResult Run(Study study) => new Studies(new DataFolders(["."]), 1, new TrainingOptions(), "test")
        .Run([study], _folder["run"], force: false, RunServices.Silent).Panels.Single();
}
