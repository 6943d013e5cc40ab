namespace W2S.Runs.Plans;

/// <summary>
/// What must hold for a point of the grid to be run: "strong.depth > weak.depth", "weak.source == pretrained". Settings
/// are judged as resolved, whether the grid varies them or not. Numbers compare as numbers; names and texts know == and != only.
/// </summary>
internal sealed class Condition
{
    // Two-letter signs first, for "<=" begins with "<".
    private static readonly string[] Signs = ["<=", ">=", "==", "!=", "<", ">"];
    private readonly string _text;
    private readonly string _left, _right;
    private readonly bool _rightIsSetting;
    private readonly string _sign;
    private readonly string _place;

    private Condition(string text, string place, string left, string sign, string right, bool rightIsSetting) =>
        (_text, _place, _left, _sign, _right, _rightIsSetting) = (text, place, left, sign, right, rightIsSetting);

    /// <param name="paths">The settings that there are.</param>
    /// <exception cref="UserErrorException">It is no comparison, or names no setting.</exception>
    public static Condition Parse(string text, string place, IReadOnlyList<string> paths)
    {
        var sign = Signs.FirstOrDefault(text.Contains);
        var sides = sign == null ? [] : text.Split(sign);
        if (sign == null || sides.Length != 2 || sides.Any(side => side.Trim() == ""))
            throw new UserErrorException(
                $"{place}: \"{text}\" is no condition; write a setting, one of {string.Join(" ", Signs.Order())}, and a setting or "
                + "value, as in strong.depth > weak.depth.");
        var (left, right) = (sides[0].Trim(), sides[1].Trim());
        if (!paths.Contains(left)) throw Unknown(left);
        var rightIsSetting = paths.Contains(right);
        if (!rightIsSetting && right.Contains('.') && !double.TryParse(right, NumberStyles.Float, CultureInfo.InvariantCulture, out _))
            throw Unknown(right);
        return new Condition(text, place, left, sign, right, rightIsSetting);

        UserErrorException Unknown(string path) => new(
            $"{place}: \"{text}\" names {path}, and there is no such setting{(NearestName.Find(path, paths) is { } nearest ? $"; did you mean {nearest}?" : ".")}");
    }

    /// <summary>Whether it holds for these options.</summary>
    /// <exception cref="UserErrorException">Texts are compared by size.</exception>
    public bool Holds(object options)
    {
        var (left, right) = (Text(options, _left), _rightIsSetting ? Text(options, _right) : _right.Trim('"', '\''));
        var areNumbers = double.TryParse(
            left, NumberStyles.Float, CultureInfo.InvariantCulture,
            out var one) & double.TryParse(right, NumberStyles.Float, CultureInfo.InvariantCulture, out var other);
        if (!areNumbers && _sign is not ("==" or "!="))
            throw new UserErrorException(
                $"{_place}: \"{_text}\" compares \"{left}\" with \"{right}\" by size, and they are not both numbers; use == or !=.");
        var order = areNumbers ? one.CompareTo(other) : string.Equals(left, right, StringComparison.OrdinalIgnoreCase) ? 0 : 1;
        return _sign switch
        {
            "<" => order < 0,
            "<=" => order <= 0,
            ">" => order > 0,
            ">=" => order >= 0,
            "==" => order == 0,
            _ => order != 0,
        };
    }

    public override string ToString() => _text;

    private static string Text(object options, string path) => ConfigurationWriter.Text(Setting.ValueAt(options, path)).Trim('"');
}
