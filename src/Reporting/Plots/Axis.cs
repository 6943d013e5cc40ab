namespace W2S.Reporting.Plots;

/// <summary>What a plot's frame must know of an axis, whatever its scale.</summary>
internal abstract class Axis
{
    public abstract double Low { get; }
    public abstract double High { get; }

    /// <summary>Where the other axis crosses.</summary>
    public abstract double Origin { get; }

    /// <summary>The values that have a grid line, with their labels.</summary>
    public abstract IEnumerable<(double Value, string Label)> Marks { get; }

    /// <summary>
    /// What its name must say besides: the multiplier of its labels, or that its scale is logarithmic; empty where nothing.
    /// </summary>
    public virtual string Note => "";

    /// <summary>How far along the axis a value lies: 0 at its low end, 1 at its high end.</summary>
    public virtual double Share(double value) => (value - Low) / (High - Low);

    /// <summary>A logarithmic axis. Its ticks are 1, 2 and 5 times powers of ten, or powers of ten alone where there are many.</summary>
    internal sealed class Log : Axis
    {
        private const int MostDecadesWithSteps = 3;
        private const int MostTicks = 8;
        private static readonly int[] Steps = [1, 2, 5];
        private readonly List<(double Value, string Label)> _marks = [];

        /// <summary>The smallest axis from tick to tick that holds low .. high, both greater than 0.</summary>
        public Log(double low, double high)
        {
            int lowest = Exponent(low), highest = Exponent(high) + 1;
            var decades = highest - lowest;
            var each = Math.Max(1, (decades + MostTicks - 1) / MostTicks);
            for (var exponent = lowest; ; exponent += each)
            {
                foreach (var step in decades <= MostDecadesWithSteps ? Steps : Steps.AsSpan(0, 1))
                {
                    var value = step * Math.Pow(10, exponent);
                    // A hair of tolerance, or rounding would add an empty step where a value lies on a tick.
                    if (value <= low * (1 + 1e-9)) _marks.Clear();
                    _marks.Add((value, Label(step, exponent)));
                    if (value >= high * (1 - 1e-9) && _marks.Count > 1) return;
                }
            }
        }

        public override double Low => _marks[0].Value;
        public override double High => _marks[^1].Value;
        public override double Origin => Low;

        public override IEnumerable<(double Value, string Label)> Marks => _marks;
        public override string Note => "log scale";

        public override double Share(double value) => (Math.Log(value) - Math.Log(Low)) / (Math.Log(High) - Math.Log(Low));

        private static int Exponent(double value) => (int)Math.Floor(Math.Log10(value));

        private static string Label(int step, int exponent) => exponent switch
        {
            >= 0 and <= 4 => (step * (long)Math.Pow(10, exponent)).ToString(CultureInfo.InvariantCulture),
            < 0 and >= -3 => (step * Math.Pow(10, exponent)).ToString("0.###", CultureInfo.InvariantCulture),
            _ => (step == 1 ? "10" : $"{step}×10") + NiceAxis.Superscript(exponent),
        };
    }
}
