using W2S.Models;
using W2S.Training;

namespace W2S.Training.Tests.Fused;

/// <summary>
/// The total loss of an encoder in double precision, token by token, as the definition says it: slow, and shares no code with the
/// kernels.
/// </summary>
internal sealed class DoublePrecisionEncoder(EncoderShape shape, EncoderWeights encoder, EncoderWeights heads)
{
    private readonly Dictionary<string, double[]> _values = encoder.Parameters.Select(one => (one, encoder))
        .Concat(heads.Parameters.Select(one => (one, heads)))
        .ToDictionary(pair => pair.one.Name, pair => pair.Item2[pair.one.Name].ToArray().Select(value => (double)value).ToArray());

    /// <summary>To be changed between evaluations.</summary>
    public double[] this[string name] => _values[name];

    public double TotalLoss(PackedTokens batch, EncoderTargets targets)
    {
        var (masked, asked, squares, pairs) = (0.0, 0, 0.0, 0.0);
        for (var sequence = 0; sequence < batch.Sequences; sequence++)
        {
            var vectors = Vectors(batch, sequence);
            for (var token = 0; token < vectors.Length; token++)
            {
                if (targets.Masked?[batch.Offsets[sequence] + token] is not (>= 0 and var answer)) continue;
                asked++;
                var transformed = Linear("masked_lm_head.transform.dense", vectors[token]).Select(Gelu).ToArray();
                masked += CrossEntropy(Linear("masked_lm_head.decoder", Norm("masked_lm_head.transform.LayerNorm", transformed)), answer);
            }
            if (targets.Descriptors is { } descriptors)
            {
                var predicted = Head("physchem_head.physchem_clf", vectors[0]);
                squares += predicted.Select(
                    (value, index) => Math.Pow(value - descriptors[sequence * predicted.Length + index], 2)).Sum() / predicted.Length;
            }
            if (targets.SameMolecule is { } same) pairs += CrossEntropy(Head("is_same_head.is_same_clf", vectors[0]), same[sequence]);
        }
        return masked / Math.Max(1, asked) + (squares + pairs) / batch.Sequences;
    }

    private double[][] Vectors(PackedTokens batch, int sequence)
    {
        var (start, hidden) = (batch.Offsets[sequence], shape.HiddenSize);
        var x = Enumerable.Range(0, batch.Length(sequence))
            .Select(position => Norm("embeddings.LayerNorm", [.. Enumerable.Range(0, hidden).Select(column =>
            _values["embeddings.word_embeddings.weight"][batch.Tokens[start + position] * hidden + column]
            + _values["embeddings.token_type_embeddings.weight"][(batch.Types?[start + position] ?? 0) * hidden + column]
            + Position(position, column))])).ToArray();
        for (var layer = 0; layer < shape.Layers; layer++)
        {
            var prefix = $"encoder.layer.{layer}";
            var contexts = Attention(prefix, x);
            x = [.. x.Select((vector, token) => Norm(
                $"{prefix}.attention.output.LayerNorm", Sum(vector, Linear($"{prefix}.attention.output.dense", contexts[token]))))];
            x = [.. x.Select(vector => Norm($"{prefix}.output.LayerNorm",
                Sum(vector, Linear($"{prefix}.output.dense", [.. Linear($"{prefix}.intermediate.dense", vector).Select(Gelu)]))))];
        }
        return x;
    }

    private double Position(int position, int column)
    {
        if (shape.Positions == PositionEncoding.Learned)
            return _values["embeddings.position_embeddings.weight"][position * shape.HiddenSize + column];
        var half = shape.HiddenSize / 2;
        var angle = position * Math.Pow(10000, -2.0 * (column % half) / shape.HiddenSize);
        return column < half ? Math.Sin(angle) : Math.Cos(angle);
    }

    private double[][] Attention(string prefix, double[][] x)
    {
        double[][] Map(string name) => [.. x.Select(vector => Linear($"{prefix}.attention.self.{name}", vector))];
        var (queries, keys, values, size) = (Map("query"), Map("key"), Map("value"), shape.HeadSize);
        return [.. queries.Select(query =>
        {
            var context = new double[shape.HiddenSize];
            for (var head = 0; head < shape.Heads; head++)
            {
                var columns = Enumerable.Range(head * size, size).ToArray();
                var scores = keys.Select(key => columns.Sum(column => query[column] * key[column]) / Math.Sqrt(size)).ToArray();
                var total = scores.Sum(Math.Exp);
                foreach (var column in columns)
                    context[column] = scores.Select((score, token) => Math.Exp(score) / total * values[token][column]).Sum();
            }
            return context;
        })];
    }

    private double[] Head(string name, double[] first) =>
        Linear(
            $"{name}.3",
            [.. Linear($"{name}.1", [.. Linear("pooler.dense", first).Select(Math.Tanh)]).Select(value => Math.Max(0, value))]);

    private double[] Linear(string name, double[] input)
    {
        var (weights, biases) = (_values[$"{name}.weight"], _values[$"{name}.bias"]);
        return [.. biases.Select((bias, output) =>
        {
            for (var index = 0; index < input.Length; index++) bias += weights[output * input.Length + index] * input[index];
            return bias;
        })];
    }

    private double[] Norm(string name, double[] input)
    {
        var mean = input.Average();
        var deviation = Math.Sqrt(input.Average(value => (value - mean) * (value - mean)) + shape.LayerNormEpsilon);
        return [.. input.Select((value, column) =>
            (value - mean) / deviation * _values[$"{name}.weight"][column] + _values[$"{name}.bias"][column])];
    }

    private static double[] Sum(double[] a, double[] b) => [.. a.Zip(b, (x, y) => x + y)];

    private static double CrossEntropy(double[] logits, int answer) => Math.Log(logits.Sum(Math.Exp)) - logits[answer];

    public static double Gelu(double x) => x * Normal(x);

    /// <summary>Φ by its series or, far out, its continued fraction.</summary>
    public static double Normal(double x)
    {
        if (Math.Abs(x) > 6)
        {
            var fraction = Math.Abs(x);
            for (var term = 60; term > 0; term--) fraction = Math.Abs(x) + term / fraction;
            var tail = Math.Exp(-x * x / 2) / Math.Sqrt(2 * Math.PI) / fraction;
            return x < 0 ? tail : 1 - tail;
        }
        var (sum, power) = (x, x);
        for (var odd = 3; odd < 200; odd += 2)
        {
            power *= x * x / odd;
            sum += power;
        }
        return 0.5 + sum * Math.Exp(-x * x / 2) / Math.Sqrt(2 * Math.PI);
    }
}
