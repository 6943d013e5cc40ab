using System.Text.Json;
using W2S.Data;

namespace W2S.Runs.Plans;

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

    public void Write(string folder) => AtomicFile.WriteAllBytes(Path.Combine(folder, FileName), JsonSerializer.SerializeToUtf8Bytes(this, SweepJson.Indented.RunFailure));

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
