using Part = W2S.Experiments.Dataset.Part;

namespace W2S.Papers;

/// <summary>
/// Both sides of three inequalities between what separates a student's quality from its teacher's and how far the two are from
/// each other, ours after 2502.01458, on fresh samples. Each holds for any three models on any sample.
/// </summary>
internal sealed class Bounds() : Experiment(
    "bounds", "How far a student can be from its teacher's error",
    "A student's error lies within a distance of its teacher's that is a function of how far their predictions are apart (after "
    + "2502.01458, whose own statements could not be had: these inequalities and their constants are ours).")
{
    /// <summary>
    /// The least probability of every class, after 2502.11107's floor γ = 1e-3: without one the second bound is infinite.
    /// </summary>
    private const double Floor = 1e-3;

    private static readonly (string Key, string Gap, string Bound)[] Inequalities =
    [
        ("accuracy", "|accuracy of weak − student|", "rate of disagreement"),
        ("kl", "|KL(truth‖weak) − KL(truth‖student)|", "√(2 KL(weak‖student)) / γ"),
        ("l1", "|L1(weak, truth) − L1(student, truth)|", "2 √(1 − exp(−KL(weak‖student)))"),
    ];

    public override IEnumerable<Row> Measure(IReadOnlyList<Study> studies, Func<Study, Bench> open)
    {
        var bench = open(studies.Single());
        var (study, weak) = (bench.Study, bench.Weak());
        var student = bench.Student(bench.WeakLabels(weak));
        Targets truth = bench.Truth(Part.Evaluation), teacher = Floored(weak.On(Part.Evaluation)),
            pupil = Floored(student.On(Part.Evaluation));
        double[] between = Errors.Of(KullbackLeibler.Divergence, teacher, pupil);
        double[] ofTeacher = Errors.Of(KullbackLeibler.Divergence, truth, teacher),
            ofPupil = Errors.Of(KullbackLeibler.Divergence, truth, pupil);
        double[] teacherDistance = Errors.Of(Distance, teacher, truth), pupilDistance = Errors.Of(Distance, pupil, truth);
        for (var cell = 0; cell < bench.Cells.Count; cell++)
        {
            var (first, second) = (Metrics(teacher, cell), Metrics(pupil, cell));
            yield return new Row()
                .With("weak", bench.Representation(Stages.Weak).Name).With("strong", bench.Representation(Stages.Strong).Name)
                .With("samples", study.Heads.Samples).With("seed", study.Seed).With("task", bench.Cells[cell])
                .With("weak_accuracy", first.Accuracy).With("student_accuracy", second.Accuracy)
                .With("accuracy_gap", Math.Abs(first.Accuracy - second.Accuracy))
                .With("accuracy_bound", 1 - ClassMetrics.Agreement(teacher.Cell(cell), pupil.Cell(cell), bench.Classes))
                .With("kl_gap", Math.Abs(ofTeacher[cell] - ofPupil[cell])).With("kl_bound", Math.Sqrt(2 * between[cell]) / Floor)
                .With("l1_gap", Math.Abs(teacherDistance[cell] - pupilDistance[cell]))
                    .With("l1_bound", 2 * Math.Sqrt(1 - Math.Exp(-between[cell])))
                .With("kl", between[cell])
                .With("ece_gap", Math.Abs(first.Calibration.ExpectedError - second.Calibration.ExpectedError));
        }

        ClassMetrics Metrics(Targets model, int cell) => ClassMetrics.Of(model.Cell(cell), truth.Cell(cell), bench.Classes);
    }

    public override Finding Tell(IReadOnlyList<Row> rows)
    {
        var violations = Inequalities.Sum(law => rows.Count(row => row[Gap(law)] > row[Bound(law)] + 1e-9));
        var medians = Inequalities.Select(law => Over.Median(rows.Select(row => row[Gap(law)] / row[Bound(law)]))).ToList();
        var pairs = rows.GroupBy(row => $"{row.Text("weak")} → {row.Text("strong")}").Select(pair => (pair.Key, Rows: pair.ToList()))
            .ToList();
        var tightness =
            pairs.Select(pair => (pair.Key, Ratio: Over.Median(pair.Rows.Select(row => row["accuracy_gap"] / row["accuracy_bound"]))))
            .ToList();
        var (tightest, loosest) = (tightness.MaxBy(pair => pair.Ratio), tightness.MinBy(pair => pair.Ratio));
        return new Finding(
            $"{(violations == 0 ? "None" : $"{violations}")} of {Counted.Of(rows.Count, "pair")} of heads breaks one of the three "
            + $"inequalities, but they differ in worth: the gap is in the median {NumberText.Ratio(medians[0])} of the bound for accuracy, "
            + $"{NumberText.Ratio(medians[2])} for the L1 distance to the truth and {NumberText.Measure(medians[1])} for KL with a floor "
            + $"of {Floor}. The accuracy's is tightest where more of a student's changes of mind go one way ({tightest.Key}, "
            + $"{NumberText.Ratio(tightest.Ratio)}) and loosest where they cancel ({loosest.Key}, {NumberText.Ratio(loosest.Ratio)}); for "
            + "the calibration error no such bound holds, as the counterexample shows.",
            [
                new Exhibit("bounds",
                    "Each pair of heads a dot: the gap against its bound, both on logarithmic axes. On the dashed line the bound is "
                        + "reached; none lies above.",
                    [.. Inequalities.Select(law => BoundScatter.Draw(law.Gap, law.Bound, Series(law, rows)))]),
                new Exhibit("tightness", "Median over tasks and seeds of gap / bound: 1 is tight.", new TextTable(
                    ["weak → strong", "pairs", .. Inequalities.Select(law => law.Key), "weak accuracy", "student accuracy", "ECE gap",
                        "its L1 bound"],
                    [.. pairs.Select(pair => (string[])
                    [
                        pair.Key, $"{pair.Rows.Count}",
                            .. Inequalities.Select(law =>
                            NumberText.Measure(Over.Median(pair.Rows.Select(row => row[Gap(law)] / row[Bound(law)])))),
                        .. new[] { "weak_accuracy", "student_accuracy", "ece_gap", "l1_bound" }.Select(name =>
                            NumberText.Ratio(Over.Median(pair.Rows.Select(row => row[name])))),
                    ])])),
                new Exhibit("counterexample",
                    "Why nothing is claimed of the calibration error, which conditions on a model's own prediction. Two inputs, equally "
                    + "likely, one of each class; the teacher says ½ of both, its student ½ + δ of the right class. The teacher is "
                    + "perfectly calibrated; with δ → 0 the two agree ever better, and their calibration errors differ by ever nearer to ½ "
                    + "in each class, 1 over both.",
                    CounterexampleTable()),
            ]);
    }

    /// <summary>
    /// Marginal calibration errors (summed over both classes) of the two models of the counterexample, and what a bound by KL would say.
    /// </summary>
    internal static (double Teacher, double Student, double Divergence) Counterexample(double delta)
    {
        double[] teacher = [0.5, 0.5, 0.5, 0.5], student = [0.5 + delta, 0.5 - delta, 0.5 - delta, 0.5 + delta], truth = [1, 0, 0, 1];
        return (Marginal(teacher), Marginal(student), KullbackLeibler.Divergence(teacher.AsSpan(0, 2), student.AsSpan(0, 2)));

        double Marginal(double[] model) => Enumerable.Range(0, 2).Sum(label =>
            Calibration.OfClass(model, truth, 2, label,
                new Calibration.Options { Kind = Calibration.Binning.EqualMass, Bins = model.Distinct().Count() }).ExpectedError);
    }

    private static TextTable CounterexampleTable() => new(
        ["δ", "KL(teacher‖student)", "2 √(1 − exp(−KL))", "teacher's calibration error", "student's", "difference"],
        [.. new[] { 0.2, 0.1, 0.05, 0.01 }.Select(delta =>
        {
            var (teacher, student, divergence) = Counterexample(delta);
            return (string[])[$"{NumberText.Measure(delta)}", NumberText.Measure(divergence),
                NumberText.Measure(2 * Math.Sqrt(1 - Math.Exp(-divergence))),
                NumberText.Measure(teacher), NumberText.Measure(student), NumberText.Measure(student - teacher)];
        })]);

    private static IReadOnlyList<(string Name,
        IReadOnlyList<(double Bound, double Gap)> Dots)> Series((string Key, string Gap, string Bound) law, IReadOnlyList<Row> rows) =>
    [
        .. rows.GroupBy(row => row["student_accuracy"] > row["weak_accuracy"] ? "student more accurate" : "student not more accurate")
            .OrderBy(group => group.Key)
            .Select(group => (group.Key, (IReadOnlyList<(double, double)>)[.. group.Select(row => (row[Bound(law)], row[Gap(law)]))])),
    ];

    /// <summary>Σ |p − q|.</summary>
    private static double Distance(ReadOnlySpan<double> p, ReadOnlySpan<double> q)
    {
        var sum = 0.0;
        for (var label = 0; label < p.Length; label++) sum += Math.Abs(p[label] - q[label]);
        return sum;
    }

    /// <summary>Mixed with the uniform distribution, so that no probability is below the floor.</summary>
    private static Targets Floored(Targets predictions) => new(predictions.Cells, predictions.Samples, predictions.Outputs,
        [.. predictions.Values.Select(probability => Floor + (1 - predictions.Outputs * Floor) * probability)]);

    private static string Gap((string Key, string, string) law) => law.Key + "_gap";

    private static string Bound((string Key, string, string) law) => law.Key + "_bound";
}
