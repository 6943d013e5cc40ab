namespace W2S.Bench;

/// <summary>Repeated timings of one thing, in seconds.</summary>
internal sealed class Times
{
    private readonly List<double> _seconds = [];

    /// <summary>Not timed itself but made from timed parts.</summary>
    public bool Computed { get; init; }

    public int Count => _seconds.Count;

    public double Least => _seconds.Min();

    public double Most => _seconds.Max();

    public double Median
    {
        get
        {
            double[] sorted = [.. _seconds.Order()];
            return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
        }
    }

    public void Add(double seconds) => _seconds.Add(seconds);

    /// <summary>"3.51 µs", at three digits; computed times carry a star.</summary>
    public string Text => Format(Median) + (Computed ? "*" : "");

    /// <summary>"3.49..4.02 µs".</summary>
    public string Spread => $"{Format(Least)}..{Format(Most)}";

    public static string Format(double seconds) => seconds switch
    {
        < 1e-6 => $"{Digits(seconds * 1e9)} ns",
        < 1e-3 => $"{Digits(seconds * 1e6)} µs",
        < 1 => $"{Digits(seconds * 1e3)} ms",
        _ => $"{Digits(seconds)} s",
    };

    private static string Digits(double value) => value switch { < 10 => $"{value:F2}", < 100 => $"{value:F1}", _ => $"{value:F0}" };
}
