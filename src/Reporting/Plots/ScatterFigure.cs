namespace W2S.Reporting.Plots;

/// <summary>What a plot of gain against misfit shows (2405.15116, figures 2 and 3).</summary>
public sealed record ScatterFigure
{
    /// <summary>Empty for none.</summary>
    public required string Title { get; init; }

    /// <summary>By what gain and misfit are counted, with their unit: "MSE"; empty where nobody said.</summary>
    public string Measure { get; init; } = "";

    /// <summary>How slope and interval were made, as a sentence for below the figure.</summary>
    public string Caption { get; init; } = "";

    /// <summary>Second line; empty for none.</summary>
    public string Subtitle { get; init; } = "";

    /// <summary>More than one get a colour and a marker each, and a legend.</summary>
    public required IReadOnlyList<DotSeries> Series { get; init; }

    /// <summary>Slope of the fitted line through the origin; null draws none.</summary>
    public double? Slope { get; init; }

    /// <summary>Interval of the slope, drawn as a wedge; null draws none.</summary>
    public (double Low, double High)? SlopeInterval { get; init; }

    /// <summary>Whether y = −x is drawn as well, where gains are expected to be losses (figure 3).</summary>
    public bool Mirror { get; init; }

    /// <summary>The dots that can be drawn: a value that is not finite has no place on an axis.</summary>
    internal IEnumerable<Dot> Drawn => Series.SelectMany(series => series.Dots).Where(IsDrawn);

    internal int NotDrawn => Series.Sum(series => series.Dots.Count(dot => !IsDrawn(dot)));

    /// <summary>Below 1e300, so that lengths of axes stay finite too.</summary>
    internal static bool IsDrawn(Dot dot) => Math.Abs(dot.Misfit) < 1e300 && Math.Abs(dot.Gain) < 1e300;

    /// <summary>A dot: misfit across, gain upwards, and what it is called when pointed at.</summary>
    public sealed record Dot(double Misfit, double Gain, string Label);

    /// <summary>Dots of one colour, such as one weak model's.</summary>
    public sealed record DotSeries(string Name, IReadOnlyList<Dot> Dots);
}
