using W2S.Training.Objectives;

namespace W2S.Training.Tests.Objectives;

/// <summary>
/// The exact weights π ≥ 0, Σ π = 1, that minimise E KL(Σ π_j p_j ‖ t) over fixed heads p_j: every set of heads is tried, the
/// optimum on it found by Newton's method, and the one that satisfies the conditions of optimality taken. For a handful of heads.
/// </summary>
internal static class MixtureProjection
{
    /// <param name="heads">Each [rows, classes], positive.</param>
    /// <param name="teacher">[rows, classes], positive.</param>
    public static double[] Fit(double[][] heads, double[] teacher, int classes)
    {
        for (var set = (1 << heads.Length) - 1; set > 0; set--)
        {
            int[] members = [.. Enumerable.Range(0, heads.Length).Where(head => (set >> head & 1) == 1)];
            if (Interior([.. members.Select(head => heads[head])], teacher, classes) is not { } inside) continue;
            var weights = new double[heads.Length];
            for (var index = 0; index < members.Length; index++) weights[members[index]] = inside[index];
            var slopes = Slopes(heads, teacher, classes, weights);
            if (slopes.All(slope => slope >= slopes[members[0]] - 1e-12)) return weights;
        }
        throw new InvalidOperationException("No set of heads satisfies the conditions of optimality.");
    }

    public static double[] Mix(double[][] heads, double[] weights) =>
        [.. Enumerable.Range(0, heads[0].Length).Select(index => heads.Zip(weights, (head, weight) => weight * head[index]).Sum())];

    /// <summary>The optimum with Σ π = 1 alone, or null where it is not positive: the last weight is 1 less the others.</summary>
    private static double[]? Interior(double[][] heads, double[] teacher, int classes)
    {
        var free = heads.Length - 1;
        double[] weights = [.. heads.Select(_ => 1.0 / heads.Length)];
        for (var step = 0; step < 200; step++)
        {
            var slopes = Slopes(heads, teacher, classes, weights);
            var mixed = Mix(heads, weights);
            var move = new double[free];
            var hessian = new double[free * free];
            for (var i = 0; i < free; i++)
            {
                move[i] = slopes[free] - slopes[i];
                for (var j = 0; j <= i; j++)
                    for (var index = 0; index < mixed.Length; index++)
                        hessian[i * free + j] += Beyond(i, index) * Beyond(j, index) / mixed[index] / (mixed.Length / classes);
            }
            if (!SymmetricMatrix.TryFactorise(hessian, free)) return null;
            SymmetricMatrix.Solve(hessian, move);
            double[] full = [.. move, -move.Sum()];
            var length = 1.0;
            for (var index = 0; index < full.Length; index++)
                if (full[index] < 0) length = Math.Min(length, -0.9 * weights[index] / full[index]);
            var before = SoftmaxCases.Kl(classes, mixed, teacher);
            while (length > 1e-10 && SoftmaxCases.Kl(classes, Mix(heads, Moved(length)), teacher) > before + 1e-15) length /= 2;
            weights = Moved(length);
            if (weights.Min() < 1e-12) return null;
            if (full.Max(Math.Abs) < 1e-13) return weights;

            double Beyond(int head, int index) => heads[head][index] - heads[free][index];
            double[] Moved(double by) => [.. weights.Zip(full, (weight, change) => weight + by * change)];
        }
        return weights;
    }

    /// <summary>d E KL(s‖t) / d π_j, but for a constant.</summary>
    private static double[] Slopes(double[][] heads, double[] teacher, int classes, double[] weights)
    {
        var mixed = Mix(heads, weights);
        double[] logs = [.. mixed.Zip(teacher, (s, t) => Math.Log(s / t))];
        return [.. heads.Select(head => head.Zip(logs, (probability, log) => probability * log).Sum() / (head.Length / classes))];
    }
}
