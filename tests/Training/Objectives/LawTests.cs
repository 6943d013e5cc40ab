using W2S.Data;
using W2S.Training.Objectives;

namespace W2S.Training.Tests.Objectives;

/// <summary>
/// The laws of gain and misfit, exact on the sample that the student was fitted on (t teacher, s student, r any reference).
/// </summary>
public class LawTests
{
    private const int Seeds = 20, Rows = 300, Width = 6;

    public static TheoryData<int> Classes => [2, 5];

    /// <summary>A. Forward KL, softmax heads with a bias: gain = misfit where the truth is a head on the student's features.</summary>
    [Theory]
    [MemberData(nameof(Classes))]
    public void Cross_entropy_gains_its_misfit_where_the_truth_is_in_the_class(int classes)
    {
        for (var seed = 0; seed < Seeds; seed++)
        {
            var (features, teacher, student) = Fitted(seed, classes);
            var truth = SoftmaxCases.Head(seed, "truth", Width, classes).Predict(features);
            Assert.Equal(
                Misfit(new CrossEntropy(), classes, student, teacher), Gain(new CrossEntropy(), classes, teacher, student, truth), 1e-9);
            for (var label = 0; label < classes; label++)
                Assert.Equal(ClassMean(teacher, classes, label), ClassMean(student, classes, label), 1e-12);
        }
    }

    /// <summary>A for a teacher of 0 and 1, and for features of lesser rank than their number.</summary>
    [Fact]
    public void Cross_entropy_gains_its_misfit_from_hard_labels_and_on_collinear_features()
    {
        for (var seed = 0; seed < Seeds; seed++)
        {
            var features = SoftmaxCases.Normal(seed, "features", Rows * Width);
            for (var row = 0; row < Rows; row++)
                (features[row * Width], features[row * Width + 3]) = (0, features[row * Width + 1] - features[row * Width + 2] + 4);
            var teacher = SoftmaxCases.Drawn(seed, SoftmaxCases.Curved(seed, features, Width, 3), 3);
            var student = NewtonHeads.Fit(features, teacher, Rows, true).Head.Predict(features);
            var truth = SoftmaxCases.Head(seed, "truth", Width, 3).Predict(features);
            Assert.Equal(Misfit(new CrossEntropy(), 3, student, teacher), Gain(new CrossEntropy(), 3, teacher, student, truth), 1e-9);
        }
    }

    /// <summary>A for any truth: gain − misfit = −E Σ (t − s) log r.</summary>
    [Theory]
    [MemberData(nameof(Classes))]
    public void Cross_entropy_differs_from_its_misfit_by_what_the_heads_cannot_say(int classes)
    {
        for (var seed = 0; seed < Seeds; seed++)
        {
            var (features, teacher, student) = Fitted(seed, classes);
            var truth = SoftmaxCases.Curved(seed + 1000, features, Width, classes);
            var residual = -Enumerable.Range(0, truth.Length)
                .Sum(index => (teacher[index] - student[index]) * Math.Log(truth[index])) / Rows;
            Assert.True(Math.Abs(residual) > 1e-6, "the case is empty");
            Assert.Equal(
                residual,
                Gain(new CrossEntropy(), classes, teacher, student, truth) - Misfit(new CrossEntropy(), classes, student, teacher), 1e-9);
        }
    }

    /// <summary>A is about errors with the model first: with the truth first, or a ridge, or no bias, it is no identity.</summary>
    [Fact]
    public void Cross_entropy_promises_nothing_with_the_truth_first_a_ridge_or_no_bias()
    {
        var (features, teacher, student) = Fitted(1, 3);
        var truth = SoftmaxCases.Head(1, "truth", Width, 3).Predict(features);
        var truthFirst = SoftmaxCases.Kl(3, truth, teacher) - SoftmaxCases.Kl(3, truth, student);
        Assert.True(Math.Abs(truthFirst - SoftmaxCases.Kl(3, teacher, student)) > 0.01);
        var shrunk = NewtonHeads.Fit(features, teacher, Rows, true, new NewtonHeads.Options { Ridge = 0.1 }).Head.Predict(features);
        Assert.True(Math.Abs(Gain(new CrossEntropy(), 3, teacher, shrunk, truth) - Misfit(new CrossEntropy(), 3, shrunk, teacher)) > 0.01);
        var unbiased = NewtonHeads.Fit(features, teacher, Rows, hasBias: false).Head.Predict(features);
        Assert.True(
            Math.Abs(Gain(new CrossEntropy(), 3, teacher, unbiased, truth) - Misfit(new CrossEntropy(), 3, unbiased, teacher)) > 1e-3);
    }

    /// <summary>B and D. Reverse KL over mixtures of fixed heads, weights optimal.</summary>
    [Fact]
    public void Mixtures_of_fixed_heads_gain_at_least_their_misfit_and_exactly_it_at_every_head_in_use()
    {
        var (atBoundary, inside) = (0, 0);
        for (var seed = 0; seed < Seeds; seed++)
        {
            const int classes = 3;
            var features = SoftmaxCases.Normal(seed, "features", 100 * Width);
            double[][] heads =
                [.. Enumerable.Range(0, 4).Select(head => SoftmaxCases.Head(seed, $"head {head}", Width, classes, 1).Predict(features))];
            // Teachers near the mixture have their optimum inside, others at its boundary.
            var strange = SoftmaxCases.Curved(seed, features, Width, classes);
            var near = MixtureProjection.Mix([.. heads, strange], seed % 2 == 0 ? [0.2, 0.2, 0.2, 0.2, 0.2] : [0, 0.3, 0, 0, 0.7]);
            var weights = MixtureProjection.Fit(heads, near, classes);
            var student = MixtureProjection.Mix(heads, weights);
            var misfit = Misfit(new Mixture(), classes, student, near);
            Assert.True(misfit > 1e-6, "the case is empty");
            for (var head = 0; head < heads.Length; head++)
            {
                var gain = SoftmaxCases.Kl(classes, heads[head], near) - SoftmaxCases.Kl(classes, heads[head], student);
                Assert.Equal(gain, Gain(new Mixture(), classes, near, student, heads[head]), 1e-14);
                if (weights[head] > 0) Assert.Equal(misfit, gain, 1e-11);
                else Assert.True(gain >= misfit - 1e-12, $"{gain} < {misfit}");
                (atBoundary, inside) = (atBoundary + (weights[head] == 0 ? 1 : 0), inside + (weights[head] > 0 ? 1 : 0));
            }
            var random = new RandomStream(seed, "mixtures");
            for (var trial = 0; trial < 50; trial++)
            {
                double[] drawn = [.. heads.Select(_ => -Math.Log(1 - random.NextDouble()))];
                var truth = MixtureProjection.Mix(heads, [.. drawn.Select(weight => weight / drawn.Sum())]);
                Assert.True(Gain(new ReverseKl(), classes, near, student, truth) >= misfit - 1e-12);
            }
            // Whatever the weights: Σ π KL(p_j‖t) = KL(s‖t) + Σ π KL(p_j‖s).
            var any = MixtureProjection.Mix(heads, [0.1, 0.2, 0.3, 0.4]);
            Assert.Equal(
                heads.Select((head, index) => (index + 1) / 10.0 * SoftmaxCases.Kl(classes, head, near)).Sum(),
                SoftmaxCases.Kl(classes, any, near) + heads.Select(
                    (head, index) => (index + 1) / 10.0 * SoftmaxCases.Kl(classes, head, any)).Sum(),
                1e-13);
        }
        Assert.True(atBoundary >= 5 && inside >= 20, $"{atBoundary} heads out of use, {inside} in use");
    }

    /// <summary>B is broken by softmax heads: logistic heads w·x on four points, the truth one of them.</summary>
    [Fact]
    public void Reverse_kl_of_softmax_heads_can_lose_where_the_truth_is_in_the_class()
    {
        double[] x = [1, 3, -2, -1], teacher = [0.9, 0.1, 0.99, 0.01, 0.999, 0.001, 0.99, 0.01];
        const double truth = 1;
        double[] Head(double weight) =>
            [.. x.SelectMany(value => (double[])[1 / (1 + Math.Exp(-weight * value)), 1 / (1 + Math.Exp(weight * value))])];

        // The least of a fine grid over all weights of interest is within 1e-3 of the optimum, which moves the sides by less than 0.01.
        var best = Enumerable.Range(-8000, 16001).Select(step => step / 1000.0)
            .MinBy(weight => Misfit(new ReverseKl(), 2, Head(weight), teacher));
        var (student, reference) = (Head(best), Head(truth));

        Assert.InRange(
            Gain(new ReverseKl(), 2, teacher, student, reference) - Misfit(new ReverseKl(), 2, student, teacher), double.NegativeInfinity,
            -1);
    }

    /// <summary>C. D(r,t) = D(r,s) + D(s,t) + ⟨r − s, ∇φ(s) − ∇φ(t)⟩ for any positive numbers.</summary>
    [Fact]
    public void Bregman_divergences_split_at_any_point()
    {
        for (var seed = 0; seed < 200; seed++)
        {
            double[] Positive(string name) => [.. SoftmaxCases.Normal(seed, name, 4).Select(Math.Exp)];
            var (r, s, t) = (Positive("r"), Positive("s"), Positive("t"));
            double Split(Func<double[], double[], double> d, Func<double, double> slope) =>
                d(r, s) + d(s, t) + Enumerable.Range(0, 4)
                    .Sum(index => (r[index] - s[index]) * (slope(s[index]) - slope(t[index]))) - d(r, t);
            Assert.Equal(0, Split((p, q) => KullbackLeibler.Divergence(p, q), Math.Log), 1e-12);
            Assert.Equal(0, Split((p, q) => new Brier().Error(p, q), value => 2 * value), 1e-12);
            // The reverse KL is the Bregman divergence of Σ exp at the logarithms, its arguments exchanged.
            (r, s, t) = (Array.ConvertAll(r, Math.Log), Array.ConvertAll(s, Math.Log), Array.ConvertAll(t, Math.Log));
            Assert.Equal(
                0, Split((p, q) => KullbackLeibler.Divergence(Array.ConvertAll(q, Math.Exp), Array.ConvertAll(p, Math.Exp)), Math.Exp),
                1e-11);
        }
    }

    /// <summary>
    /// C. Student first, projected onto a set that is convex: gain ≥ misfit; squared error and KL on boxes of positive numbers.
    /// </summary>
    [Fact]
    public void Projections_onto_convex_sets_gain_at_least_their_misfit()
    {
        for (var seed = 0; seed < 200; seed++)
        {
            double[] teacher = [.. SoftmaxCases.Normal(seed, "teacher", 5).Select(Math.Exp)];
            double[] student = [.. teacher.Select(value => Math.Clamp(value, 0.6, 1.4))];
            var random = new RandomStream(seed, "truth");
            double[] truth = [.. teacher.Select(_ => random.NextUniform(0.6, 1.4))];
            foreach (var objective in (Objective[])[new Squared(), new Brier(), new ReverseKl()])
                Assert.True(
                    objective.Error(teacher, truth) - objective.Error(student, truth) >= objective.Misfit(student, teacher) - 1e-14,
                    objective.Name);
            // Teacher first, onto a set that is convex in logarithms, as this box is too.
            var forward = new CrossEntropy();
            Assert.True(forward.Error(teacher, truth) - forward.Error(student, truth) >= forward.Misfit(student, teacher) - 1e-14);
        }
    }

    /// <summary>E. Mean of KL(t_j‖s) = mean of KL(t_j‖t̄) + KL(t̄‖s).</summary>
    [Fact]
    public void The_mean_of_teachers_is_what_a_student_of_all_is_fitted_to()
    {
        for (var seed = 0; seed < Seeds; seed++)
        {
            var features = SoftmaxCases.Normal(seed, "features", Rows * Width);
            double[][] teachers =
                [.. Enumerable.Range(0, 5).Select(teacher => SoftmaxCases.Head(seed, $"teacher {teacher}", Width, 3).Predict(features))];
            var mean = MixtureProjection.Mix(teachers, [0.2, 0.2, 0.2, 0.2, 0.2]);
            var student = NewtonHeads.Fit(features, mean, Rows, true).Head.Predict(features);
            Assert.Equal(
                teachers.Average(teacher => Misfit(new CrossEntropy(), 3, student, teacher)),
                teachers.Average(teacher => SoftmaxCases.Kl(3, teacher, mean)) + Misfit(new CrossEntropy(), 3, student, mean), 1e-13);
        }
    }

    /// <summary>F. Ours, after 2502.01458: on any sample, for any models.</summary>
    [Fact]
    public void What_two_models_differ_by_is_bounded_by_their_disagreement_and_divergence()
    {
        for (var seed = 0; seed < 20_000; seed++)
        {
            var random = new RandomStream(seed, "bounds");
            var (classes, rows, spread) = (2 + random.NextInt(4), 1 + random.NextInt(8), 4 * random.NextDouble());
            double[] truth = Drawn(4), teacher = Drawn(spread);
            double[] student = random.NextInt(2) == 0 ? Drawn(spread) : [.. teacher.Zip(Drawn(1), (t, other) => 0.9 * t + 0.1 * other)];
            var (divergence, least) = (SoftmaxCases.Kl(classes, teacher, student), teacher.Concat(student).Min());

            Assert.True(Math.Abs(Accuracy(teacher, truth) - Accuracy(student, truth)) <= 1 - Accuracy(teacher, student) + 1e-12);
            var difference = SoftmaxCases.Kl(classes, truth, teacher) - SoftmaxCases.Kl(classes, truth, student);
            Assert.True(Math.Abs(difference) <= Math.Sqrt(2 * divergence) / least + 1e-12);
            Assert.True(Math.Abs(Distance(teacher, truth) - Distance(student, truth)) <= 2 * Math.Sqrt(1 - Math.Exp(-divergence)) + 1e-7);

            double[] Drawn(double scale)
            {
                var values = new double[rows * classes];
                foreach (ref var value in values.AsSpan()) value = scale * random.NextNormal();
                for (var row = 0; row < rows; row++)
                    Link.Softmax.Apply(values.AsSpan(row * classes, classes), values.AsSpan(row * classes, classes));
                return values;
            }

            double Accuracy(double[] model, double[] labels) =>
                SoftmaxCases.Mean(
                    classes, model, labels,
                    (one, other) => one.IndexOf(one.ToArray().Max()) == other.IndexOf(other.ToArray().Max()) ? 1 : 0);
            double Distance(double[] model, double[] labels) =>
                SoftmaxCases.Mean(
                    classes, model, labels, (one, other) => one.ToArray().Zip(other.ToArray(), (a, b) => Math.Abs(a - b)).Sum());
        }
    }

    /// <summary>A student with Newton heads on features, and the teacher whose labels no such head has.</summary>
    private static (double[] Features, double[] Teacher, double[] Student) Fitted(long seed, int classes)
    {
        var features = SoftmaxCases.Normal(seed, "features", Rows * Width);
        var teacher = SoftmaxCases.Curved(seed, features, Width, classes);
        return (features, teacher, NewtonHeads.Fit(features, teacher, Rows, true).Head.Predict(features));
    }

    private static double Gain(Objective objective, int classes, double[] teacher, double[] student, double[] truth) =>
        SoftmaxCases.Mean(classes, teacher, truth, objective.Error) - SoftmaxCases.Mean(classes, student, truth, objective.Error);

    private static double Misfit(Objective objective, int classes, double[] student, double[] teacher) =>
        SoftmaxCases.Mean(classes, student, teacher, objective.Misfit);

    private static double ClassMean(double[] probabilities, int classes, int label) =>
        Enumerable.Range(0, Rows).Average(row => probabilities[row * classes + label]);
}
