using System.Security.Cryptography;

namespace W2S.Models;

/// <summary>A tensor for those who look at a file.</summary>
/// <param name="Dtype">Its element type in small letters: f32, bf16, i64, bool.</param>
/// <param name="Sha256">Over its elements: row-major, little-endian, in their own type.</param>
/// <param name="First">
/// The first values, at most <see cref="FirstValues"/>: bool, long, double, or texts: "nan", "inf" and "-inf", for which JSON
/// has no numbers, and complex ones.
/// </param>
public sealed record TensorSummary(string Name, string Dtype, IReadOnlyList<long> Shape, string Sha256, IReadOnlyList<object> First)
{
    /// <summary>So many values are shown.</summary>
    public const int FirstValues = 24;

    /// <summary>Looks at a tensor.</summary>
    public static TensorSummary Of(NamedTensor tensor) => new(
        tensor.Name, tensor.Type.ToString().ToLowerInvariant(), tensor.Shape, Convert.ToHexStringLower(SHA256.HashData(tensor.Bytes)),
        [.. Enumerable.Range(0, Math.Min(FirstValues, tensor.Count())).Select(index => Speakable(tensor.Exact(index)))]);

    private static object Speakable(object value) => value switch
    {
        double.NaN => "nan",
        double.PositiveInfinity => "inf",
        double.NegativeInfinity => "-inf",
        _ => value,
    };
}
