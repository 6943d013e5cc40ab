using W2S.Training.Tests.Fused;
using W2S.Training.Tests.Torch;

namespace W2S.Training.Tests;

/// <summary>The fused kernels and TorchSharp's autograd do the same arithmetic, up to the order of summation.</summary>
[Collection(nameof(TorchTests))]
public class EngineAgreementTests
{
    private const int Cases = 20;

    private static readonly TorchEngine Autograd = new("cpu", 1);

    public static TheoryData<InstructionSet> InstructionSets => FusedCases.InstructionSets;

    /// <remarks>After one step from zero, the first moment is (1 − β₁) times the gradient.</remarks>
    [Theory]
    [MemberData(nameof(InstructionSets))]
    public void The_gradient_of_a_representation_is_autograds(InstructionSet instructions)
    {
        for (var number = 0; number < Cases; number++)
        {
            var problem = FusedCases.Pretraining(number);
            using var fused = new FusedEngine(1, instructions).Pretrain(problem);
            using var torch = Autograd.Pretrain(problem);
            fused.Advance(0, 1);
            torch.Advance(0, 1);
            Assert.InRange(FusedCases.Distance(Moments(torch), [.. Moments(fused).Select(moment => (float)moment)]), 0, 1e-5);
            Assert.InRange(fused.TakeMeanLoss() / torch.TakeMeanLoss(), 1 - 1e-5, 1 + 1e-5);
        }
    }

    [Theory]
    [MemberData(nameof(InstructionSets))]
    public void Features_are_the_same(InstructionSet instructions)
    {
        for (var number = 0; number < Cases; number++)
        {
            var problem = FusedCases.Pretraining(number);
            var expected = Autograd.Features(problem.Initial, problem.Inputs).Values.Select(value => (double)value);
            Assert.InRange(
                FusedCases.Distance(expected, new FusedEngine(2, instructions).Features(problem.Initial, problem.Inputs).Values), 0, 1e-5);
        }
    }

    [Theory]
    [MemberData(nameof(InstructionSets))]
    public void Heads_of_every_activation_are_the_same_after_fifty_steps(InstructionSet instructions)
    {
        for (var number = 0; number < Cases; number++)
        {
            var problem = FusedCases.Heads(number);
            using var fused = new FusedEngine(2, instructions).FitHeads(problem);
            using var torch = Autograd.FitHeads(problem);
            fused.Advance(0, 50);
            torch.Advance(0, 50);
            Assert.InRange(FusedCases.Distance(torch.Heads.Weights.Select(weight => (double)weight), fused.Heads.Weights), 0, 1e-3);
        }
    }

    [Theory]
    [MemberData(nameof(InstructionSets))]
    public void Softmax_heads_are_the_same_after_fifty_steps(InstructionSet instructions)
    {
        for (var number = 0; number < Cases; number++)
        {
            var problem = FusedCases.Softmax(number);
            using var fused = new FusedEngine(2, instructions).FitHeads(problem);
            using var torch = Autograd.FitHeads(problem);
            fused.Advance(0, 50);
            torch.Advance(0, 50);
            Assert.InRange(FusedCases.Distance(torch.Heads.Weights.Select(weight => (double)weight), fused.Heads.Weights), 0, 1e-3);
            Assert.InRange(fused.TakeMeanLoss() / torch.TakeMeanLoss(), 1 - 1e-4, 1 + 1e-4);
        }
    }

    /// <summary>All first moments, in the order of the weights.</summary>
    private static double[] Moments(IEngine.IRepresentationJob job) =>
        [.. job.Save().Where(tensor => tensor.Name.StartsWith("first_moment", StringComparison.Ordinal))
            .SelectMany(tensor => tensor.As<float>().ToArray()).Select(moment => (double)moment)];
}
