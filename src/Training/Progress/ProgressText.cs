using System.Globalization;
using W2S.Data;

namespace W2S.Training;

/// <summary>How progress reads: rates, times and bars, culture-free.</summary>
internal static class ProgressText
{
    private const int Narrow = 60;

    /// <summary>"0:07", "12:30", "3:05:00".</summary>
    public static string Clock(TimeSpan time) => time.TotalHours >= 1
        ? string.Create(CultureInfo.InvariantCulture, $"{(long)time.TotalHours}:{time.Minutes:00}:{time.Seconds:00}")
        : string.Create(CultureInfo.InvariantCulture, $"{time.Minutes}:{time.Seconds:00}");

    /// <summary>"850", "12k", "1.2M": three figures at most.</summary>
    public static string Rate(double rate) => rate switch
    {
        >= 9.995e6 => Figures(rate / 1e6, "0") + "M",
        >= 999.5e3 => Figures(rate / 1e6, "0.0") + "M",
        >= 9.95e3 => Figures(rate / 1e3, "0") + "k",
        >= 999.5 => Figures(rate / 1e3, "0.0") + "k",
        _ => Figures(rate, "0"),
    };

    /// <summary>"315k/s", or of what is slower than one a second "42/min", "0.3/min".</summary>
    public static string Speed(double rate) => rate is > 0 and < 1
        ? (rate * 60 < 9.95 ? Figures(rate * 60, "0.0") : Figures(rate * 60, "0")) + "/min"
        : Rate(rate) + "/s";

    /// <summary>One line of the live display, at most <paramref name="width"/> columns.</summary>
    public static string LiveLine(ProgressState state, int width)
    {
        var left = state.Left is { } time ? Clock(time) : "-:--";
        var figures = $"{Percent(state),5} {Speed(state.Rate),7} {left,7} left {Loss(state, "loss "),-11}";
        var barWidth = width < Narrow ? 0 : Math.Clamp((width - figures.Length) / 4, 8, 30);
        var nameWidth = Math.Max(0, width - figures.Length - barWidth - (barWidth > 0 ? 2 : 1));
        var line = Fit(state.Name, nameWidth) + (barWidth > 0 ? " " + Bar(state.Share, barWidth) : "") + " " + figures;
        return line.Length <= width ? line : line[..Math.Max(0, width)];
    }

    /// <summary>One line of a job log.</summary>
    public static string MilestoneLine(ProgressState state)
    {
        var left = state.Left is { } time ? $", {Clock(time)} left" : "";
        // At the very beginning there is none.
        var speed = state.Rate > 0 ? $", {Speed(state.Rate).Replace("/", $" {state.Unit}/")}" : "";
        var done = $"{Percent(state).Trim()} ({Count(state.Step)} of {Count(state.Total)} {state.Unit})";
        return $"{state.Name}: {done}{speed}{left}{Loss(state, ", loss ")}";
    }

    /// <summary>The last line about something, whether it came to its end or was stopped before.</summary>
    public static string EndLine(ProgressState state)
    {
        if (state.WasComplete) return $"{state.Name}: found, {Count(state.Total)} {state.Unit}";
        var how = state.Step >= state.Total ? "done" : $"stopped at {Percent(state).Trim()}";
        return $"{state.Name}: {how}, {Count(state.Step)} {state.Unit} in {Duration(state.Elapsed.TotalSeconds)}{Loss(state, ", loss ")}";
    }

    /// <summary>Wall time: 0.21 s, 6.4 s, 75 s, 12 min, 3.1 h.</summary>
    public static string Duration(double seconds) => seconds switch
    {
        < 1 => Figures(seconds, "F2") + " s",
        < 10 => Figures(seconds, "F1") + " s",
        < 120 => Figures(seconds, "F0") + " s",
        < 7200 => Figures(seconds / 60, "F0") + " min",
        _ => Figures(seconds / 3600, "F1") + " h",
    };

    /// <summary>"630,000".</summary>
    public static string Count(long number) => number.ToString("#,0", CultureInfo.InvariantCulture);

    /// <summary>"630,000 steps", "1 step".</summary>
    public static string Count(long number, string one) => $"{Count(number)} {Counted.Word(number, one)}";

    private static string Bar(double share, int width)
    {
        var filled = (int)Math.Round(share * width);
        return new string('━', filled) + new string('╌', width - filled);
    }

    /// <summary>
    /// A name in so many columns: where it is longer its middle is left out, for names begin with what they are and end with the seed.
    /// </summary>
    public static string Fit(string name, int width)
    {
        if (name.Length <= width) return name.PadRight(width);
        if (width < 2) return "";
        var end = (width - 1) / 2;
        return $"{name[..(width - 1 - end)]}…{name[^end..]}";
    }

    private static string Loss(ProgressState state, string before) =>
        state.Loss is { } loss ? before + Figures(loss, loss is < 1e-3 or >= 1e5 ? "0.0e0" : "0.000") : "";

    private static string Percent(ProgressState state) => Figures(Math.Floor(state.Share * 100), "0") + " %";

    private static string Figures(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);
}
