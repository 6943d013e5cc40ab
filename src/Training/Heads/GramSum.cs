using System.Runtime.InteropServices;
using TorchSharp;
using static TorchSharp.torch;

namespace W2S.Training;

/// <summary>
/// Sums XᵀX over blocks of rows in float64. Narrow rows are multiplied here, so that small problems need not wait for libtorch to
/// load; wide ones by libtorch, the lower triangle in panels of columns, each product by one thread, so that the sums do not
/// depend on how many there are.
/// </summary>
internal abstract class GramSum : IDisposable
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
        private readonly double[] _block = new double[width * rows], _columns = new double[width * rows], _sums = new double[width * width];
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
                        total[(left + i) * _width + right + j] = total[(right + j) * _width + left + i] = values[i * Columns(right) + j];
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
