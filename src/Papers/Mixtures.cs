using Part = W2S.Experiments.Dataset.Part;

namespace W2S.Papers;

/// <summary>
/// Students that are mixtures of k softmax heads, fitted student first (2501.19105): a class that comes nearer to being convex in
/// probabilities as k grows, and with it the misfit inequality to being true.
/// </summary>
internal sealed class Mixtures() : Experiment(
    "mixtures", "How many heads make the misfit inequality true",
    "With students that are mixtures of k heads the inequality weak error ≥ misfit + student error fails by an amount that shrinks "
    + "with k; in 2501.19105's own sweep it improves until about five heads and is flat thereafter. (The discrepancy is weak error − "
    + "misfit − student error, at least 0 where the inequality holds; cross-entropy with the truth first, misfit KL(student‖teacher).)")
{
    private static readonly (string Column, string Title)[] Discrepancies =
    [
        ("against_best", "Against a mixture taught with the truth"), ("fitting_against_best", "The same on the fitting sample"),
            ("against_truth", "Against the truth"),
    ];

    /// <summary>One teacher for all k.</summary>
    public override string KeyOf(Study study) => (study with { Objective = new() }).Identity();

    public override IEnumerable<Row> Measure(IReadOnlyList<Study> studies, Func<Study, Bench> open)
    {
        var bench = open(studies[0]);
        var crossEntropy = new ObjectiveOptions { Name = new CrossEntropy().Name };
        var weak = bench.Fit(Stages.Weak, Stages.Weak, Part.Weak, bench.WeakTrainingLabels(), crossEntropy, HeadSolver.Newton);
        foreach (var study in studies)
        {
            var student = bench.Student(bench.WeakLabels(weak), study.Objective);
            var best = bench.Fit(Stages.Strong, Stages.Strong, Part.Student, bench.Truth(Part.Student), study.Objective);
            Targets teacher = weak.On(Part.Evaluation), pupil = student.On(Part.Evaluation), truth = bench.Truth(Part.Evaluation);
            double[] misfit = Between(pupil, teacher), weakError = Between(truth, teacher), studentError = Between(truth, pupil),
                bestError = Between(truth, best.On(Part.Evaluation));
            double[] fresh = Discrepancy(Part.Evaluation), fitting = Discrepancy(Part.Student);
            for (var cell = 0; cell < bench.Cells.Count; cell++)
                yield return new Row().With("strong", bench.Representation(Stages.Strong).Name)
                    .With("heads", study.Objective.Mixture.Heads).With("seed", study.Seed).With("task", bench.Cells[cell])
                    .With("weak_error", weakError[cell]).With("student_error", studentError[cell]).With("best_error", bestError[cell])
                        .With("misfit", misfit[cell])
                    .With("against_truth", weakError[cell] - misfit[cell] - studentError[cell])
                    .With("against_best", fresh[cell]).With("fitting_against_best", fitting[cell]);

            double[] Discrepancy(Part part)
            {
                double[] above = Between(best.On(part), weak.On(part)), between = Between(student.On(part), weak.On(part)),
                    below = Between(best.On(part), student.On(part));
                return [.. above.Select((error, cell) => error - between[cell] - below[cell])];
            }
        }

        static double[] Between(Targets first, Targets second) => Errors.Of(KullbackLeibler.Divergence, first, second);
    }

    public override Finding Tell(IReadOnlyList<Row> rows)
    {
        var counts = rows.Select(row => row["heads"]).Distinct().Order().ToList();
        var strong = rows.Select(row => row.Text("strong")).Distinct().ToList();
        var (one, five, most) = (At(counts[0]), At(counts.MinBy(count => Math.Abs(count - 5))), At(counts[^1]));
        return new Finding(
            $"Against a mixture taught with the truth the discrepancy goes from {Text(one)} with one head to {Text(five)} with "
            + $"{five[0].Text("heads")} and {Text(most)} with {most[0].Text("heads")}; the paper's sweep improves until about k = 5 and is "
            + $"flat from there. The student's error goes from {Over.Text(one, "student_error")} to {Over.Text(most, "student_error")} at "
            + $"a misfit of {Over.Text(one, "misfit")} to {Over.Text(most, "misfit")}.",
            [
                new Exhibit("discrepancy",
                    "Weak error − misfit − student error against the number of heads: at 0 or above the inequality holds. Bands over "
                        + "seeds.",
                    [.. Discrepancies.Select(discrepancy =>
                        ErrorCurves.Draw(discrepancy.Title, "", "heads in the mixture (k)", "discrepancy",
                        [.. strong.Select(name =>
                            Over.Curve($"strong: {name}", rows.Where(row => row.Text("strong") == name), "heads", discrepancy.Column))],
                            isLogarithmic: true))]),
                new Exhibit("mixtures", "Means with intervals over seeds; KL in nats on fresh samples.", new TextTable(
                    ["strong", "heads", "weak error", "student error", "misfit", "best mixture's error", "discrepancy to truth",
                        "to best mixture", "on the fitting sample"],
                    [.. rows.GroupBy(row => (Strong: row.Text("strong"), Heads: row.Text("heads"))).Select(group => (string[])
                    [
                        group.Key.Strong, group.Key.Heads,
                        .. new[] { "weak_error", "student_error", "misfit", "best_error", "against_truth", "against_best",
                            "fitting_against_best" }.Select(column => Precise(group, column)),
                    ])])),
            ]);

        List<Row> At(double heads) => [.. rows.Where(row => row["heads"] == heads)];

        static string Text(IEnumerable<Row> rows) => Precise(rows, "against_best");

        static string Precise(IEnumerable<Row> rows, string column) => Over.Seeds(rows, column)?.ToString() ?? NumberText.Nothing;
    }
}
