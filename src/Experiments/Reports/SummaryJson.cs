using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using W2S.Models;

namespace W2S.Experiments;

/// <summary>
/// How summary.json is written and read: snake_case keys, lower-case enum values as in YAML, numbers that read back
/// exactly, null where a number is not finite. Generated at compile time, because reflection would cost start-up time.
/// </summary>
[JsonSerializable(typeof(SummaryDocument))]
[JsonSerializable(typeof(StudyOptions))]
[JsonSerializable(typeof(TaskPart))]
[JsonSerializable(typeof(StageRun))]
[JsonSerializable(typeof(MoleculeStageRun))]
[JsonSerializable(typeof(RepresentationSummary))]
[JsonSerializable(typeof(PanelStatistics))]
[JsonSerializable(typeof(SeedStatistics))]
internal sealed partial class SummaryJson : JsonSerializerContext
{
    /// <summary>For what stands on one line.</summary>
    internal static readonly SummaryJson Compact = Create(indented: false);

    /// <summary>For whole files: indented, one line for each task.</summary>
    internal static readonly SummaryJson Pretty = Create(indented: true);

    private static SummaryJson Create(bool indented)
    {
        var options = new JsonSerializerOptions
        {
            PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
            RespectNullableAnnotations = true,
            RespectRequiredConstructorParameters = true,
            WriteIndented = indented,
            NewLine = "\n",
        };
        options.Converters.Add(new FiniteNumber());
        options.Converters.Add(new JsonStringEnumConverter<EngineChoice>(LowerCase.Policy, allowIntegerValues: false));
        options.Converters.Add(new JsonStringEnumConverter<RepresentationSource>(LowerCase.Policy, allowIntegerValues: false));
        options.Converters.Add(new JsonStringEnumConverter<HeadSolver>(LowerCase.Policy, allowIntegerValues: false));
        options.Converters.Add(new JsonStringEnumConverter<MoleculeProtocol>(LowerCase.Policy, allowIntegerValues: false));
        options.Converters.Add(new JsonStringEnumConverter<HeadActivation>(LowerCase.Policy, allowIntegerValues: false));
        if (indented)
        {
            options.Converters.Add(new OneLine<TaskPart>(Compact.TaskPart));
            options.Converters.Add(new OneLine<StageTask>(Compact.StageTask));
        }
        return new SummaryJson(options);
    }

    /// <summary>AdamW → adamw, as configuration files spell it (snake_case would make it adam_w).</summary>
    private sealed class LowerCase : JsonNamingPolicy
    {
        internal static readonly LowerCase Policy = new();
        public override string ConvertName(string name) => name.ToLowerInvariant();
    }

    /// <summary>JSON has no NaN and no infinity: both are written as null, and null is read as NaN.</summary>
    private sealed class FiniteNumber : JsonConverter<double>
    {
        public override bool HandleNull => true;

        public override double Read(ref Utf8JsonReader reader, Type type, JsonSerializerOptions options) =>
            reader.TokenType == JsonTokenType.Null ? double.NaN : reader.GetDouble();

        public override void Write(Utf8JsonWriter writer, double value, JsonSerializerOptions options)
        {
            if (double.IsFinite(value)) writer.WriteNumberValue(value);
            else writer.WriteNullValue();
        }
    }

    private sealed class OneLine<T>(JsonTypeInfo<T> compact) : JsonConverter<T>
    {
        public override T? Read(ref Utf8JsonReader reader, Type type, JsonSerializerOptions options) => JsonSerializer.Deserialize(ref reader, compact);

        public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) =>
            writer.WriteRawValue(JsonSerializer.SerializeToUtf8Bytes(value, compact), skipInputValidation: true);
    }
}
