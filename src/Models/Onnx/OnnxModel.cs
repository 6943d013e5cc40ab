using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace W2S.Models.Onnx;

/// <summary>Any ONNX model that reads tokens, computed by ONNX Runtime on the processor.</summary>
/// <remarks>
/// Inputs are known by their names: input_ids, attention_mask and token_type_ids, each int64 [batch, length] (int32 is taken
/// too).
/// </remarks>
public sealed class OnnxModel : IDisposable
{
    private const string Ids = "input_ids", Mask = "attention_mask", Types = "token_type_ids";

    private readonly InferenceSession _session;

    /// <param name="output">Which of the model's outputs; null: last_hidden_state, token_embeddings, or the first.</param>
    /// <param name="threads">Cores to use.</param>
    /// <exception cref="UserErrorException">The file is absent, damaged, or asks for other inputs; it has no such output.</exception>
    public OnnxModel(string path, string? output = null, int threads = 1)
    {
        if (!File.Exists(path)) throw new UserErrorException($"There is no file {path}.");
        using (var file = File.OpenRead(path))
            if (ModelFile.Foreign(file) is { } other) throw new UserErrorException($"{path} is {other}");
        try
        {
            using var options = new SessionOptions
            {
                IntraOpNumThreads = threads, InterOpNumThreads = 1, LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR,
            };
            _session = new InferenceSession(path, options);
        }
        catch (OnnxRuntimeException error)
        {
            throw new UserErrorException($"{path} is no model that ONNX Runtime can load: {error.Message.Split('\n')[0].TrimEnd('.')}.");
        }
        var unknown = _session.InputMetadata.Keys.Except([Ids, Mask, Types]).ToList();
        if (unknown.Count > 0 || !_session.InputMetadata.ContainsKey(Ids))
            throw Refused($"{path} asks for {string.Join(", ", _session.InputMetadata.Keys)}; W2S can give {Ids}, {Mask} and {Types}.");
        string[] usual = ["last_hidden_state", "token_embeddings", _session.OutputMetadata.Keys.First()];
        Output = output ?? usual.First(_session.OutputMetadata.ContainsKey);
        if (!_session.OutputMetadata.TryGetValue(Output, out var given))
            throw Refused($"{path} has no output {Output}. Its outputs are {string.Join(", ", _session.OutputMetadata.Keys)}.");
        if (given.ElementType != typeof(float) || given.Dimensions is not ([_, _, _] or [_, _]))
            throw Refused(
                $"{path}: the output {Output} is {given.ElementType?.Name} [{string.Join(", ", given.Dimensions)}], where "
                    + "float [batch, length, width] or [batch, width] is needed.");
        HasTokens = given.Dimensions.Length == 3;
        Width = given.Dimensions[^1] > 0 ? given.Dimensions[^1] : Run(new PackedTokens([0], [0, 1])).Width;
    }

    /// <summary>The output's name.</summary>
    public string Output { get; }

    /// <summary>Whether there is a vector for each token, not one for each sequence.</summary>
    public bool HasTokens { get; }

    /// <summary>Numbers of a vector.</summary>
    public int Width { get; }

    /// <summary>The output of some sequences, padded to the longest.</summary>
    /// <returns>[sequences, length, width], where <see cref="HasTokens"/>, else [sequences, width]; row-major.</returns>
    /// <exception cref="UserErrorException">The model cannot compute them.</exception>
    public (float[] Values, int Length, int Width) Run(PackedTokens tokens)
    {
        var length = Enumerable.Range(0, tokens.Sequences).Max(tokens.Length);
        var size = checked(tokens.Sequences * length);
        var (ids, mask, types) = (new long[size], new long[size], new long[size]);
        for (var sequence = 0; sequence < tokens.Sequences; sequence++)
        for (var position = 0; position < tokens.Length(sequence); position++)
        {
            var (padded, packed) = (sequence * length + position, tokens.Offsets[sequence] + position);
            (ids[padded], mask[padded], types[padded]) = (tokens.Tokens[packed], 1, tokens.Types?[packed] ?? 0);
        }
        var inputs = new[] { (Ids, ids), (Mask, mask), (Types, types) }.Where(input => _session.InputMetadata.ContainsKey(input.Item1))
            .Select(input => Named(input.Item1, input.Item2, [tokens.Sequences, length])).ToList();
        try
        {
            using var results = _session.Run(inputs, [Output]);
            var result = results[0].AsTensor<float>();
            return (result.ToArray(), length, result.Dimensions[^1]);
        }
        catch (OnnxRuntimeException error)
        {
            throw new UserErrorException(
                $"ONNX Runtime fails on {tokens.Sequences} sequences of at most {length} tokens: "
                    + $"{error.Message.Split('\n')[0].TrimEnd('.')}.");
        }
    }

    public void Dispose() => _session.Dispose();

    private NamedOnnxValue Named(string name, long[] values, int[] shape) => _session.InputMetadata[name].ElementType == typeof(int)
        ? NamedOnnxValue.CreateFromTensor(name, new DenseTensor<int>(Array.ConvertAll(values, value => (int)value), shape))
        : NamedOnnxValue.CreateFromTensor(name, new DenseTensor<long>(values, shape));

    private UserErrorException Refused(string message)
    {
        _session.Dispose();
        return new UserErrorException(message);
    }
}
