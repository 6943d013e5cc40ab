using System.Runtime.InteropServices;

namespace W2S.Models.Onnx;

/// <summary>
/// What W2S looks at in an ONNX model: constants by name, and operations by what they give. Format: onnx.proto of the ONNX
/// project.
/// </summary>
/// <remarks>
/// Weights have the names that they had in PyTorch. Exporters keep the names of biases but not of the matrices that stand beside
/// them, which are transposed for MatMul: such a matrix is named by the bias that is added to its product, and turned back to
/// [out, in].
/// </remarks>
internal sealed class OnnxGraph
{
    public const string Format = "onnx";

    private const int ModelGraph = 7, GraphNode = 1, GraphInitializer = 5;
    private const string Bias = ".bias", Weight = ".weight";

    // TensorProto.DataType
    private static readonly Dictionary<long, TensorType> Types = new()
    {
        [1] = TensorType.F32, [2] = TensorType.U8, [3] = TensorType.I8, [4] = TensorType.U16, [5] = TensorType.I16, [6] = TensorType.I32,
        [7] = TensorType.I64, [9] = TensorType.BOOL, [10] = TensorType.F16, [11] = TensorType.F64, [12] = TensorType.U32,
        [13] = TensorType.U64, [14] = TensorType.C64, [15] = TensorType.C128, [16] = TensorType.BF16, [17] = TensorType.F8_E4M3,
        [19] = TensorType.F8_E5M2,
    };

    private readonly Dictionary<string, Node> _makers = new(StringComparer.Ordinal);

    /// <param name="model">The whole file.</param>
    /// <param name="broken">Makes the exception for a problem.</param>
    /// <exception cref="InvalidDataException">It is torn, or no ONNX model.</exception>
    private OnnxGraph(ReadOnlyMemory<byte> model, Func<string, Exception> broken)
    {
        var found = false;
        for (var field = new ProtobufFields(model, broken); field.Next();)
        {
            if (field.Number != ModelGraph || !field.IsPacked) continue;
            found = true;
            for (var part = field.Message; part.Next();)
            {
                if (part.Number == GraphNode) Add(ReadNode(part.Message, broken));
                else if (part.Number == GraphInitializer) Add(ReadTensor(part.Message, broken));
            }
        }
        if (!found) throw broken("it has no graph: it is no ONNX model");
    }

    /// <param name="stream">At its beginning.</param>
    /// <param name="broken">Makes the exception for a problem.</param>
    /// <exception cref="InvalidDataException">It is torn, or no ONNX model.</exception>
    public static TensorDocument Read(Stream stream, Func<string, bool> wanted, Func<string, Exception> broken)
    {
        var graph = Of(stream, broken);
        var tensors = graph.Named()
            .Where(tensor => wanted(tensor.Name)).DistinctBy(tensor => tensor.Name).ToDictionary(tensor => tensor.Name);
        var values = graph.LeftOut.ToDictionary(pair => pair.Key, object? (pair) => $"{pair.Value} (left out)");
        return new TensorDocument(Format, tensors, values) { LeftOut = graph.LeftOut };
    }

    /// <inheritdoc cref="Read"/>
    public static OnnxGraph Of(Stream stream, Func<string, Exception> broken)
    {
        // Protobuf's own limit.
        if (stream.Length > Array.MaxLength)
            throw broken($"it has {stream.Length} bytes, and a protobuf message has at most {Array.MaxLength}");
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return new OnnxGraph(bytes, broken);
    }

    public List<Node> Nodes { get; } = [];

    /// <summary>Constants of the graph, by name.</summary>
    public Dictionary<string, NamedTensor> Initializers { get; } = new(StringComparer.Ordinal);

    /// <summary>Constants that are not read, and what each is.</summary>
    public Dictionary<string, string> LeftOut { get; } = new(StringComparer.Ordinal);

    /// <summary>The operation that gives a value; null: the model's input, or a constant.</summary>
    public Node? MakerOf(string value) => _makers.GetValueOrDefault(value);

    /// <summary>The constant that a value is, whichever way it is written; null: it is computed.</summary>
    public NamedTensor? ConstantOf(string value)
    {
        if (Initializers.TryGetValue(value, out var tensor)) return tensor;
        return MakerOf(value) is { } maker
            ? maker.Operation == "Identity" && maker.Inputs is [var source]
                && source != value ? Initializers.GetValueOrDefault(source) : maker.Constant
            : null;
    }

    /// <summary>All constants; matrices that a bias names come under that name.</summary>
    public IEnumerable<NamedTensor> Named()
    {
        var renamed = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (name, matrix, transposes) in Nodes.SelectMany(Matrices))
        {
            renamed.Add(matrix.Name);
            yield return (transposes ? Transposed(matrix) : matrix) with { Name = name };
        }
        // A constant that several places share may stand for more than one name.
        foreach (var node in Nodes.Where(node => node is { Operation: "Identity", Inputs.Count: 1, Outputs.Count: 1 }))
            if (ConstantOf(node.Outputs[0]) is { } shared) yield return shared with { Name = node.Outputs[0] };
        foreach (var tensor in Initializers.Values.Where(tensor => !renamed.Contains(tensor.Name))) yield return tensor;
    }

    /// <summary>The matrix of MatMul and Add, or of Gemm, and the name that its bias gives it.</summary>
    private IEnumerable<(string Name, NamedTensor Matrix, bool Transposes)> Matrices(Node node)
    {
        if (node is { Operation: "Gemm", Inputs: [_, var second, var added] }
            && NameBeside(added) is { } name && ConstantOf(second) is { Shape.Length: 2 } factor)
            yield return (name, factor, !node.TransposesSecond);
        if (node is not { Operation: "Add", Inputs: [var left, var right] }) yield break;
        foreach (var (bias, product) in new[] { (left, right), (right, left) })
            if (NameBeside(bias) is { } linear && MakerOf(product) is { Operation: "MatMul", Inputs: [_, var operand] }
                && ConstantOf(operand) is { Shape.Length: 2 } matrix)
                yield return (linear, matrix, true);

        static string? NameBeside(string bias) => bias.EndsWith(Bias, StringComparison.Ordinal) ? bias[..^Bias.Length] + Weight : null;
    }

    private static NamedTensor Transposed(NamedTensor matrix)
    {
        long[] shape = [matrix.Shape[1], matrix.Shape[0]];
        var bytes = Strided.RowMajor(matrix.Bytes, matrix.Type.ElementBytes(), 0, shape, [1, matrix.Shape[1]]);
        return matrix with { Shape = shape, Bytes = bytes };
    }

    private void Add(Node node)
    {
        Nodes.Add(node);
        foreach (var output in node.Outputs) _makers.TryAdd(output, node);
    }

    private void Add((string Name, NamedTensor? Tensor, string What) constant)
    {
        if (constant.Tensor != null) Initializers.TryAdd(constant.Name, constant.Tensor);
        else LeftOut.TryAdd(constant.Name, constant.What);
    }

    /// <returns>The tensor, or what it is where W2S does not read it.</returns>
    /// <exception cref="InvalidDataException">Its bytes do not fit its shape.</exception>
    private static (string Name, NamedTensor? Tensor, string What) ReadTensor(ProtobufFields field, Func<string, Exception> broken)
    {
        var (name, type, shape, external) = ("", 0L, new List<long>(), false);
        ReadOnlyMemory<byte>? raw = null;
        var (singles, integers) = (new List<float>(), new List<long>());
        var (doubles, isOther) = (new List<double>(), false);
        while (field.Next())
        {
            switch (field.Number)
            {
                case 1: shape.AddRange(field.Integers()); break;
                case 2: type = (long)field.Bits; break;
                case 4: AddFloats(field, singles); break;
                case 5 or 7 or 11: integers.AddRange(field.Integers()); break;
                case 6: isOther = true; break; // texts
                case 8: name = field.Text; break;
                case 9: raw = field.Content; break;
                case 10: AddDoubles(field, doubles); break;
                case 14: external = field.Bits != 0; break;
            }
        }
        var size = $"[{string.Join(", ", shape)}]";
        if (external) return (name, null, $"a tensor {size} whose numbers are in another file");
        if (isOther || !Types.TryGetValue(type, out var known)) return (name, null, $"a tensor of ONNX's type {type} {size}");
        var bytes = raw?.ToArray() ?? Packed(known, singles, doubles, integers);
        var needed = shape.Any(axis => axis < 0) ? null : Strided.Needed(0, [.. shape], [.. Strides(shape)]);
        if (needed == null || needed * known.ElementBytes() != bytes.Length)
            throw broken($"the tensor {name} of type {known} and shape {size} does not fit its {bytes.Length} bytes");
        return (name, new NamedTensor(name, known, [.. shape], bytes), "");
    }

    private static Node ReadNode(ProtobufFields field, Func<string, Exception> broken)
    {
        var (inputs, outputs, operation) = (new List<string>(), new List<string>(), "");
        float? epsilon = null;
        NamedTensor? constant = null;
        var transposes = false;
        while (field.Next())
        {
            switch (field.Number)
            {
                case 1: inputs.Add(field.Text); break;
                case 2: outputs.Add(field.Text); break;
                case 4: operation = field.Text; break;
                case 5: Attribute(field.Message); break;
            }
        }
        return new Node(operation, inputs, outputs, epsilon, constant, transposes);

        void Attribute(ProtobufFields attribute)
        {
            var (name, single, integer) = ("", 0f, 0L);
            NamedTensor? tensor = null;
            while (attribute.Next())
            {
                switch (attribute.Number)
                {
                    case 1: name = attribute.Text; break;
                    case 2: single = BitConverter.UInt32BitsToSingle((uint)attribute.Bits); break;
                    case 3: integer = (long)attribute.Bits; break;
                    case 5: tensor = ReadTensor(attribute.Message, broken).Tensor; break;
                }
            }
            switch (name)
            {
                case "epsilon": epsilon = single; break;
                case "transB": transposes = integer != 0; break;
                case "value": constant = tensor; break;
                case "value_float": constant = NamedTensor.Of(name, [single]); break;
                case "value_int": constant = NamedTensor.Of(name, [integer]); break;
            }
        }
    }

    private static IEnumerable<long> Strides(List<long> shape) =>
        Enumerable.Range(1, shape.Count).Select(axis => shape.Skip(axis).Aggregate(1L, (product, size) => unchecked(product * size)));

    /// <summary>
    /// Numbers that are not raw: float_data, double_data, or int32_data, int64_data and uint64_data, which hold every other
    /// type.
    /// </summary>
    private static byte[] Packed(TensorType type, List<float> singles, List<double> doubles, List<long> integers) => type switch
    {
        TensorType.F32 or TensorType.C64 => MemoryMarshal.AsBytes(CollectionsMarshal.AsSpan(singles)).ToArray(),
        TensorType.F64 or TensorType.C128 => MemoryMarshal.AsBytes(CollectionsMarshal.AsSpan(doubles)).ToArray(),
        _ => [.. integers.SelectMany(integer => BitConverter.GetBytes(integer)[..type.ElementBytes()])],
    };

    private static void AddFloats(ProtobufFields field, List<float> singles)
    {
        if (field.IsPacked) singles.AddRange(MemoryMarshal.Cast<byte, float>(field.Content.Span));
        else singles.Add(BitConverter.UInt32BitsToSingle((uint)field.Bits));
    }

    private static void AddDoubles(ProtobufFields field, List<double> doubles)
    {
        if (field.IsPacked) doubles.AddRange(MemoryMarshal.Cast<byte, double>(field.Content.Span));
        else doubles.Add(BitConverter.UInt64BitsToDouble(field.Bits));
    }

    /// <summary>One operation of a graph.</summary>
    /// <param name="Epsilon">The attribute of that name; null where there is none.</param>
    /// <param name="Constant">What a Constant gives.</param>
    /// <param name="TransposesSecond">Gemm's transB.</param>
    public sealed record Node(
        string Operation, IReadOnlyList<string> Inputs, IReadOnlyList<string> Outputs, float? Epsilon, NamedTensor? Constant,
        bool TransposesSecond);
}
