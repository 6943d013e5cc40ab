using W2S.Data;
using W2S.Runs;
using W2S.Training;
using W2S.Training.Objectives;

namespace W2S.Experiments;

/// <summary>Tables whose labels are classes.</summary>
public sealed class TableClassesTests : IDisposable
{
    private const int Rows = 600;
    private static readonly string[] Names = ["ant", "bee", "cat"];
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    /// <summary>The law of cross-entropy, on the rows that the student was fitted on: see <see cref="CrossEntropy"/>.</summary>
    [Fact]
    public void Where_the_truth_is_a_head_on_the_strong_features_gain_is_misfit_and_the_ceiling_exact()
    {
        WriteSoft();
        var study = Study("objective.name=cross-entropy", "heads.solver=newton");
        var (data, weak, strong) = (new SplitTable(FeatureTable.Read(_folder["mine.csv"]), study), new StoredFeatures(_folder["weak.csv"]), new StoredFeatures(_folder["strong.csv"]));
        var solver = new Newton(study.Heads, 1, RunServices.Silent.Log);
        var outcome = new Comparison(study, data, weak, strong, solver, RunServices.Silent).Run(Stages.All);
        Assert.All(outcome.Cells, cell => Assert.InRange(cell.StrongError!.Value, -1e-12, 1e-9));
        Assert.All(outcome.Cells, cell => Assert.Equal(1, cell.Measure("strong_test_accuracy")));

        var (examples, objective) = (data.Of(Dataset.Part.Student, 0, 3)!, new CrossEntropy());
        var (truth, teacher, student) = (data.Truth(examples), Predicted(Stages.Weak, weak), Predicted(Stages.Student, strong));
        var (before, after, misfit) = (Errors.Of(objective.Error, teacher, truth), Errors.Of(objective.Error, student, truth), Errors.Of(objective.Misfit, student, teacher));
        for (var split = 0; split < 3; split++)
        {
            Assert.InRange(misfit[split], 0.01, 1);
            Assert.Equal(misfit[split], before[split] - after[split], 1e-5);
        }

        Targets Predicted(string stage, StoredFeatures features) =>
            objective.Predict(outcome.Fits.Single(fit => fit.Stage == stage).Solved.Heads.Outputs(features.Features(examples)), data.LabelWidth);
    }

    /// <summary>A model must not learn where the rows lie that it is measured on.</summary>
    [Theory]
    [InlineData(2, "0 0 0 1 1 1 1 1 1 1", "0 0 0 0 0 0 0 1 1 1")]
    [InlineData(3, "0 0 1 1 2 2 2 2 2 2", "0 0 0 0 0 0 1 1 2 2")]
    public void Numbers_are_cut_into_classes_at_the_quantiles_of_the_train_part(int count, string first, string second)
    {
        var splits = new Dictionary<int, TableSplit>
        {
            [0] = new(0, [0, 1, 2, 3, 4, 5], [6, 7], [8, 9]),
            [1] = new(1, [4, 5, 6, 7, 8, 9], [2, 3], [0, 1]),
        };
        var table = new TextData("ten", "Ten", "", [.. Enumerable.Repeat("text", 10)], [.. Enumerable.Range(0, 10)], splits)
        {
            Digest = "",
        };
        var study = new Study { Objective = new() { Name = "brier" }, Classes = new() { FromNumbers = count } };
        var data = new SplitTable(table, study);
        Assert.Equal([first, second], [ClassesOf(0), ClassesOf(1)]);

        string ClassesOf(int split)
        {
            var classes = new int[10];
            foreach (var part in new[] { Dataset.Part.Weak, Dataset.Part.Valid, Dataset.Part.Evaluation })
            {
                var rows = data.Of(part, split, 1)!;
                foreach (var (row, label) in rows.Rows[0].Zip(data.Truth(rows).Values.Chunk(count)))
                    classes[row] = Array.IndexOf(label, 1.0);
            }
            return string.Join(' ', classes);
        }
    }

    [Fact]
    public void Smoothing_takes_its_share_of_the_true_class_and_gives_it_to_all_alike()
    {
        var splits = new Dictionary<int, TableSplit> { [0] = new(0, [0, 1], [2], [2]) };
        var table = new TextData("two", "Two", "", ["a", "b", "c"], [0, 1, 1], splits) { Digest = "" };
        var data = new SplitTable(table, new Study { Objective = new() { Name = "brier" }, Classes = new() { FromNumbers = 2, Smoothing = 0.1 } });
        foreach (var (expected, found) in new[] { 0.95, 0.05, 0.05, 0.95 }.Zip(data.Truth(data.Of(Dataset.Part.Weak, 0, 1)!).Values))
            Assert.Equal(expected, found, 1e-12);
    }

    [Fact]
    public void Every_run_says_how_often_its_models_are_right()
    {
        WriteHard();
        Run("objective.name=cross-entropy", "heads.solver=newton", "classes.smoothing=0.02");
        var header = File.ReadLines(_folder["run/rows.csv"]).First().Split(',');
        Assert.Empty(new[] { "weak_test_accuracy", "student_valid_ece", "strong_test_cross_entropy", "student_test_auroc", "agreement" }.Except(header));
        Assert.All(File.ReadLines(_folder["run/rows.csv"]).Skip(1), row => Assert.DoesNotContain(",,,", row));
    }

    /// <summary>On one feature that is 0 or 1 a softmax head with a bias can say anything, and its optimum is the share of each class among the rows of either kind.</summary>
    [Theory]
    [InlineData("folds=5")]
    [InlineData("random_splits=[4, 11]")]
    public void Newton_on_a_feature_of_two_values_finds_the_shares_of_the_classes(string division)
    {
        const double smoothing = 0.1;
        var random = new RandomStream(3, "kinds");
        var kinds = Enumerable.Range(0, Rows).Select(_ => random.NextInt(2)).ToArray();
        var classes = kinds.Select(kind => kind == 0 ? random.NextInt(3) : Math.Min(2, random.NextInt(6))).ToArray();
        File.WriteAllLines(_folder["mine.csv"], classes.Select(label => Names[label]).Prepend("class"));
        foreach (var name in new[] { "weak", "strong" }) File.WriteAllLines(_folder[$"{name}.csv"], kinds.Select(kind => $"{kind}").Prepend("kind"));
        var study = Study("objective.name=cross-entropy", "heads.solver=newton", $"classes.smoothing={smoothing}", division);
        var cells = new[] { study }.Run(_folder["run"]).Single().Cells;

        foreach (var (split, cell) in SplitTable.Divided(FeatureTable.Read(_folder["mine.csv"]), study).Zip(cells))
        {
            double divergence = 0, crossEntropy = 0;
            foreach (var row in split.Test)
                for (var label = 0; label < 3; label++)
                {
                    var alike = split.Train.Where(other => kinds[other] == kinds[row]).ToList();
                    var (share, truth) = (alike.Average(other => Smooth(other, label)), Smooth(row, label));
                    divergence += share * Math.Log(share / truth) / split.Test.Count;
                    crossEntropy -= truth * Math.Log(share) / split.Test.Count;
                }
            Assert.Equal(divergence, cell.WeakError!.Value, 1e-5);
            Assert.Equal(crossEntropy, cell.Measure("weak_test_cross_entropy")!.Value, 1e-5);
            Assert.InRange(cell.Misfit!.Value, -1e-9, 1e-9);
        }

        double Smooth(int row, int label) => (1 - smoothing) * (classes[row] == label ? 1 : 0) + smoothing / 3;
    }

    [Fact]
    public void Gradient_descent_fits_hard_classes_as_they_are()
    {
        WriteHard();
        var cells = Run("objective.name=brier", "heads.solver=adamw", "heads.standardise=false", "heads.optimiser.learning_rate=0.01").Cells;
        Assert.All(cells, cell => Assert.InRange(cell.Measure("strong_test_accuracy")!.Value, 0.9, 1));
        Assert.All(cells, cell => Assert.True(cell.StrongError < cell.WeakError, $"{cell}"));
    }

    [Fact]
    public void A_table_of_two_classes_may_call_them_by_numbers_and_noise_may_swap_them()
    {
        File.WriteAllLines(_folder["mine.csv"], Enumerable.Range(0, 20).Select(row => row % 2 == 0 ? "10" : "9").Prepend("class"));
        var table = FeatureTable.Read(_folder["mine.csv"]);
        Assert.Equal(["9", "10"], table.Classes!.Names);
        Assert.Equal([1, 0, 1, 0], table.Labels.Take(4));
        Assert.NotNull(new SplitTable(table, Study("objective.name=brier", "heads.solver=adamw", "heads.standardise=false", "label_noise.share=0.1", "label_noise.alpha=-1")));
    }

    [Theory]
    [InlineData("label\n1\n2", "call the column class", "objective.name=brier")]
    [InlineData("class\na\nb", "take --objective cross-entropy, brier", "objective.name=squared", "heads.solver=ridge")]
    [InlineData("class\na\nb", "errors by cross-entropy are infinite: set classes.smoothing", "objective.name=cross-entropy")]
    [InlineData("class\na\n ", "line 3: the class is empty", "objective.name=brier")]
    [InlineData("class\na\na", "1 class, and there is nothing to tell apart", "objective.name=brier")]
    [InlineData("label,class\n1,a\n2,b", "keep what is to be learned", "objective.name=brier")]
    [InlineData("class,class:a\na,1\nb,0", "keep the one or the others", "objective.name=brier")]
    [InlineData("class:a,class:b\n0.5,0.5\n0.5,0.4", "line 3: the probabilities of the classes sum to 0.9, not to 1", "objective.name=brier")]
    [InlineData("class:a,class:b\n0.5,0.5\nnan,0.4", "line 3: 'nan' is no probability of the class a", "objective.name=brier")]
    [InlineData("class:a,class:b\n1,0\n1.2,-0.2", "line 3: '1.2' is no probability of the class a", "objective.name=brier")]
    [InlineData("class\na\nb", "alpha is at least", "objective.name=brier", "label_noise.share=0.5", "label_noise.alpha=-1", "THIRD")]
    [InlineData("class\na\nb", "no row of the train part is of the class rare", "objective.name=brier", "RARE")]
    public void What_cannot_be_is_refused_with_its_place(string rows, string message, params string[] settings)
    {
        string[] lines = rows.Split('\n');
        var more = settings.Contains("THIRD") ? ["c"] : Array.Empty<string>();
        File.WriteAllLines(_folder["mine.csv"], [.. lines, .. Enumerable.Repeat(lines[1..], 10).SelectMany(line => line), .. more, .. more, .. more, .. more, .. more]);
        if (settings.Contains("RARE"))
        {
            var test = FeatureTable.Read(_folder["mine.csv"]).Splits[0].Test;
            File.WriteAllLines(_folder["mine.csv"], File.ReadAllLines(_folder["mine.csv"]).Select((line, index) => test.Contains(index - 1) ? "rare" : line));
        }
        var error = Assert.Throws<UserErrorException>(() =>
        {
            var study = Study(["heads.solver=adamw", "heads.standardise=false", "random_splits=[0]", .. settings.Where(setting => setting.Contains('='))]);
            return new SplitTable(FeatureTable.Read(_folder["mine.csv"]), study);
        });
        Assert.Contains(message, error.Message);
    }

    private PanelResult Run(params string[] settings) => Assert.Single(new[] { Study(settings) }.Run(_folder["run"]));

    private Study Study(params string[] settings) =>
        SmallTables.Study([$"data={_folder["mine.csv"]}", $"weak.from=features:{_folder["weak.csv"]}", $"strong.from=features:{_folder["strong.csv"]}", .. settings]);

    private void WriteSoft() => Write(logits =>
    {
        var greatest = logits.Max();
        double[] weights = [.. logits.Select(logit => Math.Exp(logit - greatest))];
        return string.Join(',', weights.Select(weight => $"{weight / weights.Sum():R}"));
    }, "class:ant,class:bee,class:cat");

    private void WriteHard() => Write(logits => Names[Array.IndexOf(logits, logits.Max())], "class");

    /// <summary>Logits that are linear in four normal features. The weak representation is two that are not, so its mistakes cannot be learned.</summary>
    private void Write(Func<double[], string> label, string header)
    {
        var random = new RandomStream(1, "examples");
        var weights = Enumerable.Range(0, 12).Select(_ => 1.5 * random.NextNormal()).ToArray();
        var features = Enumerable.Range(0, Rows).Select(_ => Enumerable.Range(0, 4).Select(_ => (double)(float)random.NextNormal()).ToArray()).ToArray();
        File.WriteAllLines(_folder["mine.csv"], features.Select(row => label([.. Enumerable.Range(0, 3).Select(target => row.Select((feature, unit) => feature * weights[target * 4 + unit]).Sum())])).Prepend(header));
        File.WriteAllLines(_folder["weak.csv"], features.Select(row => $"{row[0] + row[1] * row[1] / 2:R},{row[2] + Math.Abs(row[3]):R}").Prepend("a,b"));
        File.WriteAllLines(_folder["strong.csv"], features.Select(row => string.Join(',', row.Select(feature => $"{feature:R}"))).Prepend("a,b,c,d"));
    }
}
