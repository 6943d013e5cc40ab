using System.Text.Json.Serialization;

namespace W2S.Runs.Kinds;

/// <summary>A run that pretrains a network or an encoder.</summary>
/// <param name="Settings">Everything that decides the weights, the sums of corpora too.</param>
/// <param name="Device">Where they are computed: devices differ in the last bits.</param>
internal sealed record PretrainingRun<TSettings>(TSettings Settings, string Device);

/// <summary>How plans hold the settings of runs that are no studies: as summary.json writes settings.</summary>
[JsonSerializable(typeof(PretrainingRun<MlpSettings>))]
[JsonSerializable(typeof(PretrainingRun<EncoderSettings>))]
internal sealed partial class PretrainingRunJson : JsonSerializerContext
{
    internal static readonly PretrainingRunJson Compact = new(
        new JsonSerializerOptions(SummaryJson.Compact.Options) { TypeInfoResolver = null });
}
