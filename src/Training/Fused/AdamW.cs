using System.Runtime.CompilerServices;

namespace W2S.Training.Fused;

/// <summary>AdamW on one register of parameters, in the order of PyTorch's single-tensor form.</summary>
/// <remarks>
/// Denormal numbers cost a hundred times a normal one, and they do occur: the moments of a dead unit decay for ever. A
/// first moment below 2⁻¹⁰⁰ is dropped to 0 and a second moment held at 2⁻¹²⁰ or above. Neither can be seen in a
/// parameter: the update of the former is below 2⁻¹⁰⁰ · rate / ε, and the root of the latter, 2⁻⁶⁰, is lost in adding ε
/// (for ε above 2⁻³⁶; the default is near 2⁻²⁷).
/// </remarks>
internal static unsafe class AdamW<TSimd, TVector> where TSimd : struct, ISimd<TVector> where TVector : unmanaged
{
    private const float LeastFirstMoment = 7.888609e-31f;
    private const float LeastSecondMoment = 7.523164e-37f;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Update(float* parameter, float* first, float* second, TVector gradient, AdamWStep* step) =>
        TSimd.Store(parameter, Updated(TSimd.Load(parameter), first, second, gradient, step));

    /// <summary>The parameter after the step; its moments are stored.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Updated(TVector parameter, float* first, float* second, TVector gradient, AdamWStep* step)
    {
        var m = TSimd.MultiplyAdd(
            TSimd.Broadcast(step->OneMinusBeta1), gradient, TSimd.Multiply(TSimd.Broadcast(step->Beta1), TSimd.Load(first)));
        m = TSimd.DropBelow(TSimd.Broadcast(LeastFirstMoment), m);
        TSimd.Store(first, m);

        var weighted = TSimd.Multiply(TSimd.Broadcast(step->OneMinusBeta2), gradient);
        var v = TSimd.MultiplyAdd(weighted, gradient, TSimd.Multiply(TSimd.Broadcast(step->Beta2), TSimd.Load(second)));
        v = TSimd.AtLeast(TSimd.Broadcast(LeastSecondMoment), v);
        TSimd.Store(second, v);

        var denominator = TSimd.MultiplyAdd(
            TSimd.SquareRoot(v), TSimd.Broadcast(step->InverseRootCorrection2), TSimd.Broadcast(step->Epsilon));
        var change = TSimd.Divide(TSimd.Multiply(TSimd.Broadcast(step->StepSize), m), denominator);
        var decayed = TSimd.Multiply(TSimd.Broadcast(step->Decay), parameter);
        return TSimd.Subtract(decayed, change);
    }
}

/// <summary>
/// The numbers of one AdamW step that do not depend on the parameter; bias corrections are computed in double, as in PyTorch.
/// </summary>
internal readonly struct AdamWStep
{
    /// <summary>Before the names under which the moments of parameters are stored.</summary>
    public const string FirstMoment = "first_moment.", SecondMoment = "second_moment.";

    public readonly float Decay, Beta1, OneMinusBeta1, Beta2, OneMinusBeta2, StepSize, InverseRootCorrection2, Epsilon;

    /// <param name="step">0-based; PyTorch counts from 1.</param>
    /// <param name="rate">This step's.</param>
    public AdamWStep(OptimiserOptions options, long step, double rate)
    {
        Decay = (float)(1 - rate * options.WeightDecay);
        (Beta1, OneMinusBeta1) = ((float)options.Beta1, (float)(1 - options.Beta1));
        (Beta2, OneMinusBeta2) = ((float)options.Beta2, (float)(1 - options.Beta2));
        StepSize = (float)(rate / Correction(options.Beta1, step + 1));
        InverseRootCorrection2 = (float)(1 / Math.Sqrt(Correction(options.Beta2, step + 1)));
        Epsilon = (float)options.Epsilon;
    }

    /// <summary>1 − βᵗ; the power costs more than the rest of the step's numbers and soon no longer matters.</summary>
    private static double Correction(double beta, long t) => t * (1 - beta) > 40 ? 1 : 1 - Math.Pow(beta, t);
}
