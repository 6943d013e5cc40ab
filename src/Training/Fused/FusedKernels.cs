using W2S.Data;
using W2S.Models;
using W2S.Training.Objectives;

namespace W2S.Training.Fused;

/// <summary>Chooses the compiled copies of the kernels by width, link and loss, for one instruction set.</summary>
internal static class FusedKernels<TSimd, TVector> where TSimd : struct, ISimd<TVector> where TVector : unmanaged
{
    public static IRepresentationJob Pretrain(PretrainingProblem problem, string engine) => new PaddedMlp(problem.Initial.Shape).Width switch
    {
        16 => new PretrainingJob<TSimd, TVector, Width16>(problem, engine),
        32 => new PretrainingJob<TSimd, TVector, Width32>(problem, engine),
        48 => new PretrainingJob<TSimd, TVector, Width48>(problem, engine),
        _ => new PretrainingJob<TSimd, TVector, Width64>(problem, engine),
    };

    public static TaskSamples Features(MlpWeights representation, TaskSamples inputs, int threads) => new PaddedMlp(representation.Shape).Width switch
    {
        16 => FrozenFeatures<TSimd, TVector, Width16>.Compute(representation, inputs, threads),
        32 => FrozenFeatures<TSimd, TVector, Width32>.Compute(representation, inputs, threads),
        48 => FrozenFeatures<TSimd, TVector, Width48>.Compute(representation, inputs, threads),
        _ => FrozenFeatures<TSimd, TVector, Width64>.Compute(representation, inputs, threads),
    };

    public static IHeadJob FitHeads(HeadProblem problem, string engine, int threads) => problem.Objective switch
    {
        CrossEntropy => Fit<SoftmaxCrossEntropy<TSimd, TVector>>(problem, engine, threads),
        Squared { Link: Link.Tanh } => Fit<SquaredError<TSimd, TVector, FusedLinks.Tanh<TSimd, TVector>>>(problem, engine, threads),
        Squared { Link: Link.Relu } => Fit<SquaredError<TSimd, TVector, FusedLinks.Relu<TSimd, TVector>>>(problem, engine, threads),
        Squared { Link: Link.Sigmoid } => Fit<SquaredError<TSimd, TVector, FusedLinks.Sigmoid<TSimd, TVector>>>(problem, engine, threads),
        _ => Fit<SquaredError<TSimd, TVector, FusedLinks.Identity<TSimd, TVector>>>(problem, engine, threads),
    };

    private static IHeadJob Fit<TLoss>(HeadProblem problem, string engine, int threads) where TLoss : struct, IHeadLoss<TSimd, TVector> =>
        new HeadJob<TSimd, TVector, TLoss>(problem, engine, threads);

    private readonly struct Width16 : IWidth
    {
        public static int Value => 16;
    }

    private readonly struct Width32 : IWidth
    {
        public static int Value => 32;
    }

    private readonly struct Width48 : IWidth
    {
        public static int Value => 48;
    }

    private readonly struct Width64 : IWidth
    {
        public static int Value => 64;
    }
}
