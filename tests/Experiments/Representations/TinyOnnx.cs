using System.Runtime.InteropServices;
using System.Text;
using W2S.Data;

namespace W2S.Experiments;

/// <summary>An ONNX model of one node, made here to the byte: for each token a vector from a table.</summary>
internal static class TinyOnnx
{
    private const int Float = 1, Int64 = 7;

    /// <summary>Writes model.onnx and vocab.txt.</summary>
    /// <returns>The folder.</returns>
    public static string Write(string folder, IReadOnlyList<string> vocabulary, int width)
    {
        Directory.CreateDirectory(folder);
        var random = new RandomStream(0, "tiny onnx");
        var table = new float[vocabulary.Count * width];
        foreach (ref var value in table.AsSpan()) value = (float)random.NextNormal();
        byte[] vectors =
        [
            .. Field(1, vocabulary.Count), .. Field(1, width), .. Field(2, Float), .. Field(8, "vectors"),
            .. Field(9, MemoryMarshal.AsBytes<float>(table).ToArray()),
        ];
        byte[] gather = [.. Field(1, "vectors"), .. Field(1, "input_ids"), .. Field(2, "last_hidden_state"), .. Field(4, "Gather")];
        byte[] graph =
        [
            .. Field(1, gather), .. Field(2, "tiny"), .. Field(5, vectors), .. Field(11, Value("input_ids", Int64, 0, 0)),
            .. Field(12, Value("last_hidden_state", Float, 0, 0, width)),
        ];
        File.WriteAllBytes(Path.Combine(folder, "model.onnx"), [.. Field(1, 7), .. Field(7, graph), .. Field(8, Field(2, 13))]);
        File.WriteAllLines(Path.Combine(folder, "vocab.txt"), vocabulary);
        return folder;
    }

    /// <param name="shape">0: any.</param>
    private static byte[] Value(string name, int type, params int[] shape)
    {
        byte[] dimensions = [.. shape.SelectMany(size => Field(1, size == 0 ? Field(2, "n") : Field(1, size)))];
        byte[] tensor = [.. Field(1, type), .. Field(2, dimensions)];
        return [.. Field(1, name), .. Field(2, Field(1, tensor))];
    }

    private static byte[] Field(int number, int value) => [.. Varint(number << 3), .. Varint(value)];

    private static byte[] Field(int number, string text) => Field(number, Encoding.UTF8.GetBytes(text));

    private static byte[] Field(int number, byte[] bytes) => [.. Varint(number << 3 | 2), .. Varint(bytes.Length), .. bytes];

    private static IEnumerable<byte> Varint(int value)
    {
        for (; value >= 0x80; value >>= 7) yield return (byte)(value | 0x80);
        yield return (byte)value;
    }
}
