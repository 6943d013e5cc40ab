using System.Text.Json;
using System.Text.Json.Serialization;

namespace W2S.Experiments;

/// <summary>The summary.json of a pretrained representation's folder.</summary>
/// <param name="Description">"pretrained 8-16-16".</param>
/// <param name="Parameters">Number of weights and biases.</param>
/// <param name="Loss">The last mean training loss; null for a training without steps.</param>
internal sealed partial record RepresentationSummary(
    string Description, long Seed, string Engine, int Parameters, long Steps, double Epochs, double? Loss)
{
    [JsonPropertyOrder(-2)]
    public string Format { get; init; } = SummaryFile.RepresentationFormat;

    [JsonPropertyOrder(-1)]
    public int Version { get; init; } = 1;

    internal void Write(string folder) =>
        AtomicFile.WriteAllText(
            Path.Combine(folder, SummaryFile.FileName), JsonSerializer.Serialize(this, Json.Pretty.RepresentationSummary) + "\n");

    /// <exception cref="UserErrorException">The folder holds no finished representation.</exception>
    public static RepresentationSummary Read(string folder) => SummaryFile.Read(
        Path.Combine(folder, SummaryFile.FileName), SummaryFile.RepresentationFormat, 1,
        root => root.Deserialize(Json.Pretty.RepresentationSummary)!);

    /// <summary>As summary.json of a study is written.</summary>
    [JsonSerializable(typeof(RepresentationSummary))]
    private sealed partial class Json : JsonSerializerContext
    {
        public static readonly Json Pretty = new(new JsonSerializerOptions(SummaryJson.Pretty.Options) { TypeInfoResolver = null });
    }
}
