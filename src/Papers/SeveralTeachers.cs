using System.Numerics.Tensors;
using Part = W2S.Experiments.Dataset.Part;

namespace W2S.Papers;

/// <summary>
/// Several teachers for one strong model: how well what can be known beforehand predicts each one's gain, and what a student
/// reaches that is taught by the chosen one, or by all of them together.
/// </summary>
internal sealed class SeveralTeachers() : Experiment(
    "teachers", "Which of several teachers, or all of them?",
    "The teacher with the least weak error − misfit has the best student (2405.15116's heuristic); likeness of teacher and student, "
    + "or of their representations, tells without labels (CAPA, 2502.00620). Errors are KL(model‖truth), misfit KL(teacher‖student). κ "
    + "takes chance from both models' mean predictions (ours: CAPA's own takes their accuracies, which needs labels).")
{
    private const string Choices = "choices";

    /// <summary>
    /// What is known of a teacher and its own student. The first needs true labels of some examples; a greater value is a better teacher.
    /// </summary>
    private static readonly (string Column, string Name)[] Predictors =
    [
        ("heuristic", "−(weak error − misfit), with labels"), ("agreement", "agreement with its student"),
            ("likeness", "−JSD from its student"),
        ("kappa", "κ of probabilities with its student"), ("overlap", "overlap of the kernels' components"),
            ("accuracy", "its own accuracy, with labels"),
    ];

    /// <summary>All teachers of one strong representation and seed.</summary>
    public override string KeyOf(Study study) => (study with { Weak = new(), LabelNoise = new() }).Identity();

    public override IEnumerable<Row> Measure(IReadOnlyList<Study> studies, Func<Study, Bench> open)
    {
        var benches = studies.Select(open).ToList();
        var teachers = benches.Select(bench => bench.Weak()).ToList();
        var strong = benches[0];
        var students = teachers.Select(teacher => strong.Student(strong.WeakLabels(teacher))).ToList();
        var truth = strong.Truth(Part.Evaluation);
        double[][] weakErrors = [.. teachers.Select(teacher => Error(teacher.On(Part.Evaluation)))],
            errors = [.. students.Select(student => Error(student.On(Part.Evaluation)))];
        double[][] heldOut = [.. teachers.Select(teacher => Between(teacher.On(Part.Valid), strong.Truth(Part.Valid)))];
        double[][] misfits = [.. teachers.Zip(students, (teacher, student) => Between(teacher.On(Part.Valid), student.On(Part.Valid)))];
        var rows = new List<Row>();
        for (var cell = 0; cell < strong.Cells.Count; cell++)
            for (var index = 0; index < teachers.Count; index++)
            {
                Span<double> teacher = teachers[index].On(Part.Valid).Cell(cell), student = students[index].On(Part.Valid).Cell(cell);
                rows.Add(Start(new Row(), cell).With("teacher", Describe(benches[index].Study))
                    .With("weak_error", weakErrors[index][cell]).With("student_error", errors[index][cell])
                        .With("misfit", misfits[index][cell]).With("gain", weakErrors[index][cell] - errors[index][cell])
                    .With("student_accuracy", Accuracy(students[index].On(Part.Evaluation), cell))
                    .With("heuristic", misfits[index][cell] - heldOut[index][cell])
                    .With("agreement", ClassMetrics.Agreement(teacher, student, strong.Classes))
                    .With("likeness", -JensenShannon(teacher, student, strong.Classes))
                    .With("kappa", Kappa(teacher, student, strong.Classes))
                    .With("overlap",
                        KernelOverlap.Of(benches[index].Features(Stages.Weak, Part.Valid), strong.Features(Stages.Strong, Part.Valid),
                        cell))
                    .With("accuracy", ClassMetrics.Agreement(teacher, strong.Truth(Part.Valid).Cell(cell), strong.Classes)));
            }
        return [.. rows, .. Teams()];

        IEnumerable<Row> Teams()
        {
            List<Targets> labels = [.. teachers.Select(teacher => strong.WeakLabels(teacher))];
            var even = strong.Student(Mixed(labels, (_, _) => 1));
            var weighted = strong.Student(Mixed(labels, (index, cell) => 1 / Math.Max(heldOut[index][cell], 1e-9)));
            var ceiling = strong.Strong();
            for (var cell = 0; cell < strong.Cells.Count; cell++)
            {
                yield return Choice("all, averaged", even.On(Part.Evaluation), cell);
                yield return Choice("all, by 1/error", weighted.On(Part.Evaluation), cell);
                yield return Choice("ceiling", ceiling.On(Part.Evaluation), cell);
                foreach (var (column, name) in Predictors)
                {
                    var own = rows.Where(row => row.Text("task") == $"{strong.Cells[cell]}").ToList();
                    yield return Choice(name, students[own.IndexOf(own.MaxBy(row => row[column])!)].On(Part.Evaluation), cell);
                }
                yield return Choice("best in hindsight",
                    students[Enumerable.Range(0, students.Count).MinBy(index => errors[index][cell])].On(Part.Evaluation), cell);
                yield return Start(new Row(Choices), cell).With("choice", "any one, the mean")
                    .With("error", errors.Average(own => own[cell]))
                        .With("accuracy", students.Average(student => Accuracy(student.On(Part.Evaluation), cell)));
            }
        }

        Row Choice(string name, Targets predictions, int cell) => Start(new Row(Choices), cell).With("choice", name)
            .With("error", Error(predictions)[cell]).With("accuracy", Accuracy(predictions, cell));

        Row Start(Row row, int cell) => row.With("strong", strong.Representation(Stages.Strong).Name).With("seed", strong.SeedOf(cell))
            .With("task", strong.Cells[cell]);

        double[] Error(Targets predictions) => Between(predictions, truth);

        double Accuracy(Targets predictions, int cell) => ClassMetrics.Agreement(predictions.Cell(cell), truth.Cell(cell), strong.Classes);

        static double[] Between(Targets first, Targets second) => Errors.Of(KullbackLeibler.Divergence, first, second);
    }

    public override Finding Tell(IReadOnlyList<Row> rows)
    {
        List<Row> pairs = [.. rows.Where(row => row.Table == Row.Main)], choices = [.. rows.Where(row => row.Table == Choices)];
        var correlations =
            Predictors.Select(predictor =>
            (predictor.Name, Gain: Correlation(predictor.Column, row => row["gain"]),
            Student: Correlation(predictor.Column, row => -row["student_error"]))).ToList();
        var unlabelled = correlations.Where(predictor => !predictor.Name.EndsWith("labels", StringComparison.Ordinal)).ToList();
        var best = unlabelled.MaxBy(predictor => predictor.Student?.Mean ?? -1);
        var names = choices.Select(row => row.Text("choice")).Distinct().ToList();
        return new Finding(
            $"Weak error − misfit ranks the teachers by their students' error with a rank correlation of {correlations[0].Student}, and "
            + $"the best predictor without labels, {best.Name}, with {best.Student}. The student of the teacher that the heuristic picks "
            + $"has an error of {Error(Predictors[0].Name)}, of all teachers averaged {Error("all, averaged")}, weighted by 1/error "
            + $"{Error("all, by 1/error")}, of any one {Error("any one, the mean")} in the mean and of the best in hindsight "
            + $"{Error("best in hindsight")}.",
            [
                new Exhibit("predictors",
                    "Spearman's rank correlation over the teachers of one task, mean over tasks, with Student's interval over seeds: with "
                        + "the gain over the teacher, and with how good the student is.",
                    new TextTable(["known beforehand", "with the gain", "with −(student error)"],
                        [.. correlations.Select(predictor => (string[])[predictor.Name, $"{predictor.Gain}", $"{predictor.Student}"])])),
                new Exhibit("choices",
                    "What a student reaches: KL(model‖truth) in nats and accuracy, means over tasks and seeds with intervals over seeds.",
                    new TextTable(["taught by", "error", "accuracy"],
                        [.. names.Select(name => (string[])[name, Error(name), Over.Text(Of(name), "accuracy")])])),
                new Exhibit("map", "The same correlations at a glance.",
                    HeatMap.Draw("Rank correlation over teachers", "mean over tasks and seeds", "with",
                    [.. Predictors.Select(predictor => predictor.Column)], ["gain", "student"], Map(), 0)),
            ]);

        IEnumerable<Row> Of(string choice) => choices.Where(row => row.Text("choice") == choice);

        string Error(string choice) => Over.Seeds(Of(choice), "error")?.ToString() ?? NumberText.Nothing;

        Spread? Correlation(string column, Func<Row, double> outcome) =>
            Spread.Of(pairs.GroupBy(row => (row.Text("strong"), row.Text("seed")))
                .Select(seed => (double?)Over.Mean(seed.GroupBy(row => row.Text("task"))
                .Select(task => GainOnMisfit.OfRanks([.. task.Select(row => row[column])], [.. task.Select(outcome)]) ?? double.NaN))));

        double[,] Map()
        {
            var values = new double[Predictors.Length, 2];
            for (var row = 0; row < Predictors.Length; row++)
                (values[row, 0], values[row, 1]) =
                    (correlations[row].Gain?.Mean ?? double.NaN, correlations[row].Student?.Mean ?? double.NaN);
            return values;
        }
    }

    /// <summary>Mixed labels: cell by cell, each teacher's with its weight.</summary>
    internal static Targets Mixed(IReadOnlyList<Targets> labels, Func<int, int, double> weight)
    {
        var mixed = new Targets(labels[0].Cells, labels[0].Samples, labels[0].Outputs);
        for (var cell = 0; cell < mixed.Cells; cell++)
        {
            double[] weights = [.. Enumerable.Range(0, labels.Count).Select(index => weight(index, cell))];
            var own = mixed.Cell(cell);
            for (var index = 0; index < labels.Count; index++)
                System.Numerics.Tensors.TensorPrimitives.MultiplyAdd(labels[index].Cell(cell), weights[index] / weights.Sum(), own, own);
        }
        return mixed;
    }

    /// <summary>Jensen–Shannon divergence in nats, the mean over rows: 0 to ln 2.</summary>
    internal static double JensenShannon(ReadOnlySpan<double> first, ReadOnlySpan<double> second, int classes)
    {
        var middle = new double[first.Length];
        for (var place = 0; place < middle.Length; place++) middle[place] = (first[place] + second[place]) / 2;
        return (KullbackLeibler.Divergence(first, middle) + KullbackLeibler.Divergence(second, middle)) / 2 / (first.Length / classes);
    }

    /// <summary>
    /// Agreement of probabilities, Σ p q, above what two models with these mean predictions would have by chance, as a share of what is
    /// possible.
    /// </summary>
    internal static double Kappa(ReadOnlySpan<double> first, ReadOnlySpan<double> second, int classes)
    {
        var (rows, observed) =
            (first.Length / classes, System.Numerics.Tensors.TensorPrimitives.Dot(first, second) / (first.Length / classes));
        double[] one = new double[classes], other = new double[classes];
        for (var place = 0; place < first.Length; place++)
        {
            one[place % classes] += first[place] / rows;
            other[place % classes] += second[place] / rows;
        }
        var chance = one.Zip(other, (p, q) => p * q).Sum();
        return (observed - chance) / (1 - chance);
    }

    private static string Describe(Study study) => study.Weak.From is [var saved] ? SavedRepresentations.NameOf(saved)
        : study.Weak.Source == RepresentationSource.Pretrained
        ? $"{study.Weak.Depth} × {study.Weak.Hidden}" : $"noise {NumberText.Measure(study.Weak.Noise)}";

    /// <summary>
    /// How much of one representation's principal components another one has, by their linear kernels on the same examples: after
    /// 2502.00620, whose program is not public, so the form is ours.
    /// </summary>
    internal static class KernelOverlap
    {
        /// <summary>Components whose share of the variance is less are noise.</summary>
        private const double LeastShare = 1e-6;

        /// <summary>
        /// ‖Uᵀ V‖² / k for the k leading left singular vectors of both centred feature matrices: 1 for one span, k / n by chance.
        /// </summary>
        /// <param name="most">Components at most.</param>
        public static double Of(TaskSamples first, TaskSamples second, int cell, int most = 4)
        {
            double[][] u = Components(first, cell, most), v = Components(second, cell, most);
            var count = Math.Min(u.Length, v.Length);
            if (count == 0) return 0;
            return u.Take(count).Sum(one => v.Take(count).Sum(other => Math.Pow(TensorPrimitives.Dot<double>(one, other), 2))) / count;
        }

        /// <summary>Left singular vectors, [samples] each, the widest first.</summary>
        private static double[][] Components(TaskSamples features, int cell, int most)
        {
            var (width, samples, rows) = (features.Width, features.Samples, features.Task(cell).ToArray());
            var columns = new double[width][];
            for (var unit = 0; unit < width; unit++)
            {
                columns[unit] = [.. Enumerable.Range(0, samples).Select(sample => (double)rows[sample * width + unit])];
                TensorPrimitives.Subtract(columns[unit], columns[unit].Average(), columns[unit]);
            }
            double[] gram = new double[width * width], squares = new double[width];
            for (var place = 0; place < gram.Length; place++) gram[place] =
                TensorPrimitives.Dot<double>(columns[place / width], columns[place % width]);
            SymmetricMatrix.Decompose(gram, squares);
            return [.. Enumerable.Range(0, width).OrderByDescending(index => squares[index]).Take(most)
                .Where(index => squares[index] > LeastShare * squares.Sum()).Select(index =>
            {
                var component = new double[samples];
                for (var unit = 0; unit < width; unit++) TensorPrimitives.MultiplyAdd(columns[unit],
                    gram[index * width + unit] / Math.Sqrt(squares[index]), component, component);
                return component;
            })];
        }
    }
}
