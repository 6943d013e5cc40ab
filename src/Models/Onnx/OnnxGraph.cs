using W2S.Data;

namespace W2S.Models.Onnx;

/// <summary>
/// What W2S looks at in an ONNX model: constants by name, and operations by what they give. Format: onnx.proto of the ONNX
/// project.
/// </summary>
internal sealed class OnnxGraph
{
    private const int ModelGraph = 7, GraphNode = 1, GraphInitializer = 5;

    private readonly Dictionary<string, OnnxNode> _makers = new(StringComparer.Ordinal);

    /// <param name="model">The whole file.</param>
    /// <param name="broken">Makes the exception for a problem.</param>
    /// <exception cref="InvalidDataException">It is torn, or no ONNX model.</exception>
    public OnnxGraph(ReadOnlyMemory<byte> model, Func<string, Exception> broken)
    {
        var found = false;
        for (var field = new ProtobufFields(model, broken); field.Next();)
        {
            if (field.Number != ModelGraph || !field.IsPacked) continue;
            found = true;
            for (var part = field.Message; part.Next();)
            {
                if (part.Number == GraphNode) Add(OnnxTensors.Node(part.Message, broken));
                else if (part.Number == GraphInitializer) Add(OnnxTensors.Read(part.Message, broken));
            }
        }
        if (!found) throw broken("it has no graph: it is no ONNX model");
    }

    public List<OnnxNode> Nodes { get; } = [];

    /// <summary>Constants of the graph, by name.</summary>
    public Dictionary<string, NamedTensor> Initializers { get; } = new(StringComparer.Ordinal);

    /// <summary>Constants that are not read, and what each is.</summary>
    public Dictionary<string, string> LeftOut { get; } = new(StringComparer.Ordinal);

    /// <summary>The operation that gives a value; null: the model's input, or a constant.</summary>
    public OnnxNode? MakerOf(string value) => _makers.GetValueOrDefault(value);

    /// <summary>The constant that a value is, whichever way it is written; null: it is computed.</summary>
    public NamedTensor? ConstantOf(string value)
    {
        if (Initializers.TryGetValue(value, out var tensor)) return tensor;
        return MakerOf(value) is { } maker
            ? maker.Operation == "Identity" && maker.Inputs is [var source]
                && source != value ? Initializers.GetValueOrDefault(source) : maker.Constant
            : null;
    }

    private void Add(OnnxNode node)
    {
        Nodes.Add(node);
        foreach (var output in node.Outputs) _makers.TryAdd(output, node);
    }

    private void Add((string Name, NamedTensor? Tensor, string What) constant)
    {
        if (constant.Tensor != null) Initializers.TryAdd(constant.Name, constant.Tensor);
        else LeftOut.TryAdd(constant.Name, constant.What);
    }
}
