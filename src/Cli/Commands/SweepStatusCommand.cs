using System.CommandLine;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using W2S.Runs.Plans;
using W2S.Runs.Results;

namespace W2S.Cli;

/// <summary>`sweep status`.</summary>
internal sealed class SweepStatusCommand : DocumentedCommand
{
    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower) },
    };

    private readonly Argument<string> _folder = SweepArguments.Folder();
    private readonly Option<bool> _json = new("--json") { Description = "For programs." };

    public SweepStatusCommand() : base("status", "Shows how far a sweep is, and what is wrong.",
        "Counts runs that wait, run, are done, failed, or are stalled (their worker's heart has stopped), with the rate and the time left at that rate. "
        + "Looking changes nothing.")
    {
        Add(_folder);
        AddGroup("Output", [_json]);
        AddExample("sweep status runs/depth", "How far it is:");
        SetAction(parsed => Show(parsed.GetValue(_folder)!, parsed.GetValue(_json)));
    }

    private static void Show(string folder, bool json)
    {
        var status = SweepStatus.Of(SweepPlan.Load(folder), TimeProvider.System);
        Console.Write(json ? JsonSerializer.Serialize(status, Json) + "\n" : SweepText.Status(status, folder, TableText.OutputWidth));
    }
}
