namespace W2S.Reporting.Plots;

/// <summary>What a plot's frame must know of an axis, whatever its scale.</summary>
internal interface IAxis
{
    double Low { get; }
    double High { get; }

    /// <summary>Where the other axis crosses.</summary>
    double Origin { get; }

    /// <summary>The values that have a grid line, with their labels.</summary>
    IEnumerable<(double Value, string Label)> Marks { get; }

    /// <summary>
    /// What its name must say besides: the multiplier of its labels, or that its scale is logarithmic; empty where nothing.
    /// </summary>
    string Note { get; }

    /// <summary>How far along the axis a value lies: 0 at its low end, 1 at its high end.</summary>
    double Share(double value);
}
