using System.Text.Json;
using System.Text.Json.Serialization;
using W2S.Data;

namespace W2S.Experiments;

/// <summary>summary.json of a molecular study: every digit, so that tables, figures and report can be made again from it.</summary>
internal static class MoleculeJson
{
    internal const string FormatName = "w2s-molecules";

    private static readonly JsonSerializerOptions Options = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
        WriteIndented = true,
        NewLine = "\n",
        Converters = { new JsonStringEnumConverter(new LowerCase(), allowIntegerValues: false) },
    };

    internal static void Write(string path, MoleculeStudyResult study) =>
        Write(path, new Document(FormatName, 1, study, [.. study.Sets.Select(set => new Choice(set.Data, WeakModelChoice.Of(set.Results)))]));

    internal static MoleculeStudyResult ReadStudy(string path) => SummaryFile.Read(path, FormatName, root => root.GetProperty("study").Deserialize<MoleculeStudyResult>(Options)!);

    /// <summary>Any piece of a study, as a file of its own.</summary>
    internal static void Write<T>(string path, T piece)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        AtomicFile.WriteAllText(path, JsonSerializer.Serialize(piece, Options) + "\n");
    }

    /// <exception cref="UserErrorException">The file was edited or cut short.</exception>
    internal static T Read<T>(string path)
    {
        try
        {
            return JsonSerializer.Deserialize<T>(File.ReadAllText(path), Options)!;
        }
        catch (JsonException error)
        {
            throw new UserErrorException($"{path} cannot be read: {error.Message} Remove it; the same command makes it again.");
        }
    }

    private sealed record Choice(string Data, WeakModelChoice Heuristic);

    private sealed record Document(string Format, int Version, MoleculeStudyResult Study, IReadOnlyList<Choice> Heuristics);

    /// <summary>AdamW → adamw, as configuration files spell it.</summary>
    private sealed class LowerCase : JsonNamingPolicy
    {
        public override string ConvertName(string name) => name.ToLowerInvariant();
    }
}
