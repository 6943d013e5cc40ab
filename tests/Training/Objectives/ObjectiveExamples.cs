using W2S.Data;
using W2S.Training.Objectives;

namespace W2S.Training.Tests.Objectives;

/// <summary>Every objective there is, and logits and labels to try it on.</summary>
internal static class ObjectiveExamples
{
    /// <summary>All kinds with their defaults, and the options that take another path.</summary>
    public static IReadOnlyList<Objective> All { get; } =
    [
        .. ObjectiveKind.All.Select(kind => kind.Create(null)),
        new Squared(new Squared.Options { Link = Link.Tanh }),
        new Squared(new Squared.Options { Link = Link.Relu }),
        new Squared(new Squared.Options { Link = Link.Sigmoid }),
        new Huber(new Huber.Options { Width = 0.4 }),
        new ReverseKl(new ReverseKl.Options { LabelFloor = 0.01 }),
        new Symmetric(new Symmetric.Options { Forward = 0.3, Reverse = 2, LabelFloor = 0.02 }),
        new LogConf(new LogConf.Options { Schedule = LogConf.Schedule.OpenAi, Weight = 0.8 }),
        new LogConf(new LogConf.Options { Hardened = false }),
        new Product(new Product.Options { Labels = 0.5, Student = 2 }),
        new Window(new Window.Options { Radius = 0.3 }),
        new Mixture(new Mixture.Options { Heads = 1 }),
        new Mixture(new Mixture.Options { Heads = 3, LabelFloor = 0.01 }),
    ];

    /// <summary>Numbers of <see cref="All"/>, for theories.</summary>
    public static TheoryData<int> Numbers => [.. Enumerable.Range(0, All.Count)];

    public static double[] Logits(long seed, Objective objective, int rows, int targets) =>
        [.. SoftmaxCases.Normal(seed, "logits", rows * objective.Outputs(targets)).Select(value => 1.5 * value)];

    /// <summary>Labels of the objective's kind: numbers, or probabilities of which every fourth row is 0 and 1.</summary>
    public static double[] Labels(long seed, Objective objective, int rows, int targets)
    {
        var values = SoftmaxCases.Normal(seed, "labels", rows * targets);
        if (objective.Link != Link.Softmax) return values;
        var random = new RandomStream(seed, "hard");
        for (var row = 0; row < rows; row++)
        {
            var label = values.AsSpan(row * targets, targets);
            Link.Softmax.Apply(label, label);
            if (row % 4 != 3) continue;
            label.Clear();
            label[random.NextInt(targets)] = 1;
        }
        return values;
    }
}
