using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;

namespace W2S.Runs.Plans;

/// <summary>One line of plan.jsonl: a run with everything that decides its result.</summary>
public sealed partial record PlannedRun
{
    /// <summary>Where <see cref="ToJson"/> puts the identity in a line: after {"id":".</summary>
    internal const int IdentityStart = 7;

    internal const int IdentityLength = 16;

    /// <summary>The line in plan.jsonl, from 1; not in the file.</summary>
    public required int Line { get; init; }

    /// <summary>Sixteen hexadecimal digits, a hash of kind and settings: the name of the run's folder.</summary>
    public required string Identity { get; init; }

    /// <summary>Which <see cref="RunKind"/> runs it.</summary>
    public required string Kind { get; init; }

    /// <summary>For people: "fig2b-seed0".</summary>
    public required string Name { get; init; }

    /// <summary>One more than the highest level among what it needs; 0 where it needs nothing.</summary>
    public required int Level { get; init; }

    /// <summary>Identities of the runs that it needs.</summary>
    public required IReadOnlyList<string> After { get; init; }

    /// <summary>What the grid set, path by path, in the grid's order; empty for a shared part.</summary>
    public required IReadOnlyDictionary<string, string> Varies { get; init; }

    /// <summary>The resolved configuration.</summary>
    public required JsonElement Settings { get; init; }

    /// <summary>The line of the file, without line break.</summary>
    internal byte[] ToJson()
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream, new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            json.WriteString("id", Identity);
            json.WriteString("kind", Kind);
            json.WriteString("name", Name);
            json.WriteNumber("level", Level);
            json.WriteStartArray("after");
            foreach (var needed in After) json.WriteStringValue(needed);
            json.WriteEndArray();
            json.WriteStartObject("varies");
            foreach (var (path, value) in Varies) json.WriteString(path, value);
            json.WriteEndObject();
            json.WritePropertyName("settings");
            json.WriteRawValue(Settings.GetRawText(), skipInputValidation: true);
            json.WriteEndObject();
        }
        return stream.ToArray();
    }

    /// <summary>The hash of kind and settings that is a run's identity.</summary>
    /// <param name="settings">Compact JSON.</param>
    internal static string IdentityOf(string kind, string settings) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{kind}\n{settings}")))[..IdentityLength];

    /// <param name="isKnown">Whether the whole file is known to be as it was written, so that the identity need not be checked.</param>
    /// <exception cref="UserErrorException">The line is no run, or was edited: its identity is not that of its settings.</exception>
    internal static PlannedRun Parse(ReadOnlyMemory<byte> text, int line, string path, bool isKnown)
    {
        try
        {
            using var document = JsonDocument.Parse(text);
            var root = document.RootElement;
            var run = new PlannedRun
            {
                Line = line,
                Identity = root.GetProperty("id").GetString()!,
                Kind = root.GetProperty("kind").GetString()!,
                Name = root.GetProperty("name").GetString()!,
                Level = root.GetProperty("level").GetInt32(),
                After = [.. root.GetProperty("after").EnumerateArray().Select(needed => needed.GetString()!)],
                Varies = new OrderedDictionary<string, string>(root.GetProperty("varies").EnumerateObject()
                    .Select(setting => KeyValuePair.Create(setting.Name, setting.Value.GetString()!))),
                Settings = root.GetProperty("settings").Clone(),
            };
            if (!isKnown && IdentityOf(run.Kind, run.Settings.GetRawText()) != run.Identity)
                throw new UserErrorException(
                    $"{path}:{line}: the settings of {run.Name} were edited: they are not the ones of its id {run.Identity}. Change "
                    + "the study's file and run sweep plan again; it takes additions.");
            return run;
        }
        catch (Exception error) when (error is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            throw new UserErrorException(
                $"{path}:{line}: this is no run of a plan ({error.Message.TrimEnd('.')}). Make the plan again with sweep plan.");
        }
    }
}
