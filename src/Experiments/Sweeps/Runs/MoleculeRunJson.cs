using System.Text.Json;
using System.Text.Json.Serialization;
using W2S.Models;
using W2S.Training;

namespace W2S.Experiments;

/// <summary>
/// How a plan holds the settings of molecular runs: snake_case keys, names of choices in lower case as in YAML. What is
/// derived from other settings is left out, for it would be part of a run's identity.
/// </summary>
[JsonSerializable(typeof(MoleculeStageOptions))]
[JsonSerializable(typeof(EncoderRunOptions))]
internal sealed partial class MoleculeRunJson : JsonSerializerContext
{
    public static readonly MoleculeRunJson Line = Create();

    private static MoleculeRunJson Create()
    {
        var options = new JsonSerializerOptions
        {
            PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
            RespectNullableAnnotations = true,
            RespectRequiredConstructorParameters = true,
            IgnoreReadOnlyProperties = true,
            NewLine = "\n",
        };
        options.Converters.Add(Choice<HeadSolver>());
        options.Converters.Add(Choice<MoleculeProtocol>());
        options.Converters.Add(Choice<EncoderPooling>());
        options.Converters.Add(Choice<EncoderPrecision>());
        options.Converters.Add(Choice<PositionEncoding>());
        return new MoleculeRunJson(options);

        static JsonStringEnumConverter<T> Choice<T>() where T : struct, Enum => new(LowerCase.Policy, allowIntegerValues: false);
    }

    private sealed class LowerCase : JsonNamingPolicy
    {
        public static readonly LowerCase Policy = new();
        public override string ConvertName(string name) => name.ToLowerInvariant();
    }
}
