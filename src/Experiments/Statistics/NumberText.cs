using System.Text.RegularExpressions;

namespace W2S.Experiments;

/// <summary>How numbers are written for people, in one place: in tables, plots, reports and on the console.</summary>
internal static partial class NumberText
{
    /// <summary>What stands where there is no number.</summary>
    public const string Nothing = "–";

    /// <summary>Four significant digits: 0.1332, 12.35, 1.234e-5; a dash where the value is missing or not finite.</summary>
    public static string Measure(double? value) => Significant(value, 4);

    /// <summary>An end of an interval, which is not known as well as its middle: three significant digits.</summary>
    public static string Bound(double? value) => Significant(value, 3);

    /// <summary>Slopes, correlations and ratios: three decimals where the value is of ordinary size.</summary>
    public static string Ratio(double? value) =>
        value is { } ratio && Math.Abs(ratio) < 100
            ? (Math.Round(ratio, 3) + 0.0).ToString("F3", CultureInfo.InvariantCulture)
            : Significant(value, 3);

    /// <summary>A share as whole percents: 0.873 → 87%.</summary>
    public static string Percent(double? share) =>
        share is not { } part || !double.IsFinite(part) ? Nothing
            : Math.Abs(part) < 100 ? $"{Math.Round(100 * part) + 0.0:F0}%" : $"{Significant(100 * part, 3)}%";

    /// <summary>Wall time: 0.21 s, 6.4 s, 75 s, 12 min, 3.1 h.</summary>
    public static string Duration(double seconds) => ProgressText.Duration(seconds);

    /// <summary>The shortest text that reads back to the same double; empty where the value is missing or not finite.</summary>
    public static string Exact(double? value) =>
        value is { } number && double.IsFinite(number) ? number.ToString("R", CultureInfo.InvariantCulture) : "";

    /// <summary>
    /// The same text with real minus signs, for pages and figures: consoles and files keep the hyphens that programs read.
    /// </summary>
    public static string Typeset(string text) => Minus().Replace(text, "−");

    private static string Significant(double? value, int digits)
    {
        if (value is not { } number || !double.IsFinite(number)) return Nothing;
        if (number == 0) return "0";
        var scientific = number.ToString($"e{digits - 1}", CultureInfo.InvariantCulture);
        // The exponent after rounding decides, so that 0.99996 becomes 1.000 and not 1.0000.
        var exponent = int.Parse(
            scientific.AsSpan(scientific.IndexOf('e') + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        return exponent is < -3 or > 5
            ? $"{scientific[..scientific.IndexOf('e')]}e{exponent}"
            : number.ToString($"F{Math.Max(0, digits - 1 - exponent)}", CultureInfo.InvariantCulture);
    }

    /// <summary>A hyphen that stands for a minus: before a number, and in its exponent; not that of "weak-8" or "8-16-16".</summary>
    [GeneratedRegex(@"(?<![\w.)-])-(?=[\d.])|(?<=\de)-(?=\d)")]
    private static partial Regex Minus();
}
