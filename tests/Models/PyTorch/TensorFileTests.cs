using System.Text;
using System.Text.Json;
using W2S.Models.PyTorch;

namespace W2S.Models.Tests;

/// <summary>Which format a file has is decided by all the evidence.</summary>
public sealed class TensorFileTests
{
    [Fact]
    public void A_safetensors_file_is_one_whatever_the_length_of_its_header_spells()
    {
        // The first byte goes through all values, 0x80 (a pickle's) and 'P' (a zip's) among them; 19280 spells "PK".
        foreach (var length in Enumerable.Range(16, 40).Select(eighths => 8 * eighths).Append(19280))
        {
            var document = Read(Safetensors(length));
            Assert.Equal("safetensors", document.Format);
            Assert.Equal([0f, 1, 2, 3, 4, 5], document.Tensors["head.weight"].As<float>().ToArray());
        }
    }

    [Theory]
    [InlineData(640)]
    [InlineData(19280)]
    public void A_torn_one_is_refused_as_what_it_most_looks_like(int length) =>
        Assert.Contains(
            "x is not a sound safetensors file: its header claims",
            Assert.Throws<InvalidDataException>(() => Read(Safetensors(length)[..100])).Message);

    [Theory]
    [InlineData(
        "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 4\n",
        "x is a pointer of Git LFS, not the file itself: run git lfs pull")]
    [InlineData("\u00ef\u00bb\u00bf\r\n<!doctype HTML><html>", "x is a web page")]
    [InlineData("GGUF\u0003\0\0\0", "x is a GGUF file")]
    [InlineData("\u0089HDF\r\n\u001a\n", "x is an HDF5 file")]
    [InlineData("\u0093NUMPY\u0001\0", "x is an array of NumPy")]
    [InlineData("\u001f\u008b\u0008\0", "x is a gzip archive; unpack it first")]
    [InlineData(
        "",
        "x is no file of weights that can be read: it is neither a PyTorch file (.pt, .pth, .ckpt) nor safetensors nor ONNX. It is empty.")]
    [InlineData("weights", "It begins with the bytes 77656967687473.")]
    public void Other_files_are_named(string content, string cause) =>
        Assert.Contains(cause, Assert.Throws<InvalidDataException>(() => Read(Encoding.Latin1.GetBytes(content))).Message);

    private static TensorDocument Read(byte[] bytes) => TensorFile.Read(new MemoryStream(bytes), "x", _ => true);

    private static byte[] Safetensors(int headerBytes)
    {
        var empty = Header("").Length;
        var header = Encoding.UTF8.GetBytes(Header(new string('x', headerBytes - empty)));
        return
        [
            .. BitConverter.GetBytes((long)header.Length), .. header,
            .. Enumerable.Range(0, 6).SelectMany(value => BitConverter.GetBytes((float)value)),
        ];
    }

    private static string Header(string note) => JsonSerializer.Serialize(new Dictionary<string, object>
    {
        ["__metadata__"] = new Dictionary<string, string> { ["note"] = note },
        ["head.weight"] = new { dtype = "F32", shape = (int[])[2, 3], data_offsets = (int[])[0, 24] },
    });
}
