using W2S.Experiments;

namespace W2S.Reporting.Plots;

/// <summary>What a plot's frame must know of an axis, whatever its scale.</summary>
public interface IAxis
{
    double Low { get; }
    double High { get; }

    /// <summary>Where the other axis crosses.</summary>
    double Origin { get; }

    /// <summary>The values that have a grid line, with their labels.</summary>
    IEnumerable<(double Value, string Label)> Marks { get; }

    /// <summary>What labels are to be multiplied by; empty where they say the value itself.</summary>
    string Multiplier { get; }

    /// <summary>How far along the axis a value lies: 0 at its low end, 1 at its high end.</summary>
    double Share(double value);
}
