using System.Security.Cryptography;
using System.Text.Json.Serialization;

namespace W2S.Runs.Plans;

/// <summary>
/// result.json in a run's folder: the mark that the run is done, and all that collecting needs, in a few hundred bytes.
/// It comes last, by a rename, so a run without it is not done.
/// </summary>
/// <param name="Id">The run's identity.</param>
/// <param name="Measures">By name; null where undefined.</param>
/// <param name="Seconds">Wall time of the worker that finished it; a resumed run counts from its resume.</param>
/// <param name="Finished">When.</param>
/// <param name="Host">Where.</param>
/// <param name="Failures">How often it failed before.</param>
/// <param name="Deaths">How often it lost its worker before.</param>
internal sealed record RunResult(
    string Id, OrderedDictionary<string, double?> Measures, double Seconds, DateTimeOffset Finished, string Host, int Failures, int Deaths)
{
    public const string FileName = "result.json";

    public static bool Exists(string folder) => File.Exists(Path.Combine(folder, FileName));

    public void Write(string folder) =>
        AtomicFile.WriteAllBytes(Path.Combine(folder, FileName), JsonSerializer.SerializeToUtf8Bytes(this, SweepJson.Line.RunResult));

    /// <summary>Null where the run is not done.</summary>
    /// <exception cref="UserErrorException">The file is damaged.</exception>
    public static RunResult? Read(string folder)
    {
        var path = Path.Combine(folder, FileName);
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(path), SweepJson.Line.RunResult);
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
        catch (JsonException error)
        {
            throw new UserErrorException(
                $"{path} is damaged ({error.Message.TrimEnd('.')}). Remove the file and run the sweep again: that run is done anew.");
        }
    }
}

/// <summary>failure.json in a run's folder: how often the run failed or lost its worker, and what the last failure said.</summary>
/// <param name="Failures">Times that it ended in an error.</param>
/// <param name="Deaths">Times that its worker vanished while it ran.</param>
/// <param name="Message">The last error, as a sentence; empty where it only lost workers.</param>
/// <param name="LogEnd">The last lines of its log at that moment.</param>
internal sealed record RunFailure(int Failures, int Deaths, string Message, string LogEnd, DateTimeOffset Last)
{
    public const string FileName = "failure.json";

    /// <summary>Whether it is not tried again.</summary>
    public bool IsFinal(SweepOptions options) => Failures > options.Retries || Deaths > options.Deaths;

    /// <summary>What went wrong, for people.</summary>
    public string InWords => Message != "" ? Message : $"its worker vanished {Deaths} times (killed, out of memory, or its node died)";

    public void Write(string folder) =>
        AtomicFile.WriteAllBytes(Path.Combine(folder, FileName), JsonSerializer.SerializeToUtf8Bytes(this, SweepJson.Indented.RunFailure));

    /// <summary>Null where nothing went wrong yet, or the file was cut short.</summary>
    public static RunFailure? Read(string folder)
    {
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(Path.Combine(folder, FileName)), SweepJson.Line.RunFailure);
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException or JsonException)
        {
            return null;
        }
    }

    public static void Delete(string folder) => File.Delete(Path.Combine(folder, FileName));
}

/// <summary>How the sweep's own files are written: snake_case keys; generated at compile time, because thousands are read.</summary>
[JsonSerializable(typeof(SweepPlan.Manifest))]
[JsonSerializable(typeof(RunResult))]
[JsonSerializable(typeof(RunFailure))]
internal sealed partial class SweepJson : JsonSerializerContext
{
    public static readonly SweepJson Line = new(Create(indented: false));
    public static readonly SweepJson Indented = new(Create(indented: true));

    private static JsonSerializerOptions Create(bool indented) => new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DictionaryKeyPolicy = null,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
        WriteIndented = indented,
        NewLine = "\n",
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };
}
