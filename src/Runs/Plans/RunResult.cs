using System.Text.Json;
using W2S.Data;

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

    public void Write(string folder) => AtomicFile.WriteAllBytes(Path.Combine(folder, FileName), JsonSerializer.SerializeToUtf8Bytes(this, SweepJson.Line.RunResult));

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
            throw new UserErrorException($"{path} is damaged ({error.Message.TrimEnd('.')}). Remove the file and run the sweep again: that run is done anew.");
        }
    }
}
