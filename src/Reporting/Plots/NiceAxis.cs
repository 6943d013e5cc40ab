namespace W2S.Reporting.Plots;

/// <summary>
/// An axis whose ticks stand on round numbers: steps of 1, 2 or 5 times a power of ten (Heckbert's "nice numbers", Graphics
/// Gems, 1990). Ticks are counted in whole steps, so their labels are exact however large or small the values.
/// </summary>
internal sealed class NiceAxis : Axis
{
    /// <summary>Near the smallest numbers there are, steps would have no precision left: such ranges count as nothing.</summary>
    private const double Vanishing = 1e-290;

    private readonly int _mantissa;
    private readonly int _exponent;
    private readonly int _labelExponent;

    /// <summary>The ends, in steps from zero: the first and last tick, or up to a step beyond them.</summary>
    private readonly double _low, _high;

    /// <param name="reach">The greatest value, in steps, of another axis whose labels have the same multiplier.</param>
    private NiceAxis(double low, double high, int mantissa, int exponent, double reach = 0)
    {
        (_low, _high, _mantissa, _exponent) = (low, high, mantissa, exponent);
        var (first, last) = ((long)Math.Ceiling(low - 1e-9), (long)Math.Floor(high + 1e-9));
        (First, Last) = (first, last);
        var largest = Math.Max(reach, Math.Max(Math.Abs(first), Math.Abs(last))) * mantissa;
        var magnitude = exponent + (int)Math.Floor(Math.Log10(Math.Max(1, largest)));
        _labelExponent = magnitude is < -3 or > 4 ? magnitude : 0;
    }

    /// <summary>The first tick, in steps from zero.</summary>
    public long First { get; }

    /// <summary>The last tick, in steps from zero.</summary>
    public long Last { get; }

    public override double Low => Value(_low);
    public override double High => Value(_high);
    public override double Origin => Math.Clamp(0, Low, High);
    public override IEnumerable<(double Value, string Label)> Marks => Ticks.Select(tick => (Value(tick), Label(tick)));

    public IEnumerable<long> Ticks => Enumerable.Range(0, (int)(Last - First) + 1).Select(step => First + step);

    /// <summary>What labels are to be multiplied by: "×10⁻⁹", or empty where they say the value itself.</summary>
    public override string Note => _labelExponent == 0 ? "" : "×10" + Superscript(_labelExponent);

    /// <summary>The smallest axis with about <paramref name="steps"/> steps that holds low .. high.</summary>
    public static NiceAxis Covering(double low, double high, int steps = 5)
    {
        if (Math.Max(Math.Abs(low), Math.Abs(high)) < Vanishing) (low, high) = (0, 1);
        var (mantissa, exponent) = NiceStep((high - low) / steps, Math.Max(Math.Abs(low), Math.Abs(high)));
        return Covering(low, high, mantissa, exponent);
    }

    /// <summary>
    /// Two axes with the same step, the one across the other's length divided by <paramref name="aspect"/>: drawn in a frame so
    /// many times as high as wide, y = x is a true diagonal.
    /// </summary>
    /// <param name="aspect">Height / width; null: as the ranges have it.</param>
    public static (NiceAxis X, NiceAxis Y) Equal(double lowX, double highX, double lowY, double highY, double? aspect = null, int steps = 7)
    {
        var largest = new[] { lowX, highX, lowY, highY }.Max(Math.Abs);
        if (largest < Vanishing) (largest, lowX, highX, lowY, highY) = (1, 0, 1, 0, 1);
        var (mantissa, exponent) = NiceStep(Math.Max(highX - lowX, highY - lowY) / steps, largest);
        var x = Covering(lowX, highX, mantissa, exponent);
        var y = Covering(lowY, highY, mantissa, exponent);
        if (aspect is not { } ratio) return (x, y);
        var across = Math.Max(x.Length, y.Length / ratio);
        x = x.WithLength(across);
        y = y.WithLength(across * ratio, growDown: y.First < 0 && -y.First >= y.Last);
        return (x.WithLength(x.Length, reach: y.Reach), y.WithLength(y.Length, reach: x.Reach));
    }

    /// <summary>In steps.</summary>
    internal double Length => _high - _low;

    public double Value(double steps) => steps * _mantissa * Math.Pow(10, _exponent);

    public string Label(long tick)
    {
        var digits = (decimal)(tick * _mantissa);
        var shift = _exponent - _labelExponent;
        for (; shift > 0; shift--) digits *= 10;
        for (; shift < 0; shift++) digits /= 10;
        return digits.ToString("0.############", CultureInfo.InvariantCulture).Replace('-', '−');
    }

    private double Reach => Math.Max(Math.Abs(First), Math.Abs(Last));

    private NiceAxis WithLength(double length, bool growDown = false, double reach = 0) => growDown
        ? new(_high - length, _high, _mantissa, _exponent, reach)
        : new(_low, _low + length, _mantissa, _exponent, reach);

    private static NiceAxis Covering(double low, double high, int mantissa, int exponent)
    {
        // A hair of tolerance, or rounding would add an empty step where a value lies on a tick.
        var step = mantissa * Math.Pow(10, exponent);
        var first = (long)Math.Floor(low / step + 1e-9);
        var last = (long)Math.Ceiling(high / step - 1e-9);
        return new NiceAxis(first, Math.Max(last, first + 1), mantissa, exponent);
    }

    private static (int Mantissa, int Exponent) NiceStep(double rough, double largest)
    {
        // Below a billionth of the values (or where all are equal) steps could not be told apart in double precision.
        rough = Math.Max(rough, largest * 1e-9);
        var exponent = (int)Math.Floor(Math.Log10(rough));
        var fraction = rough / Math.Pow(10, exponent);
        return fraction <= 1.0000001 ? (1, exponent)
            : fraction <= 2.0000001 ? (2, exponent)
            : fraction <= 5.0000001 ? (5, exponent)
            : (1, exponent + 1);
    }

    internal static string Superscript(int exponent) =>
        string.Concat(exponent.ToString(CultureInfo.InvariantCulture).Select(digit => digit == '-' ? '⁻' : "⁰¹²³⁴⁵⁶⁷⁸⁹"[digit - '0']));
}
