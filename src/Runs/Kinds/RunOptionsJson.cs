using System.Text.Json;
using System.Text.Json.Serialization;
using W2S.Experiments;

namespace W2S.Runs.Kinds;

/// <summary>A pretrained representation of Gaussian inputs.</summary>
/// <param name="Settings">Everything that decides the weights.</param>
/// <param name="Device">Where they are computed: devices differ in the last bits.</param>
internal sealed record RepresentationRunOptions(MlpSettings Settings, string Device);

/// <summary>A pretrained encoder.</summary>
/// <param name="Settings">Everything that decides the weights, the sums of the corpora too.</param>
/// <param name="Device">Where they are computed: devices differ in the last bits.</param>
internal sealed record EncoderRunOptions(EncoderSettings Settings, string Device);

/// <summary>How plans hold the settings of runs that are no studies: as summary.json writes settings.</summary>
[JsonSerializable(typeof(RepresentationRunOptions))]
[JsonSerializable(typeof(EncoderRunOptions))]
internal sealed partial class RunOptionsJson : JsonSerializerContext
{
    internal static readonly RunOptionsJson Compact = new(new JsonSerializerOptions(SummaryJson.Compact.Options) { TypeInfoResolver = null });
}
