using W2S.Experiments;
using W2S.Runs;

namespace W2S.Reporting.Tables;

public class ModelTableTests
{
    [Fact]
    public void Parts_show_means_over_splits_and_a_dash_where_a_model_was_fitted()
    {
        var rows = ModelTable.OfParts(FakeStudies.Table("esol", 8)).Rows;
        Assert.Equal(["weak-8", "weak", "valid", "4.000", "2.000", "1.000", "0.500"], rows[0]);
        Assert.Equal(["weak-8", "student", "valid", "–", "–", "–", "–"], rows[2]);
    }

    [Fact]
    public void Classes_have_their_own_measures_and_the_share_of_the_gap_that_the_student_recovers()
    {
        // Accuracies of two splits: 0.6 → 0.7 of 0.8, and a ceiling that is none.
        var panel = Classes((0.6, 0.7, 0.8), (0.6, 0.7, 0.5));
        var table = ModelTable.OfParts([panel]);
        Assert.Equal(
            ["weak model", "model", "part", "accuracy", "cross-entropy", "Brier", "ECE", "AUROC", "agreement", "PGR"], table.Headers);
        Assert.Equal(["weak-8", "student", "test", "0.700", "–", "–", "0.050", "–", "0.900", "50% (1)"], Row("student", "test"));
        Assert.Equal(["weak-8", "weak", "test", "0.600", "–", "–", "–", "–", "–", "–"], Row("weak", "test"));
        Assert.Equal("–", Row("student", "valid")[^2]); // agreement is counted on the test part

        var run = new Result(Stages.Student, [panel]);
        Assert.Equal(["split", "part", "rows", "accuracy", "cross-entropy", "Brier", "ECE", "AUROC"], StageTables.Errors(run).Headers);
        var page = FakeStudies.Page([panel], new ReportContext("w2s"));
        Assert.Contains("accuracy, cross-entropy, Brier, ECE and AUROC on the valid and the test part", page);
        Assert.Contains("50% (1)", page);

        IReadOnlyList<string> Row(string model, string part) => table.Rows.Single(row => row[1] == model && row[2] == part);
    }

    [Fact]
    public void Tasks_with_classes_have_a_row_for_each_model_and_tasks_without_none()
    {
        Assert.Null(ModelTable.OfTasks(FakeStudies.Synthetic(5)));
        using var folder = new TemporaryFolder();
        var panels = SmallStudies.Of("kl2c", [0, 1], "heads.tasks=3").Run(folder["run"]);
        var table = ModelTable.OfTasks(panels)!;
        Assert.Equal(["kl2c", "0", "weak"], table.Rows[0].Take(3));
        Assert.Equal(6, table.Rows.Count);
        Assert.All(table.Rows, row => Assert.Equal(table.Headers.Count, row.Count));
        Assert.All(table.Rows, row => Assert.DoesNotContain(NumberText.Nothing, row.Skip(3).Take(5)));
        Assert.Equal(NumberText.Ratio(panels[0].Cells.Average(cell => cell.Measure("student_accuracy"))), table.Rows[1][3]);
    }

    private static PanelResult Classes(params (double Weak, double Student, double Ceiling)[] accuracies)
    {
        var panel = FakeStudies.Table("esol", 8).Single();
        var cells = accuracies.Select((accuracy, split) => new CellResult(split, 0.5, 0.4, 0.3, 0.1, new()
        {
            ["weak_test_accuracy"] = accuracy.Weak, ["student_test_accuracy"] = accuracy.Student,
            ["strong_test_accuracy"] = accuracy.Ceiling,
            ["student_test_ece"] = 0.05, ["agreement"] = 0.9,
        }));
        var objective = new ObjectiveOptions { Name = "cross-entropy" };
        return panel with { Options = panel.Options with { Objective = objective }, Cells = [.. cells] };
    }
}
