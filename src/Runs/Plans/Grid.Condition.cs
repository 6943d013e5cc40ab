namespace W2S.Runs.Plans;

internal sealed partial class Grid
{
    /// <summary>
    /// What must hold for a point of the grid to be run: "strong.depth > weak.depth", "weak.source == pretrained". Settings
    /// are judged as resolved, whether the grid varies them or not. Numbers compare as numbers; names and texts know == and != only.
    /// </summary>
    /// <param name="text">As it was written.</param>
    /// <param name="place">Where, for messages.</param>
    internal sealed class Condition(string text, string place, string left, string sign, string right, bool rightIsSetting)
    {
        // Two-letter signs first, for "<=" begins with "<".
        private static readonly string[] Signs = ["<=", ">=", "==", "!=", "<", ">"];

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
            if (!rightIsSetting && right.Contains('.') && !IsNumber(right, out _))
                throw Unknown(right);
            return new Condition(text, place, left, sign, right, rightIsSetting);

            UserErrorException Unknown(string path) => new(
                $"{place}: \"{text}\" names {path}, and there is no such setting"
                + (NearestName.Find(path, paths) is { } nearest ? $"; did you mean {nearest}?" : "."));
        }

        /// <summary>Whether it holds for these options.</summary>
        /// <exception cref="UserErrorException">Texts are compared by size.</exception>
        public bool Holds(object options)
        {
            var (first, second) = (Text(options, left), rightIsSetting ? Text(options, right) : right.Trim('"', '\''));
            var areNumbers = IsNumber(first, out var one) & IsNumber(second, out var other);
            if (!areNumbers && sign is not ("==" or "!="))
                throw new UserErrorException(
                    $"{place}: \"{text}\" compares \"{first}\" with \"{second}\" by size, and they are not both numbers; use == or !=.");
            var order = areNumbers ? one.CompareTo(other) : string.Equals(first, second, StringComparison.OrdinalIgnoreCase) ? 0 : 1;
            return sign switch
            {
                "<" => order < 0,
                "<=" => order <= 0,
                ">" => order > 0,
                ">=" => order >= 0,
                "==" => order == 0,
                _ => order != 0,
            };
        }

        public override string ToString() => text;

        private static bool IsNumber(string text, out double number) =>
            double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out number);

        private static string Text(object options, string path) => ConfigurationWriter.Text(Setting.ValueAt(options, path)).Trim('"');
    }
}
