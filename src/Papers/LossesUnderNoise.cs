using Part = W2S.Experiments.Dataset.Part;

namespace W2S.Papers;

/// <summary>
/// Every loss of a student against noise on the labels that its teacher was fitted to, weak labels soft and hard, with the control
/// that openai's users asked for: the strong model on the weak half's own labels, noise included. Teachers and ceilings are fitted by
/// cross-entropy, and each half of the examples has its own: the protocol of Burns et al.
/// </summary>
internal sealed class LossesUnderNoise() : Experiment(
    "losses", "Which loss forgives a noisy teacher",
    "Reverse losses forgive noise better than forward ones (2502.11107: on language models, up to a noise of 0.4), and the confidence "
    + "loss beats cross-entropy at a large gap (Burns et al. 2023). Noise flips the share of labels that the teacher is fitted to; "
    + "errors are measured on true probabilities.")
{
    private const string Control = "control: weak half's labels", CrossEntropyName = "cross-entropy";

    private static readonly (string Name, ObjectiveOptions Objective)[] Losses =
    [
        (CrossEntropyName, Named(CrossEntropyName)), ("reverse-kl", Named("reverse-kl")), ("symmetric", Named("symmetric")),
            ("brier", Named("brier")), ("window", Named("window")),
        ("product", Named("product")), ("logconf, linear", Named("logconf")),
            ("logconf, openai", Named("logconf") with { Logconf = new() { Schedule = LogConf.Schedule.OpenAi } }),
    ];

    public override IEnumerable<Row> Measure(IReadOnlyList<Study> studies, Func<Study, Bench> open)
    {
        var bench = open(studies.Single());
        var weak = bench.Weak();
        var labels = bench.WeakLabels(weak);
        Targets truth = bench.Truth(Part.Evaluation), teacher = weak.On(Part.Evaluation), ceiling = bench.Strong().On(Part.Evaluation);
        foreach (var (name, objective) in Losses)
            foreach (var row in Rows(name,
                bench.Student(labels, objective, bench.Study.IsGaussian ? HeadSolver.AdamW : null))) yield return row;
        foreach (var row in Rows(Control, bench.Fit("control", Stages.Strong, Part.Weak, bench.WeakTrainingLabels()))) yield return row;

        IEnumerable<Row> Rows(string loss, Bench.Model student)
        {
            var predictions = student.On(Part.Evaluation);
            for (var cell = 0; cell < bench.Cells.Count; cell++)
            {
                var (below, own, above) = (Of(teacher, cell), Of(predictions, cell), Of(ceiling, cell));
                yield return new Row().With("loss", loss).With("labels", bench.Study.WeakLabels.Hard ? "hard" : "soft")
                    .With("noise", bench.Study.LabelNoise.Share)
                    .With("seed", bench.SeedOf(cell)).With("task", bench.Cells[cell])
                    .With("weak_accuracy", below.Accuracy).With("accuracy", own.Accuracy).With("ceiling_accuracy", above.Accuracy)
                    .With("gap_recovered", GapRecovered.Of(below.Accuracy, own.Accuracy, above.Accuracy))
                    .With("weak_ece", below.Calibration.ExpectedError).With("ece", own.Calibration.ExpectedError)
                    .With("agreement", ClassMetrics.Agreement(predictions.Cell(cell), teacher.Cell(cell), bench.Classes));
            }
        }

        ClassMetrics Of(Targets model, int cell) => ClassMetrics.Of(model.Cell(cell), truth.Cell(cell), bench.Classes);
    }

    public override Finding Tell(IReadOnlyList<Row> rows)
    {
        var noises = rows.Select(row => row[Noise]).Distinct().Order().ToList();
        var kinds = rows.Select(row => row.Text("labels")).Distinct().ToList();
        var names = rows.Select(row => row.Text("loss")).Distinct().ToList();
        // At a noise of a half nothing is left to learn; the last share before it is the hardest that says something.
        var hardest = noises.Where(noise => noise < 0.5).DefaultIfEmpty(noises[^1]).Last();
        var soft = rows.Where(row => row.Text("labels") == kinds[0]).ToList();
        var best = names.Where(name => name != Control).MaxBy(name => Accuracy(name, hardest));
        var undefined = rows.Count(row => double.IsNaN(row["gap_recovered"]));
        return new Finding(
            $"At a noise of {NumberText.Exact(hardest)} with {kinds[0]} labels the teacher is right in "
            + $"{NumberText.Percent(Over.Mean(At(soft, CrossEntropyName, hardest), "weak_accuracy"))} of cases, a student by cross-entropy "
            + $"in {Percent(CrossEntropyName)}, by reverse KL in {Percent("reverse-kl")} and by the best loss ({best}) in "
            + $"{Percent(best!)}: reverse KL differs from cross-entropy by "
            + $"{NumberText.Ratio(Accuracy("reverse-kl", hardest) - Accuracy(CrossEntropyName, hardest))} ± "
            + $"{NumberText.Ratio(Difference("reverse-kl", CrossEntropyName)?.HalfWidth)}. The confidence loss as openai wrote it and with "
            + $"a linear warm-up differ by {NumberText.Ratio(Accuracy("logconf, openai", hardest) - Accuracy("logconf, linear", hardest))} "
            + $"in accuracy, and the control, the strong model on the weak half's own noisy labels, is right in {Percent(Control)}.",
            [
                .. kinds.Select(kind =>
                    new Exhibit($"gap-{kind}",
                    $"Weak labels {kind}. Left: median performance gap recovered, (student − weak) / (ceiling − weak) in accuracy; 1 "
                        + "reaches the ceiling, 0 is the teacher. Middle: accuracy. Right: calibration error.",
                    Map($"Gap recovered, {kind} labels", kind, "gap_recovered", 0),
                        Map($"Accuracy, {kind} labels", kind, "accuracy",
                        Over.Median(rows.Where(row => row.Text("labels") == kind), "accuracy")),
                    Map($"ECE, {kind} labels", kind, "ece", 0))),
                new Exhibit("losses",
                    $"Means over tasks and seeds with intervals over seeds. PGR is undefined in {undefined} of "
                        + $"{Counted.Of(rows.Count, "row")} (the ceiling no better than the teacher), which are left out and counted.",
                    new TextTable(["labels", "loss", "noise", "weak accuracy", "accuracy", "ceiling", "PGR (median)", "undefined", "ECE",
                        "agreement"],
                        [.. rows.GroupBy(row => (Labels: row.Text("labels"), Loss: row.Text("loss"), Noise: row[Noise]))
                            .Select(group => (string[])
                        [
                            group.Key.Labels, group.Key.Loss, NumberText.Exact(group.Key.Noise), Over.Text(group, "weak_accuracy"),
                                Over.Text(group, "accuracy"), Over.Text(group, "ceiling_accuracy"),
                            NumberText.Ratio(Over.Median(group, "gap_recovered")),
                                $"{group.Count(row => double.IsNaN(row["gap_recovered"]))}", Over.Text(group, "ece"),
                                Over.Text(group, "agreement"),
                        ])])),
            ]);

        static IEnumerable<Row> At(IEnumerable<Row> among, string loss, double noise) =>
            among.Where(row => row.Text("loss") == loss && row[Noise] == noise);

        double Accuracy(string loss, double noise) => Over.Mean(At(soft, loss, noise), "accuracy");

        string Percent(string loss) => NumberText.Percent(Accuracy(loss, hardest));

        Spread? Difference(string loss, string other)
        {
            var others = At(soft, other, hardest).ToDictionary(row => (row.Text("seed"), row.Text("task")), row => row["accuracy"]);
            return Over.Seeds(At(soft, loss, hardest), row => row["accuracy"] - others[(row.Text("seed"), row.Text("task"))]);
        }

        string Map(string title, string kind, string column, double middle)
        {
            var values = new double[names.Count, noises.Count];
            for (var loss = 0; loss < names.Count; loss++)
                for (var noise = 0; noise < noises.Count; noise++)
                    values[loss, noise] =
                        Over.Median(At(rows.Where(row => row.Text("labels") == kind), names[loss], noises[noise]), column);
            return HeatMap.Draw(title, "median over tasks and seeds", "share of the teacher's labels that is noise",
                [.. names.Select(name => name == Control ? "control" : name)], [.. noises.Select(noise => NumberText.Exact(noise))],
                    values, middle);
        }
    }

    private const string Noise = "noise";

    private static ObjectiveOptions Named(string name) => new() { Name = name };
}
