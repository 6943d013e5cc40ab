using System.Globalization;
using W2S.Models.Onnx;

namespace W2S.Models;

internal sealed partial record HuggingFaceConfiguration
{
    /// <summary>
    /// What the graph of a BERT encoder says where there is no `config.json`: how many heads, which epsilon, which activation.
    /// </summary>
    /// <param name="path">A `model.onnx` of a BertModel, as PyTorch exports it.</param>
    /// <exception cref="UserErrorException">It is damaged, or computes something else; what is in the way is named.</exception>
    public static HuggingFaceConfiguration OfGraph(string path)
    {
        using var file = File.OpenRead(path);
        try
        {
            return OfGraph(
                OnnxGraph.Of(file, problem => new InvalidDataException($"{path} cannot be read as an ONNX model: {problem}.")));
        }
        catch (InvalidDataException error)
        {
            throw new UserErrorException(error.Message.StartsWith(path, StringComparison.Ordinal)
                ? error.Message
                : $"{path}: {error.Message} Put the model's config.json beside it, or name it as onnx:{path}, by ONNX Runtime.");
        }
    }

    private static HuggingFaceConfiguration OfGraph(OnnxGraph graph)
    {
        var tensors = graph.Named().DistinctBy(tensor => tensor.Name).ToDictionary(tensor => tensor.Name);
        var words = tensors.Keys.FirstOrDefault(name =>
            name == EncoderParameter.WordEmbeddings || name.EndsWith("." + EncoderParameter.WordEmbeddings, StringComparison.Ordinal))
            ?? throw new InvalidDataException(
                $"It has no tensor {EncoderParameter.WordEmbeddings}: its encoder is not written as BERT's.");
        var prefix = words[..^EncoderParameter.WordEmbeddings.Length];
        var layers = 0;
        while (tensors.ContainsKey(Layer(layers, "intermediate.dense.weight"))) layers++;
        if (layers == 0) throw new InvalidDataException($"It has no tensor {Layer(0, "intermediate.dense.weight")}.");
        var (vocabulary, hidden) = Matrix(words);
        var shape = new EncoderShape(vocabulary, hidden, layers, Heads())
        {
            IntermediateSize = Matrix(Layer(0, "intermediate.dense.weight")).Rows,
            MaximumLength = Matrix(prefix + EncoderParameter.PositionEmbeddings).Rows,
            TokenTypes = Matrix(prefix + EncoderParameter.TypeEmbeddings).Rows,
            LayerNormEpsilon = Epsilon(graph),
            Positions = PositionEncoding.Learned,
        };
        MustCompute(graph, layers);
        if (shape.Problem() is { } problem) throw new InvalidDataException(problem);
        return new HuggingFaceConfiguration(HuggingFaceFamily.Bert, shape, FirstPosition: 0);

        string Layer(int layer, string name) => string.Create(CultureInfo.InvariantCulture, $"{prefix}encoder.layer.{layer}.{name}");

        (int Rows, int Columns) Matrix(string name) =>
            tensors.GetValueOrDefault(name) is { Shape: [> 0 and <= int.MaxValue and var rows, > 0 and <= int.MaxValue and var columns] }
            ? ((int)rows, (int)columns)
            : throw new InvalidDataException($"It has no matrix {name}.");

        // The query is cut into heads by a Reshape to [batch, length, heads, head size].
        int Heads()
        {
            var bias = Layer(0, "attention.self.query.bias");
            var query = graph.Nodes.FirstOrDefault(node => node.Operation == "Add" && node.Inputs.Contains(bias))?.Outputs[0];
            foreach (var reshape in graph.Nodes.Where(node => node is { Operation: "Reshape", Inputs.Count: 2 } && node.Inputs[0] == query))
            {
                var sizes = graph.MakerOf(reshape.Inputs[1]) is { Operation: "Concat" } joined
                    ? [.. joined.Inputs.Select(graph.ConstantOf)
                        .Select(size => size is { Type: TensorType.I64, Bytes.Length: 8 } ? size.As<long>()[0] : -1)]
                    : graph.ConstantOf(reshape.Inputs[1]) is { Type: TensorType.I64 } whole ? whole.As<long>().ToArray() : [];
                // The last size may be left to the runtime.
                if (sizes is [_, _, > 0 and <= int.MaxValue and var heads, var size]
                    && (size == -1 ? hidden % heads == 0 : heads * size == hidden))
                    return (int)heads;
            }
            throw new InvalidDataException("Its graph does not tell the number of attention heads.");
        }
    }

    /// <summary>The one that all LayerNorms add, whether whole or written out as a square root of a sum.</summary>
    private static double Epsilon(OnnxGraph graph)
    {
        var whole = graph.Nodes.Where(node => node.Operation is "LayerNormalization" or "SkipLayerNormalization")
            .Select(node => (double)(node.Epsilon ?? 1e-5f));
        var written = graph.Nodes.Where(node => node is { Operation: "Sqrt", Inputs.Count: 1 })
            .Select(node => graph.MakerOf(node.Inputs[0])).OfType<OnnxGraph.Node>().Where(sum => sum.Operation == "Add")
            .SelectMany(sum => sum.Inputs).Select(graph.ConstantOf).OfType<NamedTensor>()
            .Where(constant => constant.Type is TensorType.F32 or TensorType.F64 && constant.Count() == 1)
            .Select(constant => (double)constant.Exact(0));
        var all = whole.Concat(written).Distinct().ToList();
        return all is [var epsilon]
            // 1e-12 in float32 is 9.99999996e-13 in double.
            ? double.Parse(((float)epsilon).ToString("G7", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture)
            : throw new InvalidDataException($"Its LayerNorms have {all.Count} epsilons where BERT's have one.");
    }

    private static void MustCompute(OnnxGraph graph, int layers)
    {
        var activations = graph.Nodes.Count(node => node.Operation is "Erf" or "Gelu");
        if (activations != layers)
            throw new InvalidDataException($"Its {layers} layers have {activations} GELUs by erf: another activation is in the way.");
        foreach (var (operation, meaning) in new[]
        {
            ("CumSum", "positions that follow the padding"), ("Trilu", "a causal mask"),
            ("QuantizeLinear", "quantised weights"), ("DynamicQuantizeLinear", "quantised weights"),
        })
            if (graph.Nodes.Any(node => node.Operation == operation))
                throw new InvalidDataException($"Its graph has {operation}, for {meaning}.");
    }
}
