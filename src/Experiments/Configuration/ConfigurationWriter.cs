using System.Collections;
using System.Text;

namespace W2S.Experiments;

/// <summary>
/// Writes a resolved options record as YAML with its descriptions as comments; the binder reads it back as an equal record.
/// </summary>
internal static class ConfigurationWriter
{
    public static string Write(object record)
    {
        var yaml = new StringBuilder();
        WriteGroup(yaml, record, "");
        return yaml.ToString();
    }

    /// <summary>A value as YAML: 0.001, true, adamw, "a text".</summary>
    public static string Text(object? value) => value switch
    {
        null => "null",
        bool truth => truth ? "true" : "false",
        double number => number.ToString("R", CultureInfo.InvariantCulture).ToLowerInvariant(),
        Enum name => name.ToString().ToLowerInvariant(),
        string text => Quoted(text),
        IEnumerable list => $"[{string.Join(", ", list.Cast<object?>().Select(Text))}]",
        _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
    };

    private static void WriteGroup(StringBuilder yaml, object record, string indent)
    {
        foreach (var setting in Setting.Of(record.GetType()))
        {
            if (setting.Description != null) yaml.Append($"{indent}# {setting.Description}\n");
            var value = setting.Get(record);
            yaml.Append($"{indent}{setting.Key}:");
            if (!setting.IsGroup)
            {
                yaml.Append($" {Text(value)}\n");
                continue;
            }
            yaml.Append('\n');
            WriteGroup(yaml, value!, indent + "  ");
        }
    }

    /// <summary>Plain where a plain word can mean nothing else, else in double quotes.</summary>
    private static string Quoted(string text)
    {
        var isWord = text.Length > 0 && char.IsAsciiLetter(text[0]) && text
            .All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-' or '.' or '/');
        if (isWord && !text.Equals("null", StringComparison.OrdinalIgnoreCase)) return text;
        var quoted = new StringBuilder("\"");
        foreach (var c in text)
        {
            var mustEscape = char.IsControl(c) || c is '\u2028' or '\u2029' or '\uFEFF';
            quoted.Append(c is '"' or '\\' ? $"\\{c}" : mustEscape ? $"\\u{(int)c:X4}" : c.ToString());
        }
        return quoted.Append('"').ToString();
    }
}
