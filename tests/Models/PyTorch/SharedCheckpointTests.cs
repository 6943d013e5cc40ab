using System.Security.Cryptography;
using System.Text.Json;
using W2S.Data;
using W2S.Models.PyTorch;

namespace W2S.Models.Tests;

public sealed class SharedCheckpointTests
{
    [SkippableFact]
    public void Every_genuine_file_is_read_as_an_independent_reader_does()
    {
        var read = 0;
        foreach (var file in SharedCheckpoints.Expected())
        {
            var format = file.GetProperty("format").GetString()!;
            if (format.StartsWith("invalid", StringComparison.Ordinal)) continue;
            var document = TensorFile.Read(SharedCheckpoints.Of(file.GetProperty("file").GetString()!));
            Assert.Equal(format, document.Format);
            Assert.Equal(file.GetProperty("tensors").EnumerateArray().Select(Line).Order(), document.Tensors.Values.Select(Line).Order());
            read++;
        }
        Assert.True(read >= 40, $"only {read} files");
    }

    [SkippableFact]
    public void A_file_of_three_letters_is_refused_with_its_name()
    {
        SharedCheckpoints.SkipIfAbsent();
        var error = Assert.Throws<UserErrorException>(() => TensorFile.Read(SharedCheckpoints.Of("burn/reader/broken.pt")));
        Assert.Contains("broken.pt is no file of weights", error.Message);
        Assert.Contains("616263", error.Message);
    }

    [SkippableFact]
    public void What_is_no_tensor_is_read_as_values()
    {
        SharedCheckpoints.SkipIfAbsent();
        var checkpoint = TensorFile.Read(SharedCheckpoints.Of("burn/reader/checkpoint.pt"));
        Assert.IsType<long>(checkpoint.Values["epoch"]);
        Assert.IsType<double>(checkpoint.Values["loss"]);
    }

    private static string Line(JsonElement tensor) =>
        $"{tensor.GetProperty("name").GetString()} {tensor.GetProperty("dtype").GetString()} "
        + $"[{string.Join(", ", tensor.GetProperty("shape").EnumerateArray())}] {tensor.GetProperty("sha256").GetString()}";

    private static string Line(NamedTensor tensor) =>
        $"{tensor.Name} {tensor.Type.ToString().ToLowerInvariant()} {tensor.ShapeText} "
        + Convert.ToHexStringLower(SHA256.HashData(tensor.Bytes));
}
