using System.Collections.Concurrent;
using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Reflection;
using System.Text;

namespace W2S.Experiments;

/// <summary>A property of an options record as files name it: snake_case key, description, range.</summary>
internal sealed partial class Setting
{
    private static readonly ConcurrentDictionary<Type, IReadOnlyList<Setting>> Known = new();
    /// <summary>What cannot change a result.</summary>
    private static readonly HashSet<string> NotCompared = ["name", "title", "expectation", "threads"];

    private readonly PropertyInfo _property;

    private Setting(PropertyInfo property)
    {
        _property = property;
        Key = SnakeCase(property.Name);
        Type = property.PropertyType;
        Description = property.GetCustomAttribute<DescriptionAttribute>()?.Description;
        Range = property.GetCustomAttribute<RangeAttribute>();
        MayBeEmpty = property.GetCustomAttribute<RequiredAttribute>() is { AllowEmptyStrings: true };
        // Only options records are classes here; texts and lists are values.
        IsGroup = Type.IsClass && Type != typeof(string) && Type.GetConstructor(Type.EmptyTypes) != null;
    }

    public string Key { get; }
    public Type Type { get; }
    public string? Description { get; }
    public RangeAttribute? Range { get; }

    /// <summary>Whether an empty text is a value; else it is a variable that somebody forgot to set.</summary>
    public bool MayBeEmpty { get; }

    /// <summary>Whether it is a nested record with settings of its own.</summary>
    public bool IsGroup { get; }

    /// <summary>
    /// The settings of an options record, in the order in which it declares them, after those of the record that it extends.
    /// </summary>
    public static IReadOnlyList<Setting> Of(Type record) => Known.GetOrAdd(record, type =>
        [.. type.GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(property => property.CanWrite)
            .OrderBy(property => property.DeclaringType == type).Select(property => new Setting(property))]);

    /// <summary>The dotted paths of all settings below a record, groups left out.</summary>
    public static IEnumerable<string> Paths(Type record, string prefix = "") => Of(record).SelectMany(setting =>
        setting.IsGroup ? Paths(setting.Type, prefix + setting.Key + ".") : [prefix + setting.Key]);

    /// <summary>The setting at a dotted path; null where there is none.</summary>
    public static Setting? At(Type record, string path)
    {
        var dot = path.IndexOf('.');
        var setting = Of(record).FirstOrDefault(setting => setting.Key == (dot < 0 ? path : path[..dot]));
        return dot < 0 || setting == null ? setting : setting.IsGroup ? At(setting.Type, path[(dot + 1)..]) : null;
    }

    /// <summary>What a record has at a dotted path, which must be one of its <see cref="Paths"/>.</summary>
    public static object? ValueAt(object record, string path)
    {
        object? value = record;
        foreach (var key in path.Split('.')) value = Of(value!.GetType()).First(setting => setting.Key == key).Get(value);
        return value;
    }

    /// <summary>Of its values: for a list that of an entry, without "or null".</summary>
    public Type ValueType
    {
        get
        {
            var type = ElementOf(Type) ?? Type;
            return Nullable.GetUnderlyingType(type) ?? type;
        }
    }

    /// <summary>The type of a list's entries; null where it is none.</summary>
    public static Type? ElementOf(Type type) =>
        type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IReadOnlyList<>) ? type.GetGenericArguments()[0] : null;

    public object? Get(object record) => _property.GetValue(record);

    public void Set(object record, object? value) => _property.SetValue(record, value);

    /// <summary>What is wrong with a number's size, or null.</summary>
    public string? RangeProblem(object? value)
    {
        if (Range == null || value is not (int or long or double)) return null;
        var (number, low, high) = (Convert.ToDouble(value), Convert.ToDouble(Range.Minimum), Convert.ToDouble(Range.Maximum));
        var tooLow = Range.MinimumIsExclusive ? number <= low : number < low;
        var tooHigh = Range.MaximumIsExclusive ? number >= high : number > high;
        if (tooLow) return $"must be {(Range.MinimumIsExclusive ? "greater than" : "at least")} {Text(low)}";
        if (tooHigh) return $"must be {(Range.MaximumIsExclusive ? "less than" : "at most")} {Text(high)}";
        return null;
    }

    private static string Text(double limit) => limit.ToString("0.######", CultureInfo.InvariantCulture);

    private static string SnakeCase(string name)
    {
        var key = new StringBuilder();
        foreach (var letter in name)
        {
            if (char.IsUpper(letter) && key.Length > 0) key.Append('_');
            key.Append(char.ToLowerInvariant(letter));
        }
        return key.ToString();
    }

    /// <summary>
    /// Which settings of one record are not those of another of the same kind: lines such as "heads.solver: exact (paper: adamw)".
    /// </summary>
    /// <param name="others">What the other configuration is called there.</param>
    public static IEnumerable<string> Differences(object here, object there, string others) =>
        Differences(here, there, others, "");

    private static IEnumerable<string> Differences(object here, object there, string others, string prefix)
    {
        foreach (var setting in Setting.Of(here.GetType()).Where(setting => prefix != "" || !NotCompared.Contains(setting.Key)))
        {
            var (own, other) = (setting.Get(here), setting.Get(there));
            // Lists are compared by what they hold.
            if (Equals(own, other) || (!setting.IsGroup && ConfigurationWriter.Text(own) == ConfigurationWriter.Text(other))) continue;
            if (setting.IsGroup)
            {
                foreach (var line in Differences(own!, other!, others, $"{prefix}{setting.Key}.")) yield return line;
            }
            else
            {
                yield return $"{prefix}{setting.Key}: {ConfigurationWriter.Text(own)} ({others}: {ConfigurationWriter.Text(other)})";
            }
        }
    }
}
