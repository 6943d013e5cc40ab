namespace W2S.Reporting.Plots;

/// <summary>How a figure is set on paper.</summary>
/// <param name="Millimetres">Its printed width.</param>
/// <param name="IsFramed">Whether it stands on a white card with a border; without, nothing lies behind it.</param>
internal sealed record Sheet(double Millimetres, bool IsFramed = true)
{
    /// <summary>A unit of a drawing on paper: text of 11, 12 and 13.5 units is printed at 7.3, 8 and 9 points.</summary>
    internal const double PointsPerUnit = 2.0 / 3;

    private const double PointsPerMillimetre = 72 / 25.4;

    internal double Points => Millimetres * PointsPerMillimetre;

    /// <summary>The width of a drawing that is printed so wide.</summary>
    internal double Units => Points / PointsPerUnit;
}
