using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace W2S.Experiments;

/// <summary>
/// How summary.json, and the settings in plans, are written and read: snake_case keys, lower-case enum values as in YAML,
/// numbers that read back exactly, null where a number is not finite. Generated at compile time, because reflection would
/// cost start-up time.
/// </summary>
[JsonSerializable(typeof(ResultDocument))]
[JsonSerializable(typeof(Study))]
[JsonSerializable(typeof(CellResult))]
[JsonSerializable(typeof(PanelStatistics))]
[JsonSerializable(typeof(SeedStatistics))]
internal sealed partial class SummaryJson : JsonSerializerContext
{
    /// <summary>For what stands on one line.</summary>
    internal static readonly SummaryJson Compact = Create(indented: false);

    /// <summary>For whole files: indented, one line for each cell.</summary>
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
        options.Converters.Add(Choice<EngineChoice>());
        options.Converters.Add(Choice<RepresentationSource>());
        options.Converters.Add(Choice<HeadSolver>());
        options.Converters.Add(Choice<Link>());
        options.Converters.Add(Choice<Protocol>());
        options.Converters.Add(Choice<Study.EvaluationPart>());
        options.Converters.Add(Choice<EncoderPooling>());
        options.Converters.Add(Choice<EncoderPrecision>());
        options.Converters.Add(Choice<PositionEncoding>());
        options.Converters.Add(Choice<ClassOptions.LabelKind>());
        options.Converters.Add(Choice<TableOptions.HeaderLine>());
        options.Converters.Add(Choice<ConfidenceWarmUp>());
        options.Converters.Add(Choice<StoppingCriterion>());
        options.Converters.Add(Choice<RateShape>());
        if (indented) options.Converters.Add(new OneLine<CellResult>(Compact.CellResult));
        return new SummaryJson(options);

        static JsonStringEnumConverter<T> Choice<T>() where T : struct, Enum => new(LowerCase.Policy, allowIntegerValues: false);
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
        public override T? Read(ref Utf8JsonReader reader, Type type, JsonSerializerOptions options) =>
            JsonSerializer.Deserialize(ref reader, compact);

        public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) =>
            writer.WriteRawValue(JsonSerializer.SerializeToUtf8Bytes(value, compact), skipInputValidation: true);
    }
}
