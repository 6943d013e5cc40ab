namespace W2S.Models.Onnx;

/// <summary>
/// The weights of an ONNX model under the names that they had in PyTorch. Exporters keep the names of biases but not of the
/// matrices that stand beside them, which are transposed for MatMul: such a matrix is named by the bias that is added to its
/// product, and turned back to [out, in].
/// </summary>
internal static class OnnxFile
{
    public const string Format = "onnx";

    private const string Bias = ".bias", Weight = ".weight";

    /// <param name="stream">At its beginning.</param>
    /// <param name="broken">Makes the exception for a problem.</param>
    /// <exception cref="InvalidDataException">It is torn, or no ONNX model.</exception>
    public static TensorDocument Read(Stream stream, Func<string, bool> wanted, Func<string, Exception> broken)
    {
        var graph = Graph(stream, broken);
        var tensors = Named(graph)
            .Where(tensor => wanted(tensor.Name)).DistinctBy(tensor => tensor.Name).ToDictionary(tensor => tensor.Name);
        var values = graph.LeftOut.ToDictionary(pair => pair.Key, object? (pair) => $"{pair.Value} (left out)");
        return new TensorDocument(Format, tensors, values) { LeftOut = graph.LeftOut };
    }

    /// <inheritdoc cref="Read"/>
    public static OnnxGraph Graph(Stream stream, Func<string, Exception> broken)
    {
        // Protobuf's own limit.
        if (stream.Length > Array.MaxLength)
            throw broken($"it has {stream.Length} bytes, and a protobuf message has at most {Array.MaxLength}");
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return new OnnxGraph(bytes, broken);
    }

    /// <summary>All constants of the graph; matrices that a bias names come under that name.</summary>
    public static IEnumerable<NamedTensor> Named(OnnxGraph graph)
    {
        var renamed = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (name, matrix, transposes) in graph.Nodes.SelectMany(node => Matrices(node, graph)))
        {
            renamed.Add(matrix.Name);
            yield return (transposes ? Transposed(matrix) : matrix) with { Name = name };
        }
        // A constant that several places share may stand for more than one name.
        foreach (var node in graph.Nodes.Where(node => node is { Operation: "Identity", Inputs.Count: 1, Outputs.Count: 1 }))
            if (graph.ConstantOf(node.Outputs[0]) is { } shared) yield return shared with { Name = node.Outputs[0] };
        foreach (var tensor in graph.Initializers.Values.Where(tensor => !renamed.Contains(tensor.Name))) yield return tensor;
    }

    /// <summary>The matrix of MatMul and Add, or of Gemm, and the name that its bias gives it.</summary>
    private static IEnumerable<(string Name, NamedTensor Matrix, bool Transposes)> Matrices(OnnxGraph.Node node, OnnxGraph graph)
    {
        if (node is { Operation: "Gemm", Inputs: [_, var second, var added] }
            && NameBeside(added) is { } name && graph.ConstantOf(second) is { Shape.Length: 2 } factor)
            yield return (name, factor, !node.TransposesSecond);
        if (node is not { Operation: "Add", Inputs: [var left, var right] }) yield break;
        foreach (var (bias, product) in new[] { (left, right), (right, left) })
            if (NameBeside(bias) is { } linear && graph.MakerOf(product) is { Operation: "MatMul", Inputs: [_, var operand] }
                && graph.ConstantOf(operand) is { Shape.Length: 2 } matrix)
                yield return (linear, matrix, true);

        static string? NameBeside(string bias) => bias.EndsWith(Bias, StringComparison.Ordinal) ? bias[..^Bias.Length] + Weight : null;
    }

    private static NamedTensor Transposed(NamedTensor matrix)
    {
        long[] shape = [matrix.Shape[1], matrix.Shape[0]];
        var bytes = Strided.RowMajor(matrix.Bytes, matrix.Type.ElementBytes(), 0, shape, [1, matrix.Shape[1]]);
        return matrix with { Shape = shape, Bytes = bytes };
    }
}
