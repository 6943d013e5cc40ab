using W2S.Data;
using W2S.Models;
using W2S.Training.Objectives;

namespace W2S.Training.Tests.Fused;

/// <summary>What only softmax heads must stand; what they share with other heads is in <see cref="FusedHeadTests"/>.</summary>
public class FusedSoftmaxTests
{
    public static TheoryData<InstructionSet> Sets => FusedCases.InstructionSets;

    /// <remarks>Weights of −1, 0 and 1 on a feature of 10,000 make logits that a float holds exactly, ties among them.</remarks>
    [Theory, MemberData(nameof(Sets))]
    public void Logits_of_ten_thousand_saturate_without_harm(InstructionSet set)
    {
        for (var classes = 2; classes <= 16; classes++)
        {
            var heads = new LinearHeads(3, 1, hasBias: true, classes);
            var random = new RandomStream(classes, "extreme");
            foreach (ref var weight in heads.Weights.AsSpan()) weight = random.NextInt(3) - 1;
            var features = new TaskSamples(3, 7, 1);
            features.Values.AsSpan().Fill(1e4f);
            var labels = new TaskSamples(3, 7, classes);
            for (var sample = 0; sample < 21; sample++) labels.Values[sample * classes + random.NextInt(classes)] = 1;
            var optimiser = new OptimiserOptions { Batch = 3, Beta1 = 0 };
            var problem = new HeadProblem("extreme", heads, features, labels, optimiser, classes, "shuffle")
            {
                Objective = new CrossEntropy(),
            };
            FusedHeadTests.AssertFirstStep(problem, set);
            using var job = new FusedEngine(1, set).FitHeads(problem);
            job.Advance(0, 100);
            Assert.True(double.IsFinite(job.TakeMeanLoss()));
        }
    }

    [Fact]
    public void A_state_with_another_number_of_classes_is_refused_and_changes_nothing()
    {
        var engine = new FusedEngine(1);
        using var job = engine.FitHeads(FusedCases.Softmax(3));
        using var other = engine.FitHeads(FusedCases.Softmax(4));
        JobLaws.AnotherShapeIsRefused(job, other);
    }
}
