using System.Numerics;
using W2S.Models;
using W2S.Models.PyTorch;

namespace W2S.Cli;

/// <summary>All that is in a file of PyTorch or safetensors, as `checkpoints inspect --json` prints it.</summary>
/// <param name="Format">"pytorch-zip", "pytorch-legacy" or "safetensors".</param>
/// <param name="Values">What is no tensor, in terms that JSON has: integers beyond 64 bits and numbers that are not finite are texts, bytes are base64.</param>
internal sealed record WeightsFileDetails(string File, string Format, IReadOnlyList<TensorSummary> Tensors, IReadOnlyDictionary<string, object?> Values)
{
    /// <exception cref="Data.UserErrorException">There is no such file, or it cannot be read; the message names it and the cause.</exception>
    public static WeightsFileDetails Read(string path)
    {
        var document = TensorFile.Read(path);
        return new WeightsFileDetails(path, document.Format, [.. document.Tensors.Values.Select(TensorSummary.Of)], document.Values.ToDictionary(pair => pair.Key, pair => Speakable(pair.Value)));
    }

    private static object? Speakable(object? value) => value switch
    {
        double.NaN => "nan",
        double.PositiveInfinity => "inf",
        double.NegativeInfinity => "-inf",
        BigInteger integer => integer.ToString(),
        _ => value,
    };
}
