using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace W2S.Training;

/// <summary>
/// How long, or how often: wall-clock time ("90s", "2min", "1h"), steps ("500steps"), epochs ("3epochs") or a share of
/// the training ("10%"). Always positive.
/// </summary>
/// <param name="Amount">In <paramref name="Unit"/>.</param>
public readonly record struct Duration(double Amount, Duration.Units Unit) : IParsable<Duration>
{
    private const string Examples = "write for example 90s, 2min, 1h, 500steps, 3epochs or 10%";

    // The first name of a unit is the one that ToString writes.
    private static readonly (string[] Names, Units Unit, double Factor)[] Known =
    [
        (["s", "sec", "second", "seconds"], Units.Seconds, 1),
        (["min", "m", "minute", "minutes"], Units.Seconds, 60),
        (["h", "hour", "hours"], Units.Seconds, 3600),
        (["steps", "step"], Units.Steps, 1),
        (["epochs", "epoch"], Units.Epochs, 1),
        (["%", "percent"], Units.Percent, 1),
    ];

    /// <summary>Whether it is measured by the clock, and not by steps.</summary>
    public bool IsTime => Unit == Units.Seconds;

    /// <summary>The wall-clock time.</summary>
    /// <exception cref="InvalidOperationException">It is no time.</exception>
    public TimeSpan Time => IsTime ? TimeSpan.FromSeconds(Amount) : throw new InvalidOperationException($"{this} is no wall-clock time.");

    /// <summary>The number of steps, at least one, for a training of <paramref name="totalSteps"/>.</summary>
    /// <exception cref="InvalidOperationException">It is a time.</exception>
    public long ToSteps(long totalSteps, int stepsPerEpoch)
    {
        var steps = Unit switch
        {
            Units.Steps => Amount,
            Units.Epochs => Amount * stepsPerEpoch,
            Units.Percent => Amount / 100 * totalSteps,
            _ => throw new InvalidOperationException($"{this} is a wall-clock time, no number of steps."),
        };
        return (long)Math.Clamp(Math.Round(steps), 1, 1e18);
    }

    /// <exception cref="FormatException">The text is no duration; the message says what to write.</exception>
    public static Duration Parse(string text, IFormatProvider? provider = null)
    {
        var trimmed = text.Trim();
        var end = trimmed.AsSpan().LastIndexOfAnyInRange('0', '9') + 1;
        if (end > 0 && end < trimmed.Length && trimmed[end] == '.') end++;
        var unitName = trimmed[end..].Trim();
        var unit = Array.Find(Known, unit => unit.Names.Contains(unitName, StringComparer.OrdinalIgnoreCase));
        if (unit.Names == null)
            throw new FormatException(unitName.Length == 0
                ? $"\"{text}\" lacks a unit: {Examples}."
                : $"\"{text}\" has the unknown unit \"{unitName}\": {Examples}.");
        if (!double.TryParse(trimmed.AsSpan(0, end), NumberStyles.Float, CultureInfo.InvariantCulture, out var amount)
            || !double.IsFinite(amount))
            throw new FormatException($"\"{text}\" does not start with a number: {Examples}.");
        if (amount <= 0) throw new FormatException($"\"{text}\" is not positive: {Examples}.");
        if (unit.Unit == Units.Percent && amount > 100)
            throw new FormatException($"\"{text}\" is more than the whole: write at most 100%.");
        if (unit.Unit == Units.Steps && amount != Math.Floor(amount))
            throw new FormatException($"\"{text}\" is no whole number of steps: {Examples}.");
        if (unit.Unit == Units.Seconds && amount * unit.Factor > 1e9)
            throw new FormatException($"\"{text}\" is longer than thirty years: {Examples}.");
        return new Duration(amount * unit.Factor, unit.Unit);
    }

    public static bool TryParse([NotNullWhen(true)] string? text, IFormatProvider? provider, out Duration duration)
    {
        duration = default;
        if (text == null) return false;
        try
        {
            duration = Parse(text, provider);
            return true;
        }
        catch (FormatException)
        {
            return false;
        }
    }

    /// <summary>In the widest unit that keeps the amount whole: "2min"; can be parsed again.</summary>
    public override string ToString()
    {
        var (amount, unit) = (Amount, Unit);
        var written = Array.FindLast(
            Known, candidate => candidate.Unit == unit && (candidate.Factor == 1 || amount % candidate.Factor == 0));
        return string.Create(CultureInfo.InvariantCulture, $"{amount / written.Factor}{written.Names[0]}");
    }

    /// <summary>What a <see cref="Duration"/> is counted in.</summary>
    public enum Units
    {
        Seconds,
        Steps,
        Epochs,
        Percent,
    }
}
