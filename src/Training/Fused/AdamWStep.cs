namespace W2S.Training.Fused;

/// <summary>The numbers of one AdamW step that do not depend on the parameter; bias corrections are computed in double, as in PyTorch.</summary>
internal readonly struct AdamWStep
{
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
