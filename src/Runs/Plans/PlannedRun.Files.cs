using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace W2S.Runs.Plans;

// What a run leaves in its folder for the sweep.
public sealed partial record PlannedRun
{
    private static void Write<T>(string path, T value, JsonTypeInfo<T> json) =>
        AtomicFile.WriteAllBytes(path, JsonSerializer.SerializeToUtf8Bytes(value, json));

    private static T? Read<T>(string path, JsonTypeInfo<T> json) where T : class
    {
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(path), json);
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

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
    internal sealed record Result(
        string Id, OrderedDictionary<string, double?> Measures, double Seconds, DateTimeOffset Finished, string Host, int Failures,
        int Deaths)
    {
        public const string FileName = "result.json";

        public static bool Exists(string folder) => File.Exists(Path.Combine(folder, FileName));

        public void Write(string folder) => PlannedRun.Write(Path.Combine(folder, FileName), this, Json.Line.Result);

        /// <summary>Null where the run is not done.</summary>
        /// <exception cref="UserErrorException">The file is damaged.</exception>
        public static Result? Read(string folder)
        {
            var path = Path.Combine(folder, FileName);
            try
            {
                return PlannedRun.Read(path, Json.Line.Result);
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
    internal sealed record Failure(int Failures, int Deaths, string Message, string LogEnd, DateTimeOffset Last)
    {
        public const string FileName = "failure.json";

        /// <summary>Whether it is not tried again.</summary>
        public bool IsFinal(SweepOptions options) => Failures > options.Retries || Deaths > options.Deaths;

        /// <summary>What went wrong, for people.</summary>
        public string InWords => Message != "" ? Message : $"its worker vanished {Deaths} times (killed, out of memory, or its node died)";

        public void Write(string folder) => PlannedRun.Write(Path.Combine(folder, FileName), this, Json.Indented.Failure);

        /// <summary>Null where nothing went wrong yet, or the file was cut short.</summary>
        public static Failure? Read(string folder)
        {
            try
            {
                return PlannedRun.Read(Path.Combine(folder, FileName), Json.Line.Failure);
            }
            catch (JsonException)
            {
                return null;
            }
        }

        public static void Delete(string folder) => File.Delete(Path.Combine(folder, FileName));
    }

    /// <summary>How the sweep's own files are written: snake_case keys; generated at compile time, because thousands are read.</summary>
    [JsonSerializable(typeof(SweepPlan.Manifest))]
    [JsonSerializable(typeof(Result))]
    [JsonSerializable(typeof(Failure))]
    internal sealed partial class Json : JsonSerializerContext
    {
        public static readonly Json Line = new(Create(indented: false));
        public static readonly Json Indented = new(Create(indented: true));

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
}
