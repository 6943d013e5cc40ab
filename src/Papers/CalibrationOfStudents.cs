using Part = W2S.Experiments.Dataset.Part;

namespace W2S.Papers;

/// <summary>
/// Teachers more and less accurate (noise on their representation), made over- and under-confident by a temperature on their
/// labels: what becomes of the student's accuracy and calibration, and what temperature scaling on held-out labels repairs. The
/// truth P(y|x) is known, so accuracy and calibration error are measured twice: against it, and against classes drawn from it.
/// </summary>
internal sealed class CalibrationOfStudents() : Experiment(
    "calibration", "A student needs a teacher that is right, and one that knows how sure to be",
    "The student's calibration error is bounded by its teacher's and their disagreement, so a teacher must be accurate and calibrated "
    + "(after 2502.01458; noise, temperatures and samples are ours).")
{
    private const string BinTable = "bins", Weak = "weak", Student = "student", Ceiling = "ceiling", OfScaled = "student of scaled labels",
        Scaled = "scaled student";
    private const int Resamples = 200;
    private static readonly Calibration.Options Options = new();

    /// <summary>Temperatures of one teacher are measured together, for it is fitted once.</summary>
    public override string KeyOf(Study study) => (study with { WeakLabels = new() }).Identity();

    public override IEnumerable<Row> Measure(IReadOnlyList<Study> studies, Func<Study, Bench> open)
    {
        var bench = open(studies[0]);
        var (weak, ceiling) = (bench.Weak(), bench.Strong());
        Targets heldOut = bench.Labels(Part.Valid), classes = bench.Labels(Part.Evaluation);
        foreach (var study in studies)
        {
            var labels = study.WeakLabels;
            var student = bench.Student(labels.Of(weak.On(Part.Student)));
            var ofTeacher = Fit(labels.Of(weak.On(Part.Valid)));
            var ofScaled = bench.Student(TemperatureScaling.At(ofTeacher, labels.Of(weak.On(Part.Student))));
            var own = Fit(student.On(Part.Valid));
            (string Name, Targets Predictions, double[]? Temperatures)[] models =
            [
                (Weak, labels.Of(weak.On(Part.Evaluation)), null), (Student, student.On(Part.Evaluation), null),
                    (Ceiling, ceiling.On(Part.Evaluation), null),
                (OfScaled, ofScaled.On(Part.Evaluation), ofTeacher),
                (Scaled, TemperatureScaling.At(own, student.On(Part.Evaluation)), own),
            ];
            foreach (var (name, predictions, temperatures) in models)
            {
                for (var cell = 0; cell < bench.Cells.Count; cell++)
                    yield return Describe(Start(new Row(), study, name, bench.SeedOf(cell)), cell, predictions)
                        .With("scaling_temperature", temperatures?[cell]);
                if (name is OfScaled or Scaled) continue;
                foreach (var bin in Calibration.OfLikeliest(predictions.Values, classes.Values, bench.Classes, Options).Bins)
                    yield return Start(new Row(BinTable), study, name, study.Seed).With("rows", bin.Rows)
                        .With("confidence", bin.Confidence).With("accuracy", bin.Accuracy);
            }
        }

        double[] Fit(Targets predictions) =>
            [.. Enumerable.Range(0, bench.Cells.Count)
                .Select(cell => TemperatureScaling.Fit(predictions.Cell(cell), heldOut.Cell(cell), bench.Classes))];

        Row Start(Row row, Study study, string model, long seed) => row.With("weak", bench.Representation(Stages.Weak).Name)
            .With("temperature", study.WeakLabels.Temperature).With("seed", seed).With("model", model);

        Row Describe(Row row, int cell, Targets predictions)
        {
            var truth = bench.Truth(Part.Evaluation);
            var (confidences, chances) = Calibration.Likeliest(predictions.Cell(cell), truth.Cell(cell), bench.Classes);
            var (_, hits) = Calibration.Likeliest(predictions.Cell(cell), classes.Cell(cell), bench.Classes);
            var accuracy = Interval.OfMean(hits, bench.Study.Seed, Resamples);
            var error =
                Interval.OverRows(hits.Length, rows =>
                Error([.. rows.Select(place => confidences[place])], [.. rows.Select(place => hits[place])]), bench.Study.Seed,
                Resamples);
            return row.With("task", bench.Cells[cell])
                .With("accuracy", chances.Average()).With("sampled_accuracy", hits.Average()).With("accuracy_low", accuracy?.Low)
                    .With("accuracy_high", accuracy?.High)
                .With("ece", Error(confidences, chances)).With("sampled_ece", Error(confidences, hits)).With("ece_low", error?.Low)
                    .With("ece_high", error?.High)
                .With("ece_if_calibrated", Calibration.ErrorOfCalibrated(confidences, Options))
                .With("kl", Errors.Of(KullbackLeibler.Divergence, truth, predictions)[cell]);
        }
    }

    public override Finding Tell(IReadOnlyList<Row> rows)
    {
        var main = rows.Where(row => row.Table == Row.Main).ToList();
        var temperatures = main.Select(row => row[Temperature]).Distinct().Order().ToList();
        var teachers = main.Select(row => row.Text(Weak)).Distinct().OrderByDescending(weak => Over.Mean(Of(weak, 1, Weak), "accuracy"))
            .ToList();
        var (best, worst, middle, coldest) = (teachers[0], teachers[^1], teachers[teachers.Count / 2], temperatures[0]);
        var covered = main.Average(row => row["accuracy_low"] <= row["accuracy"] && row["accuracy"] <= row["accuracy_high"] ? 1.0 : 0);
        return new Finding(
            $"From the least to the most accurate teacher the student's accuracy goes from {Ratio(worst, 1, Student, "accuracy")} to "
            + $"{Ratio(best, 1, Student, "accuracy")}, and over all temperatures of one teacher's labels it varies by "
            + $"{NumberText.Ratio(Reach("accuracy"))}, while its calibration error varies by {NumberText.Ratio(Reach("ece"))}: "
            + $"{Ratio(middle, coldest, Student, "ece")} at temperature {NumberText.Exact(coldest)}, {Ratio(middle, 1, Student, "ece")} at "
            + $"1, {Ratio(middle, temperatures[^1], Student, "ece")} at {NumberText.Exact(temperatures[^1])}, where a calibrated model "
            + $"would show {Ratio(middle, 1, Student, "ece_if_calibrated")} on drawn classes. Temperature scaling of the weak labels at "
            + $"{NumberText.Exact(coldest)} before the student sees them leaves it at {Ratio(middle, coldest, OfScaled, "ece")}, of the "
            + $"student itself at {Ratio(middle, coldest, Scaled, "ece")}.",
            [
                new Exhibit("students", "Left: accuracy. Right: calibration error by the true probabilities. "
                    + "Both against the temperature of the weak labels (below 1 over-confident); bands over seeds.",
                    Curves("Accuracy of students", "accuracy", Student), Curves("Calibration error of students", "ece", Student)),
                new Exhibit("scaling",
                    "The same students after a temperature fitted on held-out labels: on the teacher's labels before they learn (left), on "
                        + "their own probabilities afterwards (right).",
                    Curves("Weak labels scaled first", "ece", OfScaled), Curves("The student itself scaled", "ece", Scaled)),
                new Exhibit("reliability",
                    $"Teacher {middle}, its labels at temperature {NumberText.Exact(coldest)} (first row) and as they are (second): "
                    + "teacher, student and ceiling, all tasks and seeds together, classes drawn. The interval of ECE is a bootstrap's "
                    + "over rows of one task, the mean over tasks; “if calibrated” is what a perfectly calibrated model with these "
                    + "confidences would show on such a sample.",
                    [.. new[] { coldest, 1 }.Distinct()
                        .SelectMany(temperature => new[] { Weak, Student, Ceiling }.Select(model => Reliability(model, temperature)))]),
                new Exhibit("all",
                    "Means over seeds and tasks with intervals over seeds. Accuracy and ECE by the true probabilities; “sampled” by drawn "
                    + $"classes. In {NumberText.Percent(covered)} of all rows the exact accuracy lies in the sampled one's 95 % bootstrap "
                    + "interval. The sampled ECE exceeds the exact one by its bias.",
                    new TextTable(["teacher", "temperature", "model", "accuracy", "sampled", "ECE", "sampled ECE", "if calibrated",
                        "KL(truth‖model)"],
                        [.. main.GroupBy(row => (Teacher: row.Text(Weak), Temperature: row[Temperature], Model: row.Text("model")))
                            .Select(group => (string[])
                        [
                            group.Key.Teacher, NumberText.Exact(group.Key.Temperature), group.Key.Model,
                            .. new[] { "accuracy", "sampled_accuracy", "ece", "sampled_ece", "ece_if_calibrated", "kl" }.Select(column =>
                                Over.Text(group, column)),
                        ])])),
            ]);

        IEnumerable<Row> Of(string weak, double temperature, string model) =>
            main.Where(row => row.Text(Weak) == weak && row[Temperature] == temperature && row.Text("model") == model);

        double Mean(string weak, double temperature, string model, string column) => Over.Mean(Of(weak, temperature, model), column);

        // Of one teacher's students, over temperatures.
        double Reach(string column)
        {
            var means = temperatures.Select(temperature => Mean(middle, temperature, Student, column)).ToList();
            return means.Max() - means.Min();
        }

        string Ratio(string weak, double temperature, string model, string column) =>
            NumberText.Ratio(Mean(weak, temperature, model, column));

        string Curves(string title, string column, string model)
        {
            var curves =
                teachers.Select(weak =>
                Over.Curve($"teacher {weak}", main.Where(row => row.Text(Weak) == weak && row.Text("model") == model), Temperature,
                column)).ToList();
            return ErrorCurves.Draw(title, "", "temperature of the weak labels", column == "ece" ? "ECE" : column, curves,
                isLogarithmic: true,
                column == "ece" ? (0, main.Where(row => row.Text("model") == Student).Max(row => row["ece"])) : null);
        }

        string Reliability(string model, double temperature)
        {
            var own = Of(middle, temperature, model).ToList();
            var bins =
                rows.Where(row => row.Table == BinTable && row.Text(Weak) == middle && row[Temperature] == temperature
                && row.Text("model") == model);
            return ReliabilityDiagram.Draw($"{model}, temperature {NumberText.Exact(temperature)}",
                $"ECE {NumberText.Ratio(Over.Mean(own, "sampled_ece"))} [{NumberText.Ratio(Over.Mean(own, "ece_low"))}, "
                    + $"{NumberText.Ratio(Over.Mean(own, "ece_high"))}], if calibrated "
                    + $"{NumberText.Ratio(Over.Mean(own, "ece_if_calibrated"))}",
                Pooled(bins));
        }
    }

    private const string Temperature = "temperature";

    private static double Error(double[] confidences, double[] outcomes) => Calibration.Of(confidences, outcomes, Options).ExpectedError;

    /// <summary>Bins of several samples together; a bin of equal width is known by its confidence.</summary>
    private static Calibration Pooled(IEnumerable<Row> bins) => new([
        .. bins.GroupBy(bin => (int)Math.Ceiling(bin["confidence"] * Options.Bins)).OrderBy(bin => bin.Key).Select(same =>
        {
            var rows = same.Sum(bin => bin["rows"]);
            return new Calibration.Bin((int)rows, same.Sum(bin => bin["rows"] * bin["confidence"]) / rows,
                same.Sum(bin => bin["rows"] * bin["accuracy"]) / rows);
        })]);
}
