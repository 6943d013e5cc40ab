using System.Numerics.Tensors;

namespace W2S.Papers;

/// <summary>
/// How much of one representation's principal components another one has, by their linear kernels on the same examples: after
/// 2502.00620, whose program is not public, so the form is ours.
/// </summary>
internal static class KernelOverlap
{
    /// <summary>Components whose share of the variance is less are noise.</summary>
    private const double LeastShare = 1e-6;

    /// <summary>
    /// ‖Uᵀ V‖² / k for the k leading left singular vectors of both centred feature matrices: 1 for one span, k / n by chance.
    /// </summary>
    /// <param name="most">Components at most.</param>
    public static double Of(TaskSamples first, TaskSamples second, int cell, int most = 4)
    {
        double[][] u = Components(first, cell, most), v = Components(second, cell, most);
        var count = Math.Min(u.Length, v.Length);
        if (count == 0) return 0;
        return u.Take(count).Sum(one => v.Take(count).Sum(other => Math.Pow(TensorPrimitives.Dot<double>(one, other), 2))) / count;
    }

    /// <summary>Left singular vectors, [samples] each, the widest first.</summary>
    private static double[][] Components(TaskSamples features, int cell, int most)
    {
        var (width, samples, rows) = (features.Width, features.Samples, features.Task(cell).ToArray());
        var columns = new double[width][];
        for (var unit = 0; unit < width; unit++)
        {
            columns[unit] = [.. Enumerable.Range(0, samples).Select(sample => (double)rows[sample * width + unit])];
            TensorPrimitives.Subtract(columns[unit], columns[unit].Average(), columns[unit]);
        }
        double[] gram = new double[width * width], squares = new double[width];
        for (var place = 0; place < gram.Length; place++) gram[place] =
            TensorPrimitives.Dot<double>(columns[place / width], columns[place % width]);
        SymmetricEigen.Decompose(gram, squares);
        return [.. Enumerable.Range(0, width).OrderByDescending(index => squares[index]).Take(most)
            .Where(index => squares[index] > LeastShare * squares.Sum()).Select(index =>
        {
            var component = new double[samples];
            for (var unit = 0; unit < width; unit++) TensorPrimitives.MultiplyAdd(columns[unit],
                gram[index * width + unit] / Math.Sqrt(squares[index]), component, component);
            return component;
        })];
    }
}
