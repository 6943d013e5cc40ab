using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace W2S.Experiments;

/// <summary>The identity of what decides a result: settings as canonical JSON, and a short hash of it for folder names.</summary>
internal static class Fingerprint
{
    private static readonly JsonSerializerOptions Json = new() { Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower) }, PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    /// <summary>Canonical JSON; property order is declaration order.</summary>
    public static string Of(object settings) => JsonSerializer.Serialize(settings, Json);

    /// <summary>Eight hexadecimal digits.</summary>
    public static string Short(string fingerprint) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(fingerprint)))[..8];
}
