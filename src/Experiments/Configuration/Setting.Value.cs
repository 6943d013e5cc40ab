using System.Text.RegularExpressions;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace W2S.Experiments;

// Reads one YAML scalar as the type that a setting needs; strict, and with a remedy for the usual traps.
internal sealed partial class Setting
{
    private const NumberStyles Whole = NumberStyles.AllowLeadingSign;
    private const NumberStyles Decimal = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;

    /// <summary>Returns what is wrong ("must be …"), or null and the value.</summary>
    public static string? Read(Type type, YamlScalarNode node, out object? value)
    {
        value = null;
        var text = node.Value ?? "";
        var isNull = node.Style == ScalarStyle.Plain && text is "" or "~" or "null" or "Null" or "NULL";
        if (Nullable.GetUnderlyingType(type) is { } inner) return isNull ? null : Read(inner, node, out value);
        if (isNull) return $"has no value; write {Kind(type)}, or remove the key for its default";
        if (type == typeof(string)) return Accept(text, out value);
        if (type.IsEnum) return ReadName(type, text, out value);
        if (node.Style is ScalarStyle.SingleQuoted or ScalarStyle.DoubleQuoted)
            return $"must be {Kind(type)}, and \"{text}\" is a text because of its quotes; remove them";
        var problem = type == typeof(bool) ? ReadTruth(text, out value)
            : type == typeof(double) ? ReadDecimal(text, out value)
            : type == typeof(int) || type == typeof(long) ? ReadWhole(type, text, out value)
            : throw new NotSupportedException($"Settings of type {type} cannot be read from YAML.");
        return problem != null && IsSeveral(text) ? $"must be one value, not \"{text}\"; {VariedBySweeps}" : problem;
    }

    /// <summary>What to do with several values of a setting that takes one.</summary>
    public const string VariedBySweeps = "several are varied in the grid of a sweep (sweep plan --help)";

    /// <summary>A list or a range: "4,6", "adamw,exact", "0..9"; but "1,000" is a number of one's own land, and "0,5" may be one.</summary>
    public static bool IsSeveral(string text) =>
        (text.Contains(',') || text.Contains("..")) && !Grouped().IsMatch(text);

    [GeneratedRegex(@"^[+-]?\d{1,3}(,\d{3})+(\.\d+)?$")]
    private static partial Regex Grouped();

    /// <summary>For messages: "a whole number".</summary>
    public static string Kind(Type type) => (Nullable.GetUnderlyingType(type) ?? type) switch
    {
        var t when t == typeof(string) => "a text",
        var t when t == typeof(bool) => "true or false",
        var t when t == typeof(double) => "a number",
        var t when t.IsEnum => $"one of {string.Join(", ", Names(t))}",
        _ => "a whole number",
    };

    /// <summary>An enum's values as files write them: lower case.</summary>
    public static IEnumerable<string> Names(Type type) => Enum.GetNames(type).Select(name => name.ToLowerInvariant());

    private static string? ReadWhole(Type type, string text, out object? value)
    {
        value = null;
        if (long.TryParse(text, Whole, CultureInfo.InvariantCulture, out var whole))
        {
            if (type == typeof(long)) return Accept(whole, out value);
            return whole is >= int.MinValue and <= int.MaxValue
                ? Accept((int)whole, out value)
                : $"must be at most {int.MaxValue}, not {text}";
        }
        var digits = text.Replace("_", "").Replace(",", "");
        var meant = double.TryParse(digits, Decimal, CultureInfo.InvariantCulture, out var number)
            && number == Math.Floor(number) && Math.Abs(number) < 1e15;
        return $"must be a whole number, not \"{text}\"" + (meant ? $"; write {(long)number}" : "");
    }

    private static string? ReadDecimal(string text, out object? value)
    {
        value = null;
        if (!double.TryParse(text, Decimal, CultureInfo.InvariantCulture, out var number)) return IsNotFinite(text)
            ? $"must be a finite number, not {text}"
            : $"must be a number such as 0.01 or 1e-3, not \"{text}\"";
        return double.IsFinite(number) ? Accept(number, out value) : $"must be a finite number, and {text} is too large for one";
    }

    private static string? ReadTruth(string text, out object? value)
    {
        value = null;
        return text switch
        {
            "true" or "True" or "TRUE" => Accept(true, out value),
            "false" or "False" or "FALSE" => Accept(false, out value),
            _ => $"must be true or false, not \"{text}\"" + text.ToLowerInvariant() switch
            {
                "yes" or "on" or "y" or "1" => "; write true",
                "no" or "off" or "n" or "0" => "; write false",
                _ => "",
            },
        };
    }

    private static string? ReadName(Type type, string text, out object? value)
    {
        value = null;
        var name = Enum.GetNames(type)
            .FirstOrDefault(name => name.Equals(text.Replace("_", "").Replace("-", ""), StringComparison.OrdinalIgnoreCase));
        if (name != null) return Accept(Enum.Parse(type, name), out value);
        if (IsSeveral(text)) return $"must be {Kind(type)}, not \"{text}\"; {VariedBySweeps}";
        var nearest = NearestName.Find(text, Names(type));
        return $"must be {Kind(type)}, not \"{text}\"" + (nearest == null ? "" : $"; did you mean {nearest}?");
    }

    private static string? Accept(object accepted, out object? value)
    {
        value = accepted;
        return null;
    }

    private static bool IsNotFinite(string text) => text.TrimStart('+', '-', '.').ToLowerInvariant() is "nan" or "inf" or "infinity";
}
