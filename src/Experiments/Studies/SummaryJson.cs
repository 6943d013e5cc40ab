using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace W2S.Experiments;

/// <summary>
/// How summary.json, and the settings in plans, are written and read: snake_case keys, lower-case enum values as in YAML,
/// numbers that read back exactly, null where a number is not finite. Generated at compile time, because reflection would
/// cost start-up time; its members are named by types, so options of one name are told apart here.
/// </summary>
[JsonSerializable(typeof(SummaryJson.Document), TypeInfoPropertyName = "Summary")]
[JsonSerializable(typeof(Study))]
[JsonSerializable(typeof(CellResult))]
[JsonSerializable(typeof(PanelStatistics))]
[JsonSerializable(typeof(PanelStatistics.OverSeeds))]
[JsonSerializable(typeof(NewtonHeads.Options), TypeInfoPropertyName = "NewtonOptions")]
[JsonSerializable(typeof(Squared.Options), TypeInfoPropertyName = "SquaredOptions")]
[JsonSerializable(typeof(Huber.Options), TypeInfoPropertyName = "HuberOptions")]
[JsonSerializable(typeof(ReverseKl.Options), TypeInfoPropertyName = "ReverseKlOptions")]
[JsonSerializable(typeof(Symmetric.Options), TypeInfoPropertyName = "SymmetricOptions")]
[JsonSerializable(typeof(LogConf.Options), TypeInfoPropertyName = "LogConfOptions")]
[JsonSerializable(typeof(Product.Options), TypeInfoPropertyName = "ProductOptions")]
[JsonSerializable(typeof(Window.Options), TypeInfoPropertyName = "WindowOptions")]
[JsonSerializable(typeof(Mixture.Options), TypeInfoPropertyName = "MixtureOptions")]
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
        options.Converters.Add(Choice<IEngine.Choice>());
        options.Converters.Add(Choice<RepresentationSource>());
        options.Converters.Add(Choice<HeadSolver>());
        options.Converters.Add(Choice<Link>());
        options.Converters.Add(Choice<Dataset.Protocol>());
        options.Converters.Add(Choice<Study.EvaluationPart>());
        options.Converters.Add(Choice<EncoderPooling>());
        options.Converters.Add(Choice<EncoderPrecision>());
        options.Converters.Add(Choice<PositionEncoding>());
        options.Converters.Add(Choice<Study.LabelKind>());
        options.Converters.Add(Choice<Study.TableOptions.HeaderLine>());
        options.Converters.Add(Choice<LogConf.Schedule>());
        options.Converters.Add(Choice<HeadOptions.StoppingCriterion>());
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

    /// <summary>
    /// The shape of summary.json, the same for every study, stage and run of a sweep, whatever the data and the number of seeds.
    /// The keys named seconds are all that differs between two runs of the same settings, so a comparison drops those.
    /// </summary>
    internal sealed record Document
    {
        public required string Format { get; init; }
        public required int Version { get; init; }

        /// <summary>"study", "weak", "student", "strong" or "evaluation".</summary>
        public required string Stage { get; init; }

        /// <summary>For a single student: the folder of its weak run, relative to this one.</summary>
        public string? WeakRun { get; init; }

        /// <summary>SHA-256 of that run's heads; null in files that were written before it was kept.</summary>
        public string? WeakDigest { get; init; }

        /// <summary>Wall time of the command that finished a study.</summary>
        public double? Seconds { get; init; }

        /// <summary>What a single stage used; folders are relative to the file's own.</summary>
        public required IReadOnlyList<Result.Part> Parts { get; init; }

        public required IReadOnlyList<PanelPart> Panels { get; init; }

        /// <summary>
        /// By panel, over its seeds of which no representation collapsed, data sets and weak representations; for readers of the file.
        /// </summary>
        public OrderedDictionary<string, SpreadPart>? Spread { get; init; }

        /// <param name="Options">The resolved configuration, under the keys that a YAML file would use.</param>
        /// <param name="Examples">Of one cell, by the part that they play.</param>
        /// <param name="Statistics">For readers of the file; computed anew when it is read here.</param>
        public sealed record PanelPart(
            string Panel, string Data, string DataTitle, string Unit, long Seed, string Weak, string Strong, string Engine, double Seconds,
            JsonElement Options, OrderedDictionary<string, int> Examples, IReadOnlyList<PanelResult.Representation> Representations,
            JsonElement? Statistics, IReadOnlyList<CellResult> Cells);

        /// <param name="MeanIntervals">Over the seeds; null where there are few, or more than the seed differs.</param>
        public sealed record SpreadPart(IReadOnlyList<long> CollapsedSeeds, JsonElement Statistics, MeanIntervals? MeanIntervals);
    }
}
