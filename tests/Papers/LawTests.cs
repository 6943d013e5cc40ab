using W2S.Data;
using W2S.Experiments;
using W2S.Experiments.Metrics;
using W2S.Runs;
using W2S.Training;
using W2S.Training.Objectives;

namespace W2S.Papers;

/// <summary>What can be proved of the quantities that the experiments measure.</summary>
public class LawTests
{
    private const int Classes = 4, Rows = 60;

    [Theory]
    [InlineData(0.3)]
    [InlineData(0.01)]
    public void The_counterexample_has_calibration_errors_apart_by_more_than_any_bound_in_the_divergence(double delta)
    {
        var (teacher, student, divergence) = Bounds.Counterexample(delta);
        Assert.Equal(0, teacher, 1e-12);
        Assert.Equal(1 - 2 * delta, student, 1e-12);
        Assert.Equal(-0.5 * Math.Log(1 - 4 * delta * delta), divergence, 1e-12);
    }

    [Fact]
    public void No_pair_of_heads_breaks_an_inequality()
    {
        using var folder = new TemporaryFolder();
        var rows = SmallExperiments.Run("bounds", folder["run"]).Experiments[0].Rows;
        foreach (var law in new[] { "accuracy", "kl", "l1" }) Assert.All(rows, row =>
            Assert.InRange(row[$"{law}_gap"], 0, row[$"{law}_bound"] + 1e-12));
    }

    [Fact]
    public void Softmax_heads_by_forward_kl_are_those_of_newtons_method_and_gain_is_misfit()
    {
        var (features, teacher, truth) = Sample(1);
        var inputs = HeadClass.Softmax.Inputs(features, features, 5);
        var student = HeadClass.Softmax.Predict(HeadClass.Softmax.Fit(inputs, teacher, Classes, isForward: true), inputs, Classes);
        var exact =
            NewtonHeads.Fit([.. features.Select(value => (double)value)], teacher, Rows,
            hasBias: true).Head.Predict([.. features.Select(value => (double)value)]);
        for (var place = 0; place < student.Length; place++) Assert.Equal(exact[place], student[place], 1e-5);
        var reference = HeadClass.Softmax.Predict(HeadClass.Softmax.Fit(inputs, truth, Classes, isForward: true), inputs, Classes);
        Assert.Equal(Divergence(teacher, student), Divergence(teacher, reference) - Divergence(student, reference), 1e-6);
    }

    [Fact]
    public void Simplex_linear_heads_by_reverse_kl_gain_at_least_the_misfit_over_any_head_of_the_class()
    {
        for (var seed = 0; seed < 5; seed++)
        {
            var (features, teacher, _) = Sample(seed);
            var inputs = HeadClass.Simplex.Inputs(features, features, 5);
            var fitted = HeadClass.Simplex.Fit(inputs, teacher, Classes, isForward: false);
            var (student, gap) =
                (HeadClass.Simplex.Predict(fitted, inputs, Classes),
                HeadClass.Simplex.Gap(fitted, inputs, teacher, Classes, isForward: false));
            Assert.InRange(gap, -1e-12, 1e-3);
            for (var other = 0; other < 10; other++)
            {
                var random = new RandomStream(seed, "any head of the class", other);
                var reference =
                    HeadClass.Simplex.Predict([.. Enumerable.Range(0, 6 * Classes).Select(_ => 2 * random.NextNormal())], inputs, Classes);
                Assert.True(Divergence(reference, teacher) - Divergence(reference, student) - Divergence(student, teacher) >= -gap - 1e-9);
            }
        }
    }

    [Fact]
    public void Predictions_of_simplex_linear_heads_are_distributions()
    {
        var (features, teacher, _) = Sample(3);
        var inputs = HeadClass.Simplex.Inputs(features, features, 5);
        foreach (var row in HeadClass.Simplex.Predict(HeadClass.Simplex.Fit(inputs, teacher, Classes, true), inputs,
            Classes).Chunk(Classes))
        {
            Assert.Equal(1, row.Sum(), 1e-12);
            Assert.All(row, probability => Assert.InRange(probability, 0, 1));
        }
    }

    /// <summary>mean KL(t_j‖s) = mean KL(t_j‖t̄) + KL(t̄‖s).</summary>
    [Fact]
    public void What_teachers_are_from_a_student_splits_at_their_average()
    {
        List<Targets> teachers = [.. Enumerable.Range(0, 3).Select(seed => new Targets(1, Rows, Classes, Sample(seed).Teacher))];
        double[] average = SeveralTeachers.Mixed(teachers, (_, _) => 1).Values, student = Sample(9).Teacher;
        Assert.Equal(teachers.Average(teacher => Divergence(teacher.Values, student)),
            teachers.Average(teacher => Divergence(teacher.Values, average)) + Divergence(average, student), 1e-12);
    }

    [Fact]
    public void Weights_of_teachers_count_as_shares()
    {
        List<Targets> teachers = [new(1, 1, 2, [1, 0]), new(1, 1, 2, [0, 1])];
        Assert.Equal([0.75, 0.25], SeveralTeachers.Mixed(teachers, (index, _) => index == 0 ? 3 : 1).Values);
    }

    [Fact]
    public void Likeness_is_complete_with_oneself_and_none_with_a_stranger()
    {
        double[] hard = [1, 0, 0, 1, 1, 0, 0, 1], opposite = [0, 1, 1, 0, 0, 1, 1, 0], mixed = [1, 0, 1, 0, 0, 1, 0, 1];
        Assert.Equal(0, SeveralTeachers.JensenShannon(hard, hard, 2), 1e-12);
        Assert.Equal(Math.Log(2), SeveralTeachers.JensenShannon(hard, opposite, 2), 1e-12);
        Assert.Equal(1, SeveralTeachers.Kappa(hard, hard, 2), 1e-12);
        Assert.Equal(-1, SeveralTeachers.Kappa(hard, opposite, 2), 1e-12);
        Assert.Equal(0, SeveralTeachers.Kappa(hard, mixed, 2), 1e-12);
    }

    [Fact]
    public void Kernels_overlap_wholly_under_a_rotation_and_hardly_by_chance()
    {
        const int samples = 1000;
        var random = new RandomStream(0, "features");
        float[] first = [.. Enumerable.Range(0, samples * 2).Select(_ => (float)random.NextNormal())],
            other = [.. Enumerable.Range(0, samples * 2).Select(_ => (float)random.NextNormal())];
        float[] turned =
            [.. Enumerable.Range(0, samples)
            .SelectMany(row => new[] { 3 * (first[2 * row] + first[2 * row + 1]) + 7, 0.5f * (first[2 * row] - first[2 * row + 1]) })];
        Assert.Equal(1, SeveralTeachers.KernelOverlap.Of(new TaskSamples(1, samples, 2, first), new TaskSamples(1, samples, 2, turned), 0), 1e-5);
        Assert.InRange(SeveralTeachers.KernelOverlap.Of(new TaskSamples(1, samples, 2, first), new TaskSamples(1, samples, 2, other), 0), 0, 0.02);
    }

    [Fact]
    public void The_minimiser_finds_the_minimum_of_a_narrow_valley()
    {
        double[] point = [-1.2, 1];
        HeadClass.Lbfgs.Minimise((x, gradient) =>
        {
            gradient[0] = -400 * x[0] * (x[1] - x[0] * x[0]) - 2 * (1 - x[0]);
            gradient[1] = 200 * (x[1] - x[0] * x[0]);
            return 100 * Math.Pow(x[1] - x[0] * x[0], 2) + Math.Pow(1 - x[0], 2);
        }, point);
        Assert.All(point, coordinate => Assert.Equal(1, coordinate, 1e-6));
    }

    private static double Divergence(double[] first, double[] second) =>
        KullbackLeibler.Divergence(first, second) / (first.Length / Classes);

    /// <summary>ReLU features of width 5, and two unlike distributions over the classes.</summary>
    private static (float[] Features, double[] Teacher, double[] Truth) Sample(int seed)
    {
        var random = new RandomStream(seed, "sample");
        float[] features = [.. Enumerable.Range(0, Rows * 5).Select(_ => (float)Math.Max(0, random.NextNormal() + 0.3))];
        return (features, Distributions(), Distributions());

        double[] Distributions()
        {
            double[] values = [.. Enumerable.Range(0, Rows * Classes).Select(_ => 1.5 * random.NextNormal())];
            for (var row = 0; row < Rows; row++) Link.Softmax.Apply(values.AsSpan(row * Classes, Classes),
                values.AsSpan(row * Classes, Classes));
            return values;
        }
    }
}
