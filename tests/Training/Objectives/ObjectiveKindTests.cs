using W2S.Data;
using W2S.Training.Objectives;

namespace W2S.Training.Tests.Objectives;

public class ObjectiveKindTests
{
    [Fact]
    public void Each_is_found_by_its_name_and_no_name_is_twice()
    {
        Assert.Equal(ObjectiveKind.All.Count, ObjectiveKind.All.Select(kind => kind.Name).Distinct().Count());
        Assert.All(ObjectiveKind.All, kind => Assert.Equal(kind.Name, ObjectiveKind.Named(kind.Name).Create(null).Name));
        Assert.Equal(2 * 4, ((Mixture)ObjectiveKind.Named("mixture").Create(new Mixture.Options { Heads = 2 })).Outputs(3));
    }

    [Fact]
    public void A_name_that_there_is_is_not_given_to_another() =>
        Assert.Contains(
            "\"squared\"",
            Assert.Throws<ArgumentException>(() => ObjectiveKind.Add(ObjectiveKind.Of("squared", () => new Brier()))).Message);

    [Theory]
    [InlineData("crossentropy", "cross-entropy")]
    [InlineData("Squared", "squared")]
    [InlineData("hubert", "huber")]
    [InlineData("reverse_kl", "reverse-kl")]
    [InlineData("log-conf", "logconf")]
    [InlineData("brierr", "brier")]
    [InlineData("symetric", "symmetric")]
    public void An_unknown_name_is_answered_with_the_nearest(string name, string nearest)
    {
        var error = Assert.Throws<UserErrorException>(() => ObjectiveKind.Named(name).Create(null));
        Assert.Contains($"did you mean {nearest}?", error.Message);
        Assert.All(ObjectiveKind.All, kind => Assert.Contains(kind.Name, error.Message));
    }

    [Fact]
    public void Options_out_of_their_range_are_refused_all_together()
    {
        var error = Assert.Throws<UserErrorException>(
            () => ObjectiveKind.Named("symmetric").Create(new Symmetric.Options { Forward = -1, LabelFloor = 0 }));
        Assert.Contains("Forward", error.Message);
        Assert.Contains("LabelFloor", error.Message);
        Assert.Contains("Weight", Assert.Throws<UserErrorException>(() => new LogConf(new LogConf.Options { Weight = 1.5 })).Message);
        Assert.Contains("Radius", Assert.Throws<UserErrorException>(() => new Window(new Window.Options { Radius = double.NaN })).Message);
        Assert.Contains(
            "Width", Assert.Throws<UserErrorException>(() => ObjectiveKind.Named("huber").Create(new Huber.Options { Width = 0 })).Message);
        Assert.Contains(
            "softmax", Assert.Throws<UserErrorException>(() => new Squared(new Squared.Options { Link = Link.Softmax })).Message);
    }

    [Fact]
    public void Labels_that_an_objective_cannot_take_are_told_with_their_column()
    {
        Assert.Null(new CrossEntropy().Problem([0, 1, 0]));
        Assert.Null(new CrossEntropy().Problem([1f / 3, 1f / 3, 1f / 3]));
        Assert.Contains("sum to 0.9", new CrossEntropy().Problem([0.5, 0.4]));
        Assert.Contains("column 1 is -0.5", new Brier().Problem([1.5, -0.5]));
        Assert.Contains("column 2 is NaN", new Squared().Problem([-3, 5, double.NaN]));
        Assert.Null(new Squared().Problem([-3, 5]));
        Assert.Null(new ReverseKl().Problem([0, 1]));
        Assert.Contains("column 0 is 0", new ReverseKl(new ReverseKl.Options { LabelFloor = 0 }).Problem([0, 1]));
    }

    [Fact]
    public void Huber_is_half_the_squared_error_within_its_width_and_grows_evenly_beyond()
    {
        var (narrow, wide) = (new Huber(new Huber.Options { Width = 0.5 }), new Huber(new Huber.Options { Width = 1e6 }));
        for (var seed = 0; seed < 10; seed++)
        {
            double[] predictions = SoftmaxCases.Normal(seed, "logits", 3), labels = SoftmaxCases.Normal(seed, "labels", 3);
            var gradient = new double[3];
            Assert.Equal(new Squared().Error(predictions, labels) / 2, wide.Error(predictions, labels), 1e-14);
            // An outlier one further away costs its width more and pulls no harder.
            double[] outlier = [labels[0] + 4], further = [labels[0] + 5], pull = new double[1], same = new double[1];
            Assert.Equal(0.5, narrow.Loss(further, [labels[0]], same) - narrow.Loss(outlier, [labels[0]], pull), 1e-14);
            Assert.Equal((0.5, 0.5), (pull[0], same[0]));
            narrow.Loss(predictions, labels, gradient);
            Assert.All(gradient, slope => Assert.InRange(Math.Abs(slope), 0, 0.5 / 3));
        }
    }

    [Fact]
    public void The_confidence_weight_warms_up_in_proportion_and_as_openai_wrote_it_with_a_jump()
    {
        var linear = new LogConf();
        var openAi = new LogConf(new LogConf.Options { Schedule = LogConf.Schedule.OpenAi });
        Assert.Equal([0, 0.25, 0.5, 0.5], new[] { 0, 0.05, 0.1, 1 }.Select(linear.Coefficient));
        Assert.Equal([0, 0.025, 0.05, 0.5, 0.5], new[] { 0, 0.05, 0.1, 0.101, 1 }.Select(openAi.Coefficient));
        Assert.Equal(0.5, new LogConf(new LogConf.Options { WarmUp = 0 }).Coefficient(0));
    }

    [Fact]
    public void A_hardened_student_answers_as_often_as_the_labels_do()
    {
        for (var seed = 0; seed < 10; seed++)
        {
            // 40 rows, of which exactly a fifth are labelled 1: the fifth with the least p₀ answers 1, wherever one half lies.
            var logits = SoftmaxCases.Normal(seed, "logits", 80).Select((value, index) => index % 2 == 0 ? value + 5 : value).ToArray();
            var labels = SoftmaxCases.Hard(Enumerable.Range(0, 40).Select(row => row % 5 == 0 ? 1 : 0), 2);
            var targets = new double[80];
            new LogConf(new LogConf.Options { Weight = 1 }).Relabel(logits, labels, 40, 1, targets);
            Assert.Equal(8, Enumerable.Range(0, 40).Sum(row => targets[row * 2 + 1]));
            var gaps = Enumerable.Range(0, 40)
                .Select(row => (Gap: logits[row * 2] - logits[row * 2 + 1], Answer: targets[row * 2]))
                .OrderBy(row => row.Gap).ToArray();
            Assert.All(gaps[..8], row => Assert.Equal(0, row.Answer));
            Assert.All(gaps[8..], row => Assert.Equal(1, row.Answer));
        }
    }

    [Fact]
    public void Sure_rows_fall_out_of_the_window_and_a_product_of_nothing_keeps_the_label()
    {
        double[] logits = [0.2, 0, 3, 0, 0, 0.5], labels = [0, 1, 0, 1, 0.3, 0.7], targets = new double[6];
        new Window().Relabel(logits, labels, 3, 1, targets);
        Assert.Equal([0, 1, 0, 0, 0.3, 0.7], targets);

        new Product().Relabel([2000, 0], [0, 1], 1, 1, targets.AsSpan(0, 2));
        Assert.Equal([0, 1], targets[..2]);
        new Product().Relabel([Math.Log(3), 0], [0.25, 0.75], 1, 1, targets.AsSpan(0, 2));
        Assert.Equal(0.5, targets[0], 1e-15);
        // s² y of s = (¾, ¼): each exponent belongs to its own factor.
        new Product(new Product.Options { Labels = 1, Student = 2 }).Relabel([Math.Log(3), 0], [0.25, 0.75], 1, 1, targets.AsSpan(0, 2));
        Assert.Equal(0.75, targets[0], 1e-15);
    }

    [Fact]
    public void A_mixture_of_one_head_is_reverse_kl_and_several_predict_between_their_heads()
    {
        double[] logits = [0.3, -1, 2, 0.7], label = [0.2, 0.5, 0.3], gradient = new double[4], alone = new double[3];
        Assert.Equal(
            new ReverseKl().Loss(logits[..3], label, alone), new Mixture(new Mixture.Options { Heads = 1 }).Loss(logits, label, gradient),
            1e-14);
        for (var index = 0; index < 3; index++) Assert.Equal(alone[index], gradient[index], 1e-14);

        var mixed = new double[2];
        new Mixture(new Mixture.Options { Heads = 2 }).Predict([50, 0, 0, 50, Math.Log(3), 0], mixed);
        Assert.Equal(0.75, mixed[0], 1e-12);
    }

    [Fact]
    public void Divergences_know_zero_and_infinity()
    {
        Assert.Equal(0, KullbackLeibler.Divergence([0, 1], [0, 1]));
        Assert.Equal(Math.Log(2), KullbackLeibler.Divergence([0, 1], [0.5, 0.5]), 1e-15);
        Assert.Equal(double.PositiveInfinity, KullbackLeibler.Divergence([0.5, 0.5], [0, 1]));
        Assert.Equal(3 * Math.Log(3) - 2, KullbackLeibler.Divergence([3], [1]), 1e-15);
        Assert.Equal(0, new Symmetric(new Symmetric.Options { Reverse = 0 }).Misfit([0.5, 0.5], [0, 1]) - Math.Log(2), 1e-15);
    }
}
