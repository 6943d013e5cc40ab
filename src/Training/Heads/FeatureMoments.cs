using System.Buffers;
using System.Numerics.Tensors;

namespace W2S.Training;

/// <summary>
/// What closed forms need of features: their means and the products of all pairs of centred columns, summed in float64 over
/// blocks of rows, which therefore need not be in memory together. One pass, whatever is fitted to them.
/// </summary>
/// <remarks>
/// Rows are shifted by the means of the first block before any product, and what is left of the means is taken out of the sums
/// afterwards: that cancels only as far as the first block's means miss the true ones, in units of the spread.
/// </remarks>
public sealed class FeatureMoments
{
    // Numbers of a block: 4 MB in float64, and long enough for products to pay.
    private const int BlockNumbers = 1 << 19;

    private delegate void BlockAction(int first, ReadOnlySpan<float> block);

    private FeatureMoments(int samples, double[] means, double[] largest, double[] gram, double[] rawMagnitudes) =>
        (Samples, Means, Largest, Gram, RawMagnitudes) = (samples, means, largest, gram, rawMagnitudes);

    /// <summary>Rows that were summed.</summary>
    public int Samples { get; }

    /// <summary>Features of a row.</summary>
    public int Width => Means.Length;

    /// <summary>The columns' means, [width]; what is no finite number among the features shows here.</summary>
    public double[] Means { get; }

    /// <summary>The columns' greatest magnitudes, [width]: rounding of float32 features is relative to them.</summary>
    public double[] Largest { get; }

    /// <summary>Products of the centred columns, [width, width], symmetric.</summary>
    public double[] Gram { get; }

    /// <summary>Root mean square of each column before centring.</summary>
    public double[] RawMagnitudes { get; }

    /// <param name="threads">Cores to use; the result does not depend on it.</param>
    /// <param name="afterRows">Told how many rows are done; may throw to stop.</param>
    public static FeatureMoments Of(int samples, int width, RowReader read, int threads, Action<int>? afterRows = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(samples);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(width);
        using var products = GramSum.Create(width, BlockRows(width), threads);
        var (shift, sums, largest) = (new double[width], new double[width], new double[width]);
        ForBlocks(samples, width, read, (first, block) =>
        {
            if (first == 0) shift = MeansOf(block, width);
            var shifted = products.Block(block.Length / width);
            for (var place = 0; place < block.Length; place += width)
            {
                var row = shifted.Slice(place, width);
                TensorPrimitives.ConvertTruncating(block.Slice(place, width), row);
                TensorPrimitives.MaxMagnitude(largest, row, largest);
                TensorPrimitives.Subtract(row, shift, row);
                TensorPrimitives.Add(sums, row, sums);
            }
            products.Add();
            afterRows?.Invoke(first + block.Length / width);
        });
        var gram = products.Total();
        var magnitudes = new double[width];
        for (var unit = 0; unit < width; unit++)
            magnitudes[unit] = Math.Sqrt(Math.Max(0, (gram[unit * width + unit] + 2 * shift[unit] * sums[unit]) / samples
                + shift[unit] * shift[unit]));
        for (var unit = 0; unit < width; unit++)
            for (var other = 0; other <= unit; other++)
                gram[unit * width + other] = gram[other * width + unit] -= sums[unit] * sums[other] / samples;
        double[] means = [.. shift.Zip(sums, (start, sum) => start + sum / samples)];
        largest = [.. largest.Select(Math.Abs)];
        return new FeatureMoments(samples, means, largest, gram, magnitudes);
    }

    /// <summary>Products of centred columns with labels that have mean 0, in another pass over the rows.</summary>
    /// <param name="means">Of the columns, [width].</param>
    /// <param name="labels">[samples].</param>
    /// <returns>[width].</returns>
    public static double[] Products(RowReader read, double[] means, double[] labels)
    {
        var (width, sums, row) = (means.Length, new double[means.Length], new double[means.Length]);
        ForBlocks(labels.Length, width, read, (first, block) =>
        {
            for (int place = 0, sample = first; place < block.Length; place += width, sample++)
            {
                TensorPrimitives.ConvertTruncating(block.Slice(place, width), row);
                TensorPrimitives.Subtract(row, means, row);
                TensorPrimitives.MultiplyAdd(row, labels[sample], sums, sums);
            }
        });
        return sums;
    }

    /// <summary>Rows that are read together.</summary>
    public static int BlockRows(int width) => Math.Clamp(BlockNumbers / width, 64, 1 << 14);

    private static void ForBlocks(int samples, int width, RowReader read, BlockAction work)
    {
        var most = BlockRows(width);
        var buffer = ArrayPool<float>.Shared.Rent(Math.Min(samples, most) * width);
        for (var first = 0; first < samples; first += most)
        {
            var block = buffer.AsSpan(0, Math.Min(samples - first, most) * width);
            read(first, block);
            work(first, block);
        }
        ArrayPool<float>.Shared.Return(buffer);
    }

    private static double[] MeansOf(ReadOnlySpan<float> block, int width)
    {
        var (means, row) = (new double[width], new double[width]);
        for (var place = 0; place < block.Length; place += width)
        {
            TensorPrimitives.ConvertTruncating(block.Slice(place, width), row);
            TensorPrimitives.Add(means, row, means);
        }
        TensorPrimitives.Divide(means, block.Length / width, means);
        return means;
    }

    /// <summary>Reads the rows first .. first + n − 1 of features, [n, width] row-major float32; the same numbers each time.</summary>
    public delegate void RowReader(int first, Span<float> rows);
}
