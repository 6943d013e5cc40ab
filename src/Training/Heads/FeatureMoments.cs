using System.Buffers;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using TorchSharp;
using static TorchSharp.torch;
using Tensor = TorchSharp.torch.Tensor;

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

    /// <summary>Reads all rows, a block after the other, and hands each to who works on it.</summary>
    internal static void ForBlocks(int samples, int width, RowReader read, BlockAction work)
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

    /// <summary>Gets the rows first .. first + n − 1.</summary>
    internal delegate void BlockAction(int first, ReadOnlySpan<float> rows);

    /// <summary>
    /// Sums XᵀX over blocks of rows in float64. Narrow rows are multiplied here, so that small problems need not wait for libtorch to
    /// load; wide ones by libtorch, the lower triangle in panels of columns, each product by one thread, so that the sums do not
    /// depend on how many there are.
    /// </summary>
    private abstract class GramSum : IDisposable
    {
        // From this width on libtorch's products are worth its start.
        private const int WideFrom = 128;

        /// <param name="rows">Of a block, at most.</param>
        public static GramSum Create(int width, int rows, int threads) => width < WideFrom ? new Narrow(width, rows)
            : new Wide(width, rows, threads);

        /// <summary>Where the next block's rows are to be written, [rows, width].</summary>
        public abstract Span<double> Block(int rows);

        /// <summary>Adds the products of the block that was written.</summary>
        public abstract void Add();

        /// <summary>[width, width], symmetric.</summary>
        public abstract double[] Total();

        public abstract void Dispose();

        private sealed class Narrow(int width, int rows) : GramSum
        {
            private readonly double[] _block = new double[width * rows], _columns = new double[width * rows];
            private readonly double[] _sums = new double[width * width];
            private int _rows;

            public override Span<double> Block(int rows) => _block.AsSpan(0, (_rows = rows) * width);

            public override void Add()
            {
                for (var row = 0; row < _rows; row++)
                    for (var unit = 0; unit < width; unit++) _columns[unit * _rows + row] = _block[row * width + unit];
                DoubleLoops.AddGram(_columns.AsSpan(0, width * _rows), width, _sums);
            }

            public override double[] Total()
            {
                for (var i = 0; i < width; i++)
                    for (var j = 0; j < i; j++) _sums[j * width + i] = _sums[i * width + j];
                return _sums;
            }

            public override void Dispose() { }
        }

        private sealed class Wide : GramSum
        {
            private const int PanelColumns = 192;

            private readonly int _width, _threads;
            private readonly Tensor _block;
            private readonly (int Left, int Right, Tensor Sum)[] _panels;
            private int _rows;

            public Wide(int width, int rows, int threads)
            {
                LibTorch.Load();
                (_width, _threads) = (width, threads);
                _block = empty(rows, width, ScalarType.Float64);
                var starts = Enumerable.Range(0, (width + PanelColumns - 1) / PanelColumns).Select(panel => panel * PanelColumns).ToArray();
                _panels = [.. from left in starts from right in starts where right <= left select (left, right,
                    zeros(Columns(left), Columns(right), ScalarType.Float64))];
            }

            public override Span<double> Block(int rows) => MemoryMarshal.Cast<byte, double>(_block.bytes)[..((_rows = rows) * _width)];

            public override void Add() => Parallel.ForEach(_panels, new ParallelOptions { MaxDegreeOfParallelism = _threads }, panel =>
            {
                LibTorch.UseThreads(1);
                using var rows = _block.narrow(0, 0, _rows);
                using var left = rows.narrow(1, panel.Left, Columns(panel.Left));
                using var right = rows.narrow(1, panel.Right, Columns(panel.Right));
                using var turned = left.t();
                using var product = turned.mm(right);
                panel.Sum.add_(product, Held.One);
            });

            public override double[] Total()
            {
                var total = new double[_width * _width];
                foreach (var (left, right, sum) in _panels)
                {
                    var values = MemoryMarshal.Cast<byte, double>(sum.bytes);
                    for (var i = 0; i < Columns(left); i++)
                        for (var j = 0; j < Columns(right); j++)
                            total[(left + i) * _width + right + j] = total[(right + j) * _width + left + i] =
                                values[i * Columns(right) + j];
                }
                return total;
            }

            public override void Dispose()
            {
                _block.Dispose();
                foreach (var panel in _panels) panel.Sum.Dispose();
            }

            private int Columns(int first) => Math.Min(PanelColumns, _width - first);
        }
    }
}
