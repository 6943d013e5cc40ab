namespace W2S.Models;

/// <summary>
/// Named parameters in one flat float32 array: an encoder's, or those of its pretraining heads. Every engine starts from and
/// returns to this form; it needs no libtorch.
/// </summary>
public sealed class EncoderWeights
{
    private readonly Dictionary<string, EncoderParameter> _byName;

    /// <param name="parameters">In order, without gaps, from offset 0.</param>
    public EncoderWeights(IReadOnlyList<EncoderParameter> parameters)
    {
        Parameters = parameters;
        Values = new float[parameters.Sum(parameter => parameter.Length)];
        _byName = parameters.ToDictionary(parameter => parameter.Name);
    }

    /// <summary>In the order of <see cref="Values"/>.</summary>
    public IReadOnlyList<EncoderParameter> Parameters { get; }

    /// <summary>All parameters, one after another, row-major.</summary>
    public float[] Values { get; }

    /// <summary>The values of the parameter of that name, row-major.</summary>
    public Span<float> this[string name] => Values.AsSpan(_byName[name].Offset, _byName[name].Length);

    /// <summary>BERT's start: matrices and embeddings from N(0, 0.02²), biases 0, LayerNorms 1 and 0.</summary>
    public static EncoderWeights InitialiseEncoder(EncoderShape shape, long seed, string name)
    {
        const double deviation = 0.02;
        var weights = new EncoderWeights(EncoderParameter.OfEncoder(shape));
        foreach (var (parameter, index) in weights.Parameters.Select((parameter, index) => (parameter, index)))
        {
            var values = weights[parameter.Name];
            if (IsLayerNorm(parameter)) values.Fill(parameter.Name.EndsWith("weight", StringComparison.Ordinal) ? 1 : 0);
            else if (parameter.Shape.Length == 2) FillNormal(values, deviation, new RandomStream(seed, name, index));
        }
        return weights;
    }

    /// <summary>PyTorch's default for nn.Linear, uniform in ±1/√fan_in for weights and biases; LayerNorms 1 and 0.</summary>
    public static EncoderWeights InitialiseHeads(EncoderShape shape, int descriptors, bool sameMolecule, long seed, string name)
    {
        var weights = new EncoderWeights(EncoderParameter.OfHeads(shape, descriptors, sameMolecule));
        var bound = 1 / Math.Sqrt(shape.HiddenSize); // every head's layer reads HiddenSize values
        foreach (var (parameter, index) in weights.Parameters.Select((parameter, index) => (parameter, index)))
        {
            var values = weights[parameter.Name];
            if (IsLayerNorm(parameter)) values.Fill(parameter.Name.EndsWith("weight", StringComparison.Ordinal) ? 1 : 0);
            else FillUniform(values, bound, new RandomStream(seed, name, index));
        }
        return weights;
    }

    /// <summary>A copy of those parameters that are also <paramref name="some"/>: an encoder's first layers.</summary>
    /// <exception cref="ArgumentException">One of them is not here, or has another shape.</exception>
    public EncoderWeights Only(IReadOnlyList<EncoderParameter> some)
    {
        var weights = new EncoderWeights(some);
        foreach (var parameter in some)
        {
            if (!_byName.TryGetValue(parameter.Name, out var own) || !own.Shape.AsSpan().SequenceEqual(parameter.Shape))
                throw new ArgumentException($"There is no parameter {parameter.Name} of that shape.", nameof(some));
            this[parameter.Name].CopyTo(weights[parameter.Name]);
        }
        return weights;
    }

    /// <param name="prefix">Put before every name.</param>
    public IReadOnlyList<NamedTensor> ToTensors(string prefix = "") =>
        [.. Parameters.Select(parameter => NamedTensor.Of(prefix + parameter.Name, this[parameter.Name], parameter.Shape))];

    /// <summary>The parameters of those names. All are checked before memory is taken for any.</summary>
    /// <param name="prefix">Stands before every name in <paramref name="tensors"/>.</param>
    /// <exception cref="InvalidDataException">A tensor is missing or has another type or shape.</exception>
    public static EncoderWeights From(
        IReadOnlyList<EncoderParameter> parameters, IReadOnlyDictionary<string, NamedTensor> tensors, string prefix = "")
    {
        foreach (var parameter in parameters) _ = tensors.Floats(prefix + parameter.Name, parameter.Shape);
        var weights = new EncoderWeights(parameters);
        weights.CopyFrom(tensors, prefix);
        return weights;
    }

    /// <param name="prefix">Stands before every name in <paramref name="tensors"/>.</param>
    /// <exception cref="InvalidDataException">A tensor is missing or has another type or shape; nothing has changed then.</exception>
    public void CopyFrom(IReadOnlyDictionary<string, NamedTensor> tensors, string prefix = "")
    {
        foreach (var parameter in Parameters) _ = tensors.Floats(prefix + parameter.Name, parameter.Shape);
        foreach (var parameter in Parameters) tensors.Floats(prefix + parameter.Name, parameter.Shape).CopyTo(this[parameter.Name]);
    }

    /// <exception cref="ArgumentException">These are not those parameters; the first that differs is named.</exception>
    public void MustHave(IReadOnlyList<EncoderParameter> parameters)
    {
        for (var i = 0; i < Math.Max(parameters.Count, Parameters.Count); i++)
        {
            var (needed, found) = (parameters.ElementAtOrDefault(i), Parameters.ElementAtOrDefault(i));
            if (needed?.Name != found?.Name || !needed!.Shape.AsSpan().SequenceEqual(found!.Shape))
                throw new ArgumentException($"The weights are of another shape: there is {Text(found)} where {Text(needed)} is needed.");
        }

        static string Text(EncoderParameter? parameter) =>
            parameter is null ? "nothing" : $"{parameter.Name} [{string.Join(", ", parameter.Shape)}]";
    }

    private static bool IsLayerNorm(EncoderParameter parameter) => parameter.Name.Contains("LayerNorm", StringComparison.Ordinal);

    private static void FillNormal(Span<float> values, double deviation, RandomStream random)
    {
        foreach (ref var value in values) value = (float)(deviation * random.NextNormal());
    }

    private static void FillUniform(Span<float> values, double bound, RandomStream random)
    {
        foreach (ref var value in values) value = (float)random.NextUniform(-bound, bound);
    }
}
