using W2S.Data;
using W2S.Models;

namespace W2S.Training.Tests;

/// <summary>Fifteen good units, and a sixteenth that the fitting sample hardly shows and fresh samples do: no error may explode.</summary>
public class ExtremeFeaturesTests
{
    private const int Samples = 1000, Fresh = 4000, Width = 16;

    /// <summary>The labels' own variance is about 1; without the rule errors reach 1e6.</summary>
    private const double Bounded = 1.5;

    public static TheoryData<int> AliveSamples => [1, 2, 5, 20];

    [Theory]
    [MemberData(nameof(AliveSamples))]
    public void A_unit_tiny_on_a_few_samples_and_large_on_fresh_ones(int alive) =>
        AssertBounded(
            alive, (units, random) => units[15] = 1e-3f * Exponential(random), (units, random) => units[15] = 10 * Exponential(random),
            _ => 0);

    [Theory]
    [MemberData(nameof(AliveSamples))]
    public void A_constant_unit_that_moves_on_a_few_samples(int alive) =>
        AssertBounded(
            alive, (units, random) => units[15] += 1e-4f * Exponential(random), (units, random) => units[15] += 5 * Exponential(random),
            _ => 3);

    [Theory]
    [MemberData(nameof(AliveSamples))]
    public void Two_units_that_differ_a_little_on_a_few_samples(int alive) =>
        AssertBounded(
            alive, (units, random) => units[15] += 1e-3f * (float)random.NextNormal(),
            (units, random) => units[15] += 3 * (float)random.NextNormal(), units => units[3]);

    [Theory]
    [MemberData(nameof(AliveSamples))]
    public void A_unit_of_ordinary_size_on_a_few_samples(int alive) =>
        AssertBounded(
            alive, (units, random) => units[15] = 3 * Exponential(random), (units, random) => units[15] = 3 * Exponential(random), _ => 0);

    private delegate void Disturb(Span<float> units, RandomStream random);

    private delegate float Rest(ReadOnlySpan<float> units);

    private static void AssertBounded(int alive, Disturb fitted, Disturb fresh, Rest rest)
    {
        for (var seed = 0; seed < 60; seed++)
        {
            var random = new RandomStream(seed, "extreme", alive);
            var fitting = Units(seed, "fitting", Samples, rest);
            for (var index = 0; index < alive; index++) fitted(fitting.Values.AsSpan((17 + 31 * index) * Width, Width), random);
            var later = Units(seed, "fresh", Fresh, rest);
            for (var index = 0; index < Math.Max(2, alive * Fresh / Samples); index++)
                fresh(later.Values.AsSpan(index * Width, Width), random);

            var truth = LinearHeads.Initialise(seed, "task", 1, Width, true);
            var heads = ExactHeads.Fit(fitting, Labels(truth, fitting), true, threads: 1);
            Assert.InRange(HeadCases.Distance(heads.Predict(later), Labels(truth, later), 0), 0, Bounded);
        }
    }

    private static TaskSamples Units(long seed, string name, int samples, Rest rest)
    {
        var units = TaskSamples.Gaussian(seed, name, 1, samples, Width, 1);
        for (var sample = 0; sample < samples; sample++)
        {
            var row = units.Values.AsSpan(sample * Width, Width);
            row[15] = rest(row);
        }
        return units;
    }

    /// <summary>What the true head says, and something that no head can say.</summary>
    private static TaskSamples Labels(LinearHeads truth, TaskSamples units) => HeadCases.Sum(truth.Predict(units), HeadCases.Curved(units));

    private static float Exponential(RandomStream random) => (float)-Math.Log(1 - random.NextDouble());
}
