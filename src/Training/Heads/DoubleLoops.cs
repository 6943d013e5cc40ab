using System.Numerics;
using System.Runtime.CompilerServices;

namespace W2S.Training;

/// <summary>
/// The inner loops of exact heads on float64 columns of equal length. They are written out, and compiled with full
/// optimisation at once, because a stage's heads are fitted in the time in which the runtime would still run a library's
/// generic loops unoptimised.
/// </summary>
internal static class DoubleLoops
{
    /// <summary>So many samples of 16 columns stay in the first-level cache while all their products are taken.</summary>
    public const int CachedSamples = 256;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static double Sum(ReadOnlySpan<double> x)
    {
        var lanes = Vector<double>.Count;
        var sums = Vector<double>.Zero;
        var index = 0;
        for (; index <= x.Length - lanes; index += lanes) sums += new Vector<double>(x.Slice(index));
        var sum = Vector.Sum(sums);
        for (; index < x.Length; index++) sum += x[index];
        return sum;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static double Dot(ReadOnlySpan<double> x, ReadOnlySpan<double> y)
    {
        var lanes = Vector<double>.Count;
        Vector<double> even = Vector<double>.Zero, odd = Vector<double>.Zero;
        var index = 0;
        for (; index <= x.Length - 2 * lanes; index += 2 * lanes)
        {
            even += new Vector<double>(x.Slice(index)) * new Vector<double>(y.Slice(index));
            odd += new Vector<double>(x.Slice(index + lanes)) * new Vector<double>(y.Slice(index + lanes));
        }
        var sum = Vector.Sum(even + odd);
        for (; index < x.Length; index++) sum += x[index] * y[index];
        return sum;
    }

    /// <summary>x·a, x·b, x·c and x·d in one pass over x: four sums at once keep the processor's adders busy.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static (double A, double B, double C, double D) DotFour(
        ReadOnlySpan<double> x, ReadOnlySpan<double> a, ReadOnlySpan<double> b, ReadOnlySpan<double> c, ReadOnlySpan<double> d)
    {
        var lanes = Vector<double>.Count;
        Vector<double> va = Vector<double>.Zero, vb = Vector<double>.Zero, vc = Vector<double>.Zero, vd = Vector<double>.Zero;
        var index = 0;
        for (; index <= x.Length - lanes; index += lanes)
        {
            var shared = new Vector<double>(x.Slice(index));
            va += shared * new Vector<double>(a.Slice(index));
            vb += shared * new Vector<double>(b.Slice(index));
            vc += shared * new Vector<double>(c.Slice(index));
            vd += shared * new Vector<double>(d.Slice(index));
        }
        var sums = (A: Vector.Sum(va), B: Vector.Sum(vb), C: Vector.Sum(vc), D: Vector.Sum(vd));
        for (; index < x.Length; index++)
        {
            sums.A += x[index] * a[index];
            sums.B += x[index] * b[index];
            sums.C += x[index] * c[index];
            sums.D += x[index] * d[index];
        }
        return sums;
    }

    /// <summary>x·x, y·y and x·y.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static (double First, double Second, double Product) Products(ReadOnlySpan<double> x, ReadOnlySpan<double> y)
    {
        var lanes = Vector<double>.Count;
        Vector<double> xx = Vector<double>.Zero, yy = Vector<double>.Zero, xy = Vector<double>.Zero;
        var index = 0;
        for (; index <= x.Length - lanes; index += lanes)
        {
            Vector<double> first = new(x.Slice(index)), second = new(y.Slice(index));
            xx += first * first;
            yy += second * second;
            xy += first * second;
        }
        var sums = (First: Vector.Sum(xx), Second: Vector.Sum(yy), Product: Vector.Sum(xy));
        for (; index < x.Length; index++)
        {
            sums.First += x[index] * x[index];
            sums.Second += y[index] * y[index];
            sums.Product += x[index] * y[index];
        }
        return sums;
    }

    /// <summary>(x, y) becomes (cosine x − sine y, sine x + cosine y).</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Rotate(Span<double> x, Span<double> y, double cosine, double sine)
    {
        var lanes = Vector<double>.Count;
        var index = 0;
        for (; index <= x.Length - lanes; index += lanes)
        {
            Vector<double> first = new(x.Slice(index)), second = new(y.Slice(index));
            (first * cosine - second * sine).CopyTo(x.Slice(index));
            (first * sine + second * cosine).CopyTo(y.Slice(index));
        }
        for (; index < x.Length; index++) (x[index], y[index]) = (cosine * x[index] - sine * y[index], sine * x[index] + cosine * y[index]);
    }

    /// <summary>column[s] = rows[s × width + offset]: one column out of rows.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Gather(ReadOnlySpan<float> rows, int width, int offset, Span<double> column)
    {
        for (int sample = 0, index = offset; sample < column.Length; sample++, index += width) column[sample] = rows[index];
    }

    /// <summary>z = x y.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Multiply(ReadOnlySpan<double> x, ReadOnlySpan<double> y, Span<double> z)
    {
        var index = 0;
        for (; index <= x.Length - Vector<double>.Count; index += Vector<double>.Count)
            (new Vector<double>(x.Slice(index)) * new Vector<double>(y.Slice(index))).CopyTo(z.Slice(index));
        for (; index < x.Length; index++) z[index] = x[index] * y[index];
    }

    /// <summary>y += a x.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void AddScaled(ReadOnlySpan<double> x, double a, Span<double> y)
    {
        var index = 0;
        for (; index <= x.Length - Vector<double>.Count; index += Vector<double>.Count)
            (new Vector<double>(y.Slice(index)) + a * new Vector<double>(x.Slice(index))).CopyTo(y.Slice(index));
        for (; index < x.Length; index++) y[index] += a * x[index];
    }

    /// <summary>Subtracts one number from all.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Subtract(Span<double> x, double number)
    {
        var lanes = Vector<double>.Count;
        var index = 0;
        for (; index <= x.Length - lanes; index += lanes)
            (new Vector<double>(x.Slice(index)) - new Vector<double>(number)).CopyTo(x.Slice(index));
        for (; index < x.Length; index++) x[index] -= number;
    }

    /// <summary>Adds the inner products of columns to the lower triangle of <paramref name="gram"/> [width, width].</summary>
    /// <param name="columns">[width, samples].</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void AddGram(ReadOnlySpan<double> columns, int width, Span<double> gram)
    {
        var samples = columns.Length / width;
        for (var start = 0; start < samples; start += CachedSamples)
        {
            var count = Math.Min(CachedSamples, samples - start);
            for (var i = 0; i < width; i++)
                AddProducts(columns.Slice(i * samples + start, count), columns[start..], samples, gram.Slice(i * width, i + 1));
        }
    }

    /// <summary>Adds the products of one column with the first of some columns, as many as there are products.</summary>
    /// <param name="columns">Each column begins <paramref name="stride"/> after the one before.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void AddProducts(ReadOnlySpan<double> column, ReadOnlySpan<double> columns, int stride, Span<double> products)
    {
        var (j, count) = (0, column.Length);
        for (; j <= products.Length - 4; j += 4)
        {
            var (a, b, c, d) = DotFour(
                column, columns.Slice(j * stride, count), columns.Slice((j + 1) * stride, count),
                columns.Slice((j + 2) * stride, count), columns.Slice((j + 3) * stride, count));
            products[j] += a;
            products[j + 1] += b;
            products[j + 2] += c;
            products[j + 3] += d;
        }
        for (; j < products.Length; j++) products[j] += Dot(column, columns.Slice(j * stride, count));
    }

    /// <summary>Turns logits into probabilities; returns the sum of the samples' cross-entropies.</summary>
    /// <param name="logits">[classes][samples], as labels are.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static double Softmax(double[][] logits, double[][] labels)
    {
        var (lanes, samples, start) = (Vector<double>.Count, logits[0].Length, 0);
        var losses = Vector<double>.Zero;
        for (; start <= samples - lanes; start += lanes)
        {
            var greatest = new Vector<double>(logits[0], start);
            foreach (var column in logits) greatest = Vector.Max(greatest, new Vector<double>(column, start));
            var sum = Vector<double>.Zero;
            for (var label = 0; label < logits.Length; label++)
            {
                var shifted = new Vector<double>(logits[label], start) - greatest;
                losses -= new Vector<double>(labels[label], start) * shifted;
                var power = Vector.Exp(shifted);
                sum += power;
                power.CopyTo(logits[label], start);
            }
            losses += Vector.Log(sum);
            foreach (var column in logits) (new Vector<double>(column, start) / sum).CopyTo(column, start);
        }
        var loss = Vector.Sum(losses);
        for (; start < samples; start++)
        {
            var greatest = logits[0][start];
            foreach (var column in logits) greatest = Math.Max(greatest, column[start]);
            var sum = 0.0;
            for (var label = 0; label < logits.Length; label++)
            {
                var shifted = logits[label][start] - greatest;
                loss -= labels[label][start] * shifted;
                sum += logits[label][start] = Math.Exp(shifted);
            }
            loss += Math.Log(sum);
            foreach (var column in logits) column[start] /= sum;
        }
        return loss;
    }
}
