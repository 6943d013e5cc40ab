using W2S.Data;
using W2S.Reporting.Tables;
using W2S.Runs;
using W2S.Training;

namespace W2S.Experiments;

/// <summary>Weak-to-strong on files of features and labels.</summary>
public sealed class ProbeTests : IDisposable
{
    private readonly ProbeFiles _files = new();

    public void Dispose() => _files.Dispose();

    /// <summary>
    /// x₁ and x₂ are ±1, as often together as apart, in train and test alike. The truth 2 + 3 x₁ + x₁x₂/2 is a head on the strong
    /// features (x₁, x₁x₂); the weak feature is x₁ + x₂, whose best head is 2 + 1.5 (x₁ + x₂). Everything follows by hand, and as
    /// the truth is a head on the strong features, gain is misfit.
    /// </summary>
    [Fact]
    public void What_can_be_worked_out_by_hand()
    {
        (int X, int Y)[] rows = [.. Enumerable.Range(0, 64).Select(row => (row % 2 == 0 ? 1 : -1, row % 4 < 2 ? 1 : -1))];
        var weak = _files.Write("weak.csv", rows.Select(row => $"{row.X + row.Y}").Prepend("z"));
        var strong = _files.Write("strong.csv", rows.Select(row => $"{row.X},{row.X * row.Y}").Prepend("x,xy"));
        var labels = _files.Write("labels.csv", rows
            .Select(row => FormattableString.Invariant($"{2 + 3 * row.X + 0.5 * row.X * row.Y}")).Prepend("label"));
        var splits = _files.Write("splits.csv", rows.Select((_, row) => row < 40 ? "train" : "test").Prepend("half"));
        var cell = _files.Probe([weak], strong, labels, $"table.splits={splits}", "heads.solver=exact").Single().Cells.Single();
        const double rounding = 1e-6;
        Assert.Equal(1.5 * 1.5 + 1.5 * 1.5 + 0.5 * 0.5, cell.WeakError!.Value, rounding);
        Assert.Equal(1.5 * 1.5 + 0.5 * 0.5, cell.StudentError!.Value, rounding);
        Assert.Equal(1.5 * 1.5, cell.Misfit!.Value, rounding);
        Assert.Equal(cell.Misfit!.Value, cell.Gain!.Value, rounding);
        Assert.Equal(0, cell.StrongError!.Value, rounding);
    }

    [Fact]
    public void Permuting_rows_with_their_identifiers_changes_nothing()
    {
        var (ids, weak, strong, labels) = ProbeFiles.Draw(300);
        var here = Probe("", Enumerable.Range(0, 300), Enumerable.Range(0, 300), Enumerable.Range(0, 300));
        var there = Probe("moved/", Order("weak"), Order("strong"), Order("labels"));
        Assert.Equal(here.Select(WithoutFiles), there.Select(WithoutFiles));
        Assert.Equal(
            File.ReadLines(_files["run/predictions.csv"]), File.ReadLines(_files["moved/run/predictions.csv"]));

        IReadOnlyList<PanelResult> Probe(string folder, IEnumerable<int> first, IEnumerable<int> second, IEnumerable<int> third)
        {
            Directory.CreateDirectory(_files[folder + "x"]);
            return _files.Probe(
                $"{folder}run", [_files.Write($"{folder}weak.csv", ids, weak, first)],
                    _files.Write($"{folder}strong.csv", ids, strong, second),
                _files.Write($"{folder}labels.csv", ids, [.. labels.Select(label => (double[])[label])], third, "label"), "table.id=id");
        }

        static int[] Order(string stream)
        {
            var order = new int[300];
            new RandomStream(7, stream).Permutation(order);
            return order;
        }

        static string WithoutFiles(PanelResult panel) => Fingerprint.Of(panel.Cells);
    }

    [Theory]
    [InlineData("regression")]
    [InlineData("classes")]
    public void The_scale_of_features_changes_nothing(string task)
    {
        var (ids, weak, strong, labels) = ProbeFiles.Draw(120);
        var file = task == "classes"
            ? _files.Write("labels.csv", labels.Zip(ids, (label, id) => $"{id},{(label > 1 ? "yes" : "no")}").Prepend("id,class"))
            : _files.Write("labels.csv", ids, [.. labels.Select(label => (double[])[label])], column: "label");
        var here = Probe(1);
        foreach (var scale in (double[])[1.0 / (1 << 20), 1 << 20])
            Assert.All(Probe(scale).Zip(here), pair => Assert.Equal(pair.Second, pair.First, 1e-6 * pair.Second));

        IReadOnlyList<double> Probe(double scale)
        {
            string Scaled(string name, double[][] rows) =>
                _files.Write($"{name}-{scale}.csv", ids, [.. rows.Select(row => (double[])[.. row.Select(value => value * scale)])]);
            var cells = _files.Probe([Scaled("weak", weak)], Scaled("strong", strong), file, "table.id=id").Single().Cells;
            return [.. cells.SelectMany(cell => (double[])[cell.WeakError!.Value, cell.StudentError!.Value, cell.StrongError!.Value, cell.Misfit!.Value])];
        }
    }

    [Fact]
    public void Joining_by_identifier_is_joining_by_position()
    {
        var (ids, weak, strong, labels) = ProbeFiles.Draw(200);
        double[][] column = [.. labels.Select(label => (double[])[label])];
        var joined = _files.Probe([_files.Write("weak.csv", ids, weak)], _files.Write("strong.csv", ids, strong),
            _files.Write("labels.csv", ids, column, column: "label"), "table.id=id");
        foreach (var name in (string[])["weak", "strong", "labels"])
            File.WriteAllLines(_files[$"{name}.csv"], File.ReadAllLines(_files[$"{name}.csv"])
                .Select(line => line[(line.IndexOf(',') + 1)..]));
        var placed = _files.Probe([_files["weak.csv"]], _files["strong.csv"], _files["labels.csv"]);
        Assert.Equal(Fingerprint.Of(joined.Select(panel => panel.Cells)), Fingerprint.Of(placed.Select(panel => panel.Cells)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("folds=4")]
    [InlineData("protocol=half")]
    public void The_run_s_own_configuration_and_the_single_stages_give_the_same_bits(string division)
    {
        var (weak, strong, labels) = Write(300);
        string[] settings = [.. division == "" ? [] : new[] { division }];
        var probed = _files.Probe("probe", [weak], strong, labels, settings).Single();

        var again = StudyConfiguration.Resolve(Panel.Find([_files["probe/config.yaml"]]), Panel.DefaultPreset, [],
            []).Run(_files["again"]).Single();
        Assert.Equal(Fingerprint.Of(probed.Cells), Fingerprint.Of(again.Cells));
        Assert.Equal(File.ReadAllText(_files["probe/predictions.csv"]), File.ReadAllText(_files["again/predictions.csv"]));

        var study = ProbeFiles.Studies([weak], strong, labels, settings).Single();
        StageRuns stages = new(_files["stages"], new DataFolders(["."]), 1, new TrainingOptions(), force: false, "w2s", RunServices.Silent);
        var teacher = stages.Train("weak", study, _files["weak"]);
        var student = stages.TrainStudent(teacher.Folder,
            StudyConfiguration.Student(teacher.Folder, _files["stages"],
                [ConfigurationLayer.FromAssignment($"strong.from=features:{strong}")]), _files["student"]);
        var ceiling = stages.Train("strong", study, _files["strong"]);
        var measured = stages.Evaluate(student.Folder, ceiling.Folder, null).Panel;
        Assert.Equal(
            probed.Cells.Select(cell => (cell.WeakError, cell.StudentError, cell.StrongError, cell.Misfit)),
            measured.Cells.Select(cell => (cell.WeakError, cell.StudentError, cell.StrongError, cell.Misfit)));
    }

    /// <summary>Rows that are read by blocks and by two threads, and rows that are held: the same heads.</summary>
    [Theory]
    [InlineData("ridge")]
    [InlineData("exact")]
    public void How_features_are_read_does_not_show(string solver)
    {
        var (weak, strong, labels) = Write(2000);
        var study = ProbeFiles.Studies([weak], strong, labels, $"heads.solver={solver}").Single();
        var table = new Datasets(new DataFolders(["."]), RunServices.Silent).Table(labels, study);
        var data = new SplitTable(table, study);
        var examples = data.Of(Dataset.Part.Student, 0, 1)!;
        var held = new StoredFeatures(strong).Features(examples);
        var fit = new HeadFit("strong", data, 0, held, data.Labels(examples), 1);
        double[][] predictions = [.. new FeatureRows[] { held, new Elsewhere(held) }.SelectMany(rows => new[] { 1, 2 }.Select(threads =>
            HeadSolvers.Create(study, new FusedEngine(1), threads, null, new TrainingOptions(),
                RunServices.Silent).Fit(fit with { Features = rows }).Heads.Outputs(rows).Values))];
        var most = solver == "ridge" ? 0 : 1e-9;
        foreach (var other in predictions.Skip(1))
            foreach (var (one, two) in predictions[0].Zip(other)) Assert.Equal(one, two, most);
    }

    [Fact]
    public void Stopped_while_features_are_read_it_can_be_asked_again()
    {
        var (_, strong, labels) = Write(500);
        var study = ProbeFiles.Studies([strong], strong, labels).Single();
        var data = new SplitTable(new Datasets(new DataFolders(["."]), RunServices.Silent).Table(labels, study), study);
        var examples = data.Of(Dataset.Part.Student, 0, 1)!;
        FeatureRows rows = new Elsewhere(new StoredFeatures(strong).Features(examples));
        var fit = new HeadFit(Stages.Student, data, 0, rows, data.Labels(examples), 1);
        var stop = new StopSignal();
        stop.Set("the test");
        Assert.Throws<StoppedException>(() => new Ridge(1, RunServices.Silent with { Stop = stop }).Fit(fit));
        Assert.NotNull(new Ridge(1, RunServices.Silent).Fit(fit).Heads);
    }

    [Fact]
    public void A_file_that_has_changed_is_another_run()
    {
        var (weak, strong, labels) = Write(100);
        _files.Probe("run", [weak], strong, labels);
        _files.Probe("run", [weak], strong, labels);
        foreach (var file in new[] { labels, weak, strong })
        {
            var lines = File.ReadAllLines(file);
            File.WriteAllLines(file, [.. lines[..^1], lines[^2]]);
            Assert.Contains("--force", Assert.Throws<UserErrorException>(() => _files.Probe("run", [weak], strong, labels)).Message);
            File.WriteAllLines(file, lines);
        }
        Assert.Single(_files.Probe("run", [weak], strong, labels));
    }

    [Fact]
    public void Soft_labels_are_columns_and_the_objective_follows_from_them()
    {
        var (weak, strong, _) = Write(200);
        var labels = _files.Write("soft.csv", Enumerable.Range(0, 200)
            .Select(row => FormattableString.Invariant($"{row % 10 / 10.0},{1 - row % 10 / 10.0}")).Prepend("class:no,class:yes"));
        var panel = _files.Probe([weak], strong, labels).Single();
        Assert.Equal(("cross-entropy", HeadSolver.Newton), (panel.Options.Objective.Name, panel.Options.Heads.Solver));
        Assert.NotNull(panel.Cells[0].Measure("student_test_accuracy"));
        Assert.Contains("truth:no,truth:yes,weak:no",
            File.ReadLines(Directory.GetFiles(_files[""], "predictions.csv", SearchOption.AllDirectories)[0]).First());
    }

    [Fact]
    public void One_split_has_an_interval_over_its_rows_and_several_over_splits()
    {
        var (weak, strong, labels) = Write(300);
        var one = _files.Probe([weak], strong, labels, "random_splits=[3]").Single();
        var several = _files.Probe([weak], strong, labels, "random_splits=[3, 4, 5]").Single();
        foreach (var panel in new[] { one, several })
        {
            var interval = Verdict.IntervalOf(panel)!;
            Assert.InRange(panel.Cells.Average(cell => cell.Gain!.Value), interval.Low, interval.High);
            Assert.True(interval.Low < interval.High);
        }
        Assert.Contains("30 evaluation rows", string.Join(' ', Verdict.Of([one])));
        Assert.Contains("3 splits", string.Join(' ', Verdict.Of([several])));
    }

    private (string Weak, string Strong, string Labels) Write(int rows)
    {
        var (_, weak, strong, labels) = ProbeFiles.Draw(rows);
        return (Features("weak.csv", weak), Features("strong.csv", strong),
            Features("labels.csv", [.. labels.Select(label => (double[])[label])]));

        string Features(string name, double[][] values) => _files.Write(
            name, values.Select(row => string.Join(',',
                row.Select(value => FormattableString.Invariant($"{value:R}")))).Prepend(name == "labels.csv" ? "label"
                    : string.Join(',', values[0].Select((_, place) => $"f{place}"))));
    }

    /// <summary>The same rows, as if they were in a file.</summary>
    private sealed class Elsewhere(TaskSamples samples) : FeatureRows(samples.Tasks, samples.Samples, samples.Width)
    {
        public override bool AreElsewhere => true;
        public override void Read(int cell, int first, Span<float> rows) =>
            samples.Task(cell).Slice(first * Width, rows.Length).CopyTo(rows);
    }
}
