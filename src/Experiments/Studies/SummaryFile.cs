using System.Text.Json;

namespace W2S.Experiments;

/// <summary>What the summary.json of all kinds of run have in common: a format, a version, and how reading them fails.</summary>
public static class SummaryFile
{
    /// <summary>In a run's folder; its presence says that the run is finished.</summary>
    public const string FileName = "summary.json";

    /// <summary>The kinds that this program writes: of studies and stages, of pretrained representations, and of experiments.</summary>
    internal const string ResultFormat = "w2s-result", RepresentationFormat = "w2s-representation", ExperimentsFormat = "w2s-experiments";

    /// <summary>
    /// Which kind of run wrote the file: <see cref="ResultFormat"/>, <see cref="RepresentationFormat"/>, or the name of something
    /// else.
    /// </summary>
    /// <exception cref="UserErrorException">The file is missing, cut short, or of another program.</exception>
    public static string KindOf(string path) => Parse(path, root =>
        root.ValueKind == JsonValueKind.Object && root.TryGetProperty("format", out var format) && format.ValueKind == JsonValueKind.String
            ? format.GetString()!
            : throw NoSummary(path, "a run"));

    /// <summary>"a run of a single stage": what a kind is called.</summary>
    internal static string InWords(string kind) => kind switch
    {
        ResultFormat => "a study or a stage",
        "w2s-summary" or "w2s-stage" or "w2s-molecules" or "w2s-molecules-stage" =>
            "a run of an earlier version, which kept its results in another format",
        RepresentationFormat => "a representation",
        ExperimentsFormat => "experiments",
        _ => $"something that this program does not know ({kind})",
    };

    /// <summary>Reads a file of one kind.</summary>
    /// <param name="newest">The newest version that is known.</param>
    /// <param name="read">Gets the root of the JSON document; a JsonException means that something is missing or wrong.</param>
    /// <exception cref="UserErrorException">The file is missing, cut short, of another kind or of a newer version.</exception>
    internal static T Read<T>(string path, string format, int newest, Func<JsonElement, T> read) => Parse(path, root =>
    {
        if (root.ValueKind != JsonValueKind.Object
            || !root.TryGetProperty("format", out var found) || found.ValueKind != JsonValueKind.String || found.GetString() != format
            || !root.TryGetProperty("version", out var number) || number.ValueKind != JsonValueKind.Number
                || !number.TryGetInt32(out var version))
        {
            throw NoSummary(path, InWords(format), $"\"format\": \"{format}\" and a version");
        }
        if (version > newest)
        {
            throw new UserErrorException(
                $"{path} has format version {version}; this program reads up to {newest}. "
                + "Use the newer program that wrote it, or run it again.");
        }
        return read(root);
    });

    private static T Parse<T>(string path, Func<JsonElement, T> read)
    {
        var text = ReadText(path);
        try
        {
            using var document = JsonDocument.Parse(text);
            return read(document.RootElement);
        }
        catch (JsonException exception)
        {
            throw new UserErrorException(
                $"{path} cannot be read as a summary{Where(exception)}: {exception.Message.Split(" Path: ")[0]} "
                + "The file was cut short or edited; remove it and run the same command again to write it anew (what is finished is not "
                + "computed again).");
        }
    }

    private static string ReadText(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new UserErrorException(
                $"There is no {path}: name the folder of a finished run, the one that its last line of output named.");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new UserErrorException($"{path} cannot be opened: {exception.Message}");
        }
    }

    private static UserErrorException NoSummary(string path, string of, string lacks = "a \"format\"") =>
        new($"{path} is JSON but not a summary of {of}: it lacks {lacks}. Name the folder of a run that this program wrote.");

    private static string Where(JsonException exception) =>
        exception.LineNumber is { } line ? $" (line {line + 1}{(exception.Path is { Length: > 1 } path ? $", {path}" : "")})" : "";
}
