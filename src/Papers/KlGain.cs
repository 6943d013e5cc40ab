using Part = W2S.Experiments.Dataset.Part;

namespace W2S.Papers;

/// <summary>
/// Gain against misfit for both directions of KL and two classes of heads, fitted exactly. Two of the four have a law, on the
/// fitting sample and for a reference in the class: softmax heads by forward KL an identity, simplex-linear heads by reverse KL an
/// inequality. 2502.11107 claims the latter for the last linear layer, which is softmax: that is tested.
/// </summary>
internal sealed class KlGain() : Experiment(
    "kl-gain", "Gain is at least misfit: for which heads, and in which direction of KL?",
    "With KL as the loss the student's error is below its teacher's by at least their disagreement (2502.01458, 2501.19105); for the "
    + "last linear layer it is said of reverse KL (2502.11107). Errors are counted in the direction of each law: forward "
    + "KL(model‖truth) with misfit KL(teacher‖student), reverse KL(truth‖model) with misfit KL(student‖teacher).")
{
    private const string Fitting = "fitting", Fresh = "fresh", BestHead = "best head", Truth = "truth", Reverse = "reverse",
        Forward = "forward";

    /// <summary>
    /// How far a law may fail by rounding; by what a minimiser leaves undone, which its duality gap bounds, it may fail besides.
    /// </summary>
    private const double Rounding = 1e-6;

    public override IEnumerable<Row> Measure(IReadOnlyList<Study> studies, Func<Study, Bench> open)
    {
        var bench = open(studies.Single());
        var weak = bench.Weak();
        var (width, classes) = (bench.Representation(Stages.Strong).Width, bench.Classes);
        for (var cell = 0; cell < bench.Cells.Count; cell++)
        {
            bench.ThrowIfStopped();
            var fitting = bench.Features(Stages.Strong, Part.Student).Task(cell).ToArray();
            var fresh = bench.Features(Stages.Strong, Part.Evaluation).Task(cell).ToArray();
            foreach (var kind in new[] { HeadClass.Softmax, HeadClass.Simplex })
            {
                double[] inputs = kind.Inputs(fitting, fitting, width), freshInputs = kind.Inputs(fresh, fitting, width);
                foreach (var isForward in new[] { true, false })
                {
                    var student = kind.Fit(inputs, weak.On(Part.Student).Cell(cell).ToArray(), classes, isForward);
                    var gap = kind.Gap(student, inputs, weak.On(Part.Student).Cell(cell).ToArray(), classes, isForward);
                    var best = kind.Fit(inputs, bench.Truth(Part.Student).Cell(cell).ToArray(), classes, isForward);
                    foreach (var (sample, part, rows) in new[] { (Fitting, Part.Student, inputs), (Fresh, Part.Evaluation, freshInputs) })
                    {
                        double[] pupil = kind.Predict(student, rows, classes), teacher = weak.On(part).Cell(cell).ToArray();
                        foreach (var (name, reference) in new[] { (BestHead, kind.Predict(best, rows, classes)),
                            (Truth, bench.Truth(part).Cell(cell).ToArray()) })
                        {
                            var (gain, misfit) = GainAndMisfit(teacher, pupil, reference, classes, isForward);
                            yield return new Row().With("weak", bench.Representation(Stages.Weak).Name)
                                .With("strong", bench.Representation(Stages.Strong).Name)
                                .With("seed", bench.Study.Seed).With("task", bench.Cells[cell])
                                .With("heads", kind.Name).With("direction", isForward ? Forward : Reverse).With("sample", sample)
                                    .With("reference", name)
                                .With("gain", gain).With("misfit", misfit).With("residual", gain - misfit).With("gap", gap);
                        }
                    }
                }
            }
        }
    }

    public override Finding Tell(IReadOnlyList<Row> rows)
    {
        List<Row> identity = Of("softmax", Forward, Fitting, BestHead), law = Of("simplex-linear", Reverse, Fitting, BestHead),
            claim = Of("softmax", Reverse, Fitting, BestHead);
        var broken = claim.Where(Breaks).ToList();
        var brokenByTruth = Of("softmax", Reverse, Fresh, Truth).Where(Breaks).ToList();
        return new Finding(
            "On the fitting sample forward KL with softmax heads gives gain = misfit within "
            + $"{NumberText.Measure(identity.Max(row => Math.Abs(row["residual"])))} in all {Counted.Of(identity.Count, "fit")}, and "
            + $"reverse KL with simplex-linear heads breaks gain ≥ misfit in {law.Count(Breaks)} of {law.Count} (least residual "
            + $"{NumberText.Measure(law.Min(row => row["residual"]))} where the minimiser's own duality gap allows "
            + $"{NumberText.Measure(law.Max(row => row["gap"]))}). For softmax heads, the last linear layer of 2502.11107, reverse KL "
            + $"breaks it in {NumberText.Percent((double)broken.Count / claim.Count)} of fits against the best head, by "
            + $"{NumberText.Measure(Over.Median(broken.Select(row => -row["residual"])))} in the median where misfit is "
            + $"{NumberText.Measure(Over.Median(broken, "misfit"))}, and in "
            + $"{NumberText.Percent((double)brokenByTruth.Count / claim.Count)} against the truth on fresh samples.",
            [
                new Exhibit("gain",
                    "Gain against misfit on the fitting sample, counted against the best head of the class: the left and the last have a "
                        + "law (on the line, and on or above it).",
                    [.. from heads in new[] { "softmax", "simplex-linear" } from direction in new[] { Forward,
                        Reverse } select Scatter(heads, direction)]),
                new Exhibit("residuals",
                    "Residual gain − misfit, median over fits, and how often it is below 0 by more than rounding. On fresh samples and "
                        + "against a truth outside of the class nothing is promised.",
                    new TextTable(["heads", "direction", "sample", "against", "fits", "gain", "misfit", "residual", "least residual",
                        "broken", "by (median)"],
                        [.. rows.GroupBy(row =>
                            (Heads: row.Text("heads"), Direction: row.Text("direction"), Sample: row.Text("sample"),
                            Reference: row.Text("reference"))).Select(group => (string[])
                        [
                            group.Key.Heads, group.Key.Direction, group.Key.Sample, group.Key.Reference, $"{group.Count()}",
                            NumberText.Measure(Over.Median(group, "gain")), NumberText.Measure(Over.Median(group, "misfit")),
                                NumberText.Measure(Over.Median(group, "residual")),
                            NumberText.Measure(group.Select(row => row["residual"])
                                .Where(double.IsFinite).DefaultIfEmpty(double.NaN).Min()),
                                NumberText.Percent(group.Average(row => Breaks(row) ? 1.0 : 0)),
                            NumberText.Measure(Over.Median(group.Where(Breaks).Select(row => -row["residual"]))),
                        ])])),
            ]);

        // A teacher that gives a class the probability 0 has no reverse divergence at all.
        List<Row> Of(string heads, string direction, string sample, string reference) =>
            [.. rows.Where(row => double.IsFinite(row["residual"]) && row.Text("heads") == heads && row.Text("direction") == direction
                && row.Text("sample") == sample && row.Text("reference") == reference)];

        string Scatter(string heads, string direction) => ScatterPlot.Draw(new ScatterFigure
        {
            Title = $"{heads} heads, {direction} KL",
            Subtitle =
                $"{NumberText.Percent(Of(heads, direction, Fitting, BestHead).Average(row => Breaks(row) ? 1.0 : 0))} below the line",
            Series =
                [new ScatterFigure.DotSeries("fits",
                [.. Of(heads, direction, Fitting, BestHead).Select(row => new ScatterFigure.Dot(row["misfit"], row["gain"], ""))])],
        }, namedDots: false);
    }

    private static bool Breaks(Row row) => row["residual"] < -Rounding - row["gap"];

    private static (double Gain, double Misfit) GainAndMisfit(double[] teacher, double[] student, double[] reference, int classes,
        bool isForward)
    {
        return isForward
            ? (Divergence(teacher, reference) - Divergence(student, reference), Divergence(teacher, student))
            : (Divergence(reference, teacher) - Divergence(reference, student), Divergence(student, teacher));

        double Divergence(double[] first, double[] second) =>
            KullbackLeibler.Divergence(first, second) / (first.Length / classes);
    }
}
