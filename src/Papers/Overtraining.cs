using Part = W2S.Experiments.Dataset.Part;

namespace W2S.Papers;

/// <summary>
/// Students looked at on the way: heads alone, and heads with the last blocks of their representation, at every tenth of a training
/// on soft or hard weak labels of more and less noisy teachers. Where would one have had to stop, and what could have told?
/// </summary>
internal sealed class Overtraining() : Experiment(
    "overtraining", "A student that learns its teacher too well",
    "Trained too long on weak labels, a student imitates its teacher's mistakes: its error against the truth rises while that against "
    + "the weak labels falls (after 2502.01458; lengths and sizes are ours). Errors are KL(truth‖student), misfit KL(labels‖student).")
{
    private const int Looks = 10;

    /// <summary>What a stop could go by, the column whose least value it takes, and whether it needs true labels.</summary>
    private static readonly (string Name, string Column)[] Criteria =
        [("held-out weak labels", "held_out_kl"), ("held-out true labels", "held_out_error"), ("misfit on the fitted ones", "misfit")];

    public override IEnumerable<Row> Measure(IReadOnlyList<Study> studies, Func<Study, Bench> open)
    {
        var bench = open(studies.Single());
        var (study, objective) = (bench.Study, bench.Study.Objective.Create());
        var weak = bench.Weak();
        Targets labels = bench.WeakLabels(weak), heldOut = study.WeakLabels.Of(weak.On(Part.Valid)), teacher = weak.On(Part.Evaluation),
            truth = bench.Truth(Part.Evaluation);
        double[] weakErrors = Errors.Of(KullbackLeibler.Divergence, truth, teacher);
        using var job = bench.Training(bench.Fitting(Stages.Student, Stages.Strong, Part.Student, labels));
        for (var look = 0; look <= Looks; look++)
        {
            bench.ThrowIfStopped();
            var (from, to) = (job.TotalSteps * Math.Max(0, look - 1) / Looks, job.TotalSteps * look / Looks);
            if (to > from) job.Advance(from, (int)(to - from));
            var student = new Bench.Model(bench, Stages.Strong, objective, GradientDescent.HeadsOf(job));
            var predictions = student.On(Part.Evaluation);
            double[] errors = Errors.Of(KullbackLeibler.Divergence, truth, predictions),
                misfits = Errors.Of(KullbackLeibler.Divergence, labels, student.On(Part.Student));
            double[] heldOutMisfits = Errors.Of(KullbackLeibler.Divergence, heldOut, student.On(Part.Valid)),
                heldOutErrors = Errors.Of(KullbackLeibler.Divergence, bench.Truth(Part.Valid), student.On(Part.Valid));
            for (var cell = 0; cell < bench.Cells.Count; cell++)
            {
                var metrics = ClassMetrics.Of(predictions.Cell(cell), truth.Cell(cell), bench.Classes);
                yield return new Row()
                    .With("trained", study.Heads.TrainableBlocks == 0 ? "head only" : $"head and last {study.Heads.TrainableBlocks} blocks")
                    .With("labels", study.WeakLabels.Hard ? "hard" : "soft").With("noise", study.LabelNoise.Share).With("seed", study.Seed)
                        .With("task", bench.Cells[cell]).With("progress", (double)look / Looks)
                    .With("weak_error", weakErrors[cell]).With("error", errors[cell]).With("accuracy", metrics.Accuracy)
                        .With("ece", metrics.Calibration.ExpectedError)
                    .With("agreement", ClassMetrics.Agreement(predictions.Cell(cell), teacher.Cell(cell), bench.Classes))
                    .With("misfit", misfits[cell]).With("held_out_kl", heldOutMisfits[cell]).With("held_out_error", heldOutErrors[cell]);
            }
        }
    }

    public override Finding Tell(IReadOnlyList<Row> rows)
    {
        var kinds = rows.Select(row => row.Text("trained")).Distinct().ToList();
        var settings = rows.GroupBy(row => (Trained: row.Text("trained"), Labels: row.Text("labels"), Noise: row[Noise]))
            .Select(setting => (setting.Key, Rows: setting.ToList(), Stops: Stops([.. setting]))).ToList();
        var worst = settings.MaxBy(setting => Over.Mean(setting.Stops, "lost_at_the_end"));
        var losing =
            settings.Count(setting => Over.Seeds(setting.Stops, "lost_at_the_end") is { HalfWidth: { } half } lost
            && lost.Mean - half > 0.01 * Over.Mean(setting.Stops, "least"));
        return new Finding(
            $"In {losing} of {Counted.Of(settings.Count, "setting")} a student at its end is more than 1 % above the least error it "
            + $"passed, by seeds: most where {worst.Key.Trained} are trained on {worst.Key.Labels} labels of noise "
            + $"{NumberText.Exact(worst.Key.Noise)} ({Over.Seeds(worst.Stops, "least")} at its best and "
            + $"{Over.Seeds(worst.Stops, "at_the_end")} at the end; the teacher has "
            + $"{NumberText.Measure(Over.Mean(worst.Rows, "weak_error"))}). Stopping there by held-out weak labels gives "
            + $"{Over.Seeds(worst.Stops, Criteria[0].Column)}, by held-out true labels {Over.Seeds(worst.Stops, Criteria[1].Column)}, by "
            + $"misfit on the fitted ones {Over.Seeds(worst.Stops, Criteria[2].Column)}.",
            [
                .. kinds.Select(kind =>
                    new Exhibit($"curves-{kinds.IndexOf(kind)}",
                    $"Training {kind}: error against the truth (solid), and misfit on the fitted and on held-out weak labels, along "
                        + "training, means over tasks with bands over seeds. Rings: where each criterion would stop, in the mean.",
                    [.. settings.Where(setting => setting.Key.Trained == kind).Select(setting => Curves(setting.Key, setting.Rows))])),
                new Exhibit("stops",
                    "Error against the truth, KL(truth‖student), at the end and where a criterion would have stopped each task; means over "
                        + "tasks with intervals over seeds.",
                    new TextTable(["trained", "labels", "noise", "teacher", "best passed",
                        .. Criteria.Select(criterion => $"by {criterion.Name}"), "at the end"],
                        [.. settings.Select(setting => (string[])
                        [
                            setting.Key.Trained, setting.Key.Labels, NumberText.Exact(setting.Key.Noise),
                                NumberText.Measure(Over.Mean(setting.Rows, "weak_error")),
                            .. new[] { "least", Criteria[0].Column, Criteria[1].Column, Criteria[2].Column, "at_the_end" }.Select(column =>
                                $"{Over.Seeds(setting.Stops, column)}"),
                        ])])),
                new Exhibit("ends",
                    "What else changes from the best moment to the end: accuracy, calibration error and agreement with the teacher.",
                    new TextTable(["trained", "labels", "noise", "accuracy at best", "at the end", "ECE at best", "at the end",
                        "agreement at best", "at the end"],
                        [.. settings.Select(setting => (string[])
                        [
                            setting.Key.Trained, setting.Key.Labels, NumberText.Exact(setting.Key.Noise),
                            .. new[] { "accuracy", "ece", "agreement" }.SelectMany(column => new[] { $"best_{column}", $"end_{column}" })
                                .Select(column => NumberText.Ratio(Over.Mean(setting.Stops, column))),
                        ])])),
            ]);

        string Curves((string Trained, string Labels, double Noise) key, IReadOnlyList<Row> own)
        {
            return ErrorCurves.Draw($"{key.Trained}, {key.Labels} labels, noise {NumberText.Exact(key.Noise)}",
                $"teacher's error {NumberText.Measure(Over.Mean(own, "weak_error"))}", "share of the training", "KL in nats",
            [
                // The start is a random head, far above everything else.
                Curve("error against the truth", "error", Criteria[1]),
                    Curve("misfit on held-out weak labels", "held_out_kl", Criteria[0]),
                    Curve("misfit on the fitted ones", "misfit", Criteria[2]),
            ]);

            ErrorCurves.Curve Curve(string name, string column, (string Name, string Column) criterion) =>
                Over.Curve(name, own.Where(row => row["progress"] > 0), "progress", column,
                (own.GroupBy(row => row["progress"]).MinBy(look => Over.Mean(look, criterion.Column))!.Key, "a stop"));
        }
    }

    private const string Noise = "noise";

    /// <summary>For each task, its error where each criterion would have stopped, at its best and at its end.</summary>
    private static List<Row> Stops(IReadOnlyList<Row> rows) =>
    [
        .. rows.GroupBy(row => (row.Text("seed"), row.Text("task"))).Select(task =>
        {
            var (looks, best, end) =
                (task.OrderBy(row => row["progress"]).ToList(), task.MinBy(row => row["error"])!, task.MaxBy(row => row["progress"])!);
            var stop = new Row().With("seed", task.Key.Item1).With("task", task.Key.Item2).With("least", best["error"])
                .With("at_the_end", end["error"]).With("lost_at_the_end", end["error"] - best["error"]);
            foreach (var criterion in Criteria) stop.With(criterion.Column, looks.MinBy(row => row[criterion.Column])!["error"]);
            foreach (var column in new[] { "accuracy", "ece", "agreement" }) stop.With($"best_{column}", best[column])
                .With($"end_{column}", end[column]);
            return stop;
        }),
    ];
}
