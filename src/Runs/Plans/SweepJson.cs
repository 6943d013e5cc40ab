using System.Text.Json;
using System.Text.Json.Serialization;

namespace W2S.Runs.Plans;

/// <summary>How the sweep's own files are written: snake_case keys; generated at compile time, because thousands are read.</summary>
[JsonSerializable(typeof(SweepManifest))]
[JsonSerializable(typeof(RunResult))]
[JsonSerializable(typeof(RunFailure))]
internal sealed partial class SweepJson : JsonSerializerContext
{
    public static readonly SweepJson Line = new(Create(indented: false));
    public static readonly SweepJson Indented = new(Create(indented: true));

    private static JsonSerializerOptions Create(bool indented) => new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DictionaryKeyPolicy = null,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
        WriteIndented = indented,
        NewLine = "\n",
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };
}
