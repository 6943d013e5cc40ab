namespace W2S.Training;

/// <summary>Does the arithmetic of encoders. Engines agree up to the order of summation.</summary>
internal interface IEncoderEngine
{
    /// <summary>"fused (AVX-512)", "torch (cuda)": shown in reports, and part of a trained encoder's identity.</summary>
    string Name { get; }

    IEncoderJob Pretrain(EncoderPretrainingProblem problem);
}
