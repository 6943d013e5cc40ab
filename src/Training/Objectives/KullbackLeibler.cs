namespace W2S.Training.Objectives;

/// <summary>The divergence of the two cross-entropies.</summary>
public static class KullbackLeibler
{
    /// <summary>
    /// KL(p‖q) = Σ p log(p/q) − p + q, in nats: for probabilities the usual one, for positive numbers that do not sum to 1 the
    /// Bregman divergence of Σ p log p. 0 log 0 is 0; infinite where q is 0 and p is not.
    /// </summary>
    public static double Divergence(ReadOnlySpan<double> p, ReadOnlySpan<double> q)
    {
        double sum = 0;
        for (var index = 0; index < p.Length; index++)
            sum += (p[index] == 0 ? 0 : p[index] * Math.Log(p[index] / q[index])) - p[index] + q[index];
        return sum;
    }
}
