using W2S.Data;
using W2S.Runs;

namespace W2S.Experiments;

/// <summary>The comparison on a table of molecules, with representations that count letters.</summary>
public class TableStudyTests
{
    [Fact]
    public void Every_split_is_a_cell_and_what_it_measures_hangs_together()
    {
        var cells = SmallTables.Run(SmallTables.Study(), SmallTables.Molecules);
        Assert.Equal([122, 123, 124], cells.Select(cell => cell.Cell));
        foreach (var cell in cells)
        {
            Assert.Equal(cell.WeakError - cell.StudentError, cell.Gain);
            Assert.Equal(cell.WeakError - cell.Misfit, cell.WeakMinusMisfit);
            Assert.Equal((cell.WeakError, cell.StudentError, cell.StrongError), (cell.Measure("weak_test_mse"), cell.Measure("student_test_mse"), cell.Measure("strong_test_mse")));
            Assert.True(cell.StrongError < cell.StudentError && cell.StrongError < cell.WeakError, $"{cell}");
            Assert.Equal(cell.Gain / (cell.WeakError - cell.StrongError), cell.GapRecovered);
        }
    }

    [Fact]
    public void A_student_with_the_weak_models_own_features_repeats_it()
    {
        var (weak, strong) = (new LetterCounts("one", SmallTables.Strong), new LetterCounts("other", SmallTables.Strong));
        foreach (var cell in SmallTables.Run(SmallTables.Study(), SmallTables.Molecules, weak, strong).Cells)
        {
            Assert.InRange(cell.Misfit!.Value, 0, 1e-3 * cell.WeakError!.Value);
            Assert.InRange(Math.Abs(cell.Gain!.Value), 0, 0.02 * cell.WeakError.Value);
            Assert.Equal(cell.StrongError!.Value, cell.WeakError.Value, 1e-9);
        }
    }

    [Fact]
    public void One_representation_for_both_has_its_name_in_both_places()
    {
        var both = new LetterCounts("both", SmallTables.Strong);
        var panel = SmallTables.Run(SmallTables.Study(), SmallTables.Molecules, both, both);
        Assert.Equal(("both", "both"), (panel.Weak, panel.Strong));
    }

    [Theory]
    [InlineData("train")]
    [InlineData("valid")]
    [InlineData("half")]
    public void The_labels_on_which_it_is_measured_reach_no_head(string protocol)
    {
        var study = SmallTables.Study($"protocol={protocol}", "splits=[122]");
        var (before, after) = (SmallTables.Run(study, SmallTables.Molecules).Single(), SmallTables.Run(study, Relabelled(SmallTables.Molecules.Splits[122].Test)).Single());
        Assert.Equal(before.Misfit, after.Misfit);
        Assert.NotEqual(before.WeakError, after.WeakError);
    }

    [Fact]
    public void On_the_valid_part_the_student_sees_weak_labels_alone_and_the_ceiling_true_ones()
    {
        var study = SmallTables.Study("protocol=valid", "splits=[123]");
        var (before, after) = (SmallTables.Run(study, SmallTables.Molecules).Single(), SmallTables.Run(study, Relabelled(SmallTables.Molecules.Splits[123].Valid)).Single());
        Assert.Equal((before.WeakError, before.StudentError, before.Misfit), (after.WeakError, after.StudentError, after.Misfit));
        Assert.NotEqual(before.StrongError, after.StrongError);
        Assert.NotNull(before.Measure("weak_valid_mse"));
        Assert.Null(before.Measure("student_valid_mse"));
        Assert.Null(before.Measure("strong_valid_mse"));
    }

    [Fact]
    public void Which_row_an_example_has_does_not_matter()
    {
        var data = SmallTables.Molecules;
        var order = new int[data.Count];
        new RandomStream(4, "rows").Permutation(order);
        var place = new int[order.Length];
        for (var row = 0; row < order.Length; row++) place[order[row]] = row;
        var moved = data with
        {
            Smiles = [.. order.Select(row => data.Smiles[row])],
            Labels = [.. order.Select(row => data.Labels[row])],
            Splits = data.Splits.ToDictionary(split => split.Key, split => new TableSplit(split.Key, Moved(split.Value.Train), Moved(split.Value.Valid), Moved(split.Value.Test))),
        };
        foreach (var (here, there) in SmallTables.Run(SmallTables.Study(), data).Zip(SmallTables.Run(SmallTables.Study(), moved)))
        {
            Assert.Equal(here.WeakError!.Value, there.WeakError!.Value, 1e-9);
            Assert.Equal(here.StudentError!.Value, there.StudentError!.Value, 1e-9);
            Assert.Equal(here.Misfit!.Value, there.Misfit!.Value, 1e-9);
        }

        int[] Moved(IReadOnlyList<int> rows) => [.. rows.Select(row => place[row]).Order()];
    }

    [Fact]
    public void Measured_on_the_valid_part_the_test_part_does_not_count()
    {
        var cell = SmallTables.Run(SmallTables.Study("evaluation.part=valid"), SmallTables.Molecules)[0];
        Assert.Equal((cell.Measure("weak_valid_mse"), cell.Measure("student_valid_mse")), (cell.WeakError, cell.StudentError));
        Assert.NotEqual(cell.Measure("weak_test_mse"), cell.WeakError);
    }

    [Fact]
    public void Gradient_descent_comes_near_to_the_closed_form()
    {
        var exact = SmallTables.Run(SmallTables.Study(), SmallTables.Molecules);
        var descended = SmallTables.Run(SmallTables.Study("heads.solver=adamw", "heads.optimiser.epochs=60", "heads.optimiser.learning_rate=3e-3", "heads.optimiser.weight_decay=0"), SmallTables.Molecules);
        foreach (var (one, other) in exact.Zip(descended))
        {
            Assert.InRange(other.WeakError!.Value / one.WeakError!.Value, 0.9, 1.1);
            Assert.InRange(other.StudentError!.Value / one.StudentError!.Value, 0.9, 1.1);
        }
    }

    [Theory]
    [InlineData(Dataset.Protocol.Train, 800, 800)]
    [InlineData(Dataset.Protocol.Valid, 800, 100)]
    [InlineData(Dataset.Protocol.Half, 400, 400)]
    public void A_protocol_says_who_is_fitted_on_which_rows(Dataset.Protocol protocol, int weak, int student)
    {
        var split = SmallTables.Molecules.Splits[122];
        var parts = SplitTable.RowsOf(split, protocol);
        Assert.Equal((weak, student), (parts.Weak.Count, parts.Student.Count));
        Assert.Subset(split.Train.ToHashSet(), parts.Weak.ToHashSet());
        Assert.Empty(parts.Student.Intersect(split.Test));
        if (protocol != Dataset.Protocol.Train) Assert.Empty(parts.Student.Intersect(parts.Weak));
        Assert.Equal(parts.Weak, SplitTable.RowsOf(split, protocol).Weak);
    }

    [SkippableFact]
    public void Real_molecules_in_their_published_splits()
    {
        var data = RepositoryData.Load("esol");
        var cells = SmallTables.Run(SmallTables.Study("data=esol"), data);
        Assert.Equal(3, cells.Count);
        // Counts of letters say much of solubility: label variance is 4.39, and 3.7 to 4.5 on the test parts.
        Assert.All(cells, cell => Assert.InRange(cell.StrongError!.Value, 0.5, 2));
        Assert.All(cells, cell => Assert.InRange(cell.WeakError!.Value, 1.1 * cell.StrongError!.Value, 5));
    }

    [Fact]
    public void A_table_of_ones_own_with_features_from_files()
    {
        using var folder = new TemporaryFolder();
        var examples = HeadExamples.Draw(200, 6, noise: 0.1);
        File.WriteAllLines(folder["mine.csv"], examples.Labels.Select(label => $"{label:R}").Prepend("label"));
        foreach (var (name, width) in new[] { ("weak", 2), ("strong", 6) })
            File.WriteAllLines(folder[$"{name}.csv"], Enumerable.Range(0, 200).Select(row => string.Join(',', Enumerable.Range(0, width).Select(unit => $"{examples.Features[row * 6 + unit]:R}"))).Prepend(string.Join(',', Enumerable.Range(0, width).Select(unit => $"f{unit}"))));
        var study = SmallTables.Study($"data={folder["mine.csv"]}", $"weak.from=features:{folder["weak.csv"]}", $"strong.from=features:{folder["strong.csv"]}");
        var panel = Assert.Single(new[] { study }.Run(folder["run"]));
        Assert.Equal(("mine", "weak", "strong", 3), (panel.DataTitle, panel.Weak, panel.Strong, panel.Cells.Count));
        Assert.All(panel.Cells, cell => Assert.True(cell.StrongError < 0.02 && cell.StrongError < cell.WeakError, $"{cell}"));

        File.AppendAllText(folder["weak.csv"], "1,2\n");
        Assert.Contains("201 rows and mine 200", Assert.Throws<UserErrorException>(() => new[] { study }.Run(folder["again"])).Message);
        File.AppendAllText(folder["weak.csv"], "1,nan\n");
        Assert.Contains("weak.csv, row 201, column 1 ('f1') (from 0): NaN is no finite number", Assert.Throws<UserErrorException>(() => new[] { study }.Run(folder["third"])).Message);
    }

    /// <summary>With one more on the labels of some rows.</summary>
    private static MoleculeData Relabelled(IReadOnlyList<int> rows)
    {
        var (table, changed) = (SmallTables.Molecules, rows.ToHashSet());
        return table with { Labels = [.. table.Labels.Select((label, row) => changed.Contains(row) ? label + 1 + row % 3 : label)] };
    }
}
