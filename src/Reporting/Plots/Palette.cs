namespace W2S.Reporting.Plots;

/// <summary>
/// The colours of all plots. Series colours are those of Okabe and Ito (2008), which people with any of the common colour
/// blindnesses can tell apart; brown stands for their yellow, which vanishes on white. Series also differ in their marker.
/// </summary>
internal static class Palette
{
    internal const string Ink = "#222";
    internal const string Muted = "#666";
    internal const string GridLines = "#e8e8e8";
    internal const string Axis = "#999";
    internal const string Border = "#ddd";
    internal const string Card = "#fff";

    /// <summary>Dots, where there is one series.</summary>
    internal const string Dot = "#0072B2";

    /// <summary>Fitted lines.</summary>
    internal const string Fit = "#D55E00";

    /// <summary>What calls for attention: collapsed representations.</summary>
    internal const string Alarm = "#D55E00";

    private static readonly string[] Colours = ["#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000", "#8C510A"];

    private static readonly string[] LineDashes = ["none", "7 3", "2 3", "9 3 2 3"];

    internal static string Dashes(int series) => LineDashes[series % LineDashes.Length];

    internal static string Series(int index) => Colours[index % Colours.Length];
}
