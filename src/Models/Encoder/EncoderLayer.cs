using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn.functional;

namespace W2S.Models;

/// <summary>One post-norm transformer layer: LayerNorm(x + attention(x)), then LayerNorm(x + feed-forward(x)).</summary>
/// <param name="prefix">"encoder.layer.0"</param>
internal sealed class EncoderLayer(EncoderShape shape, NamedParameters parameters, string prefix, double dropoutRate)
{
    /// <param name="vectors">[batch · length, hidden]</param>
    /// <param name="bias">Of <see cref="TokenBatch.AttentionBias"/>.</param>
    /// <returns>[batch · length, hidden]</returns>
    public Tensor Forward(Tensor vectors, long sequences, long length, Tensor? bias, bool training)
    {
        using var scope = NewDisposeScope();
        var attended = Linear("attention.output.dense", Attend(vectors, sequences, length, bias, training));
        var between = Norm("attention.output.LayerNorm", vectors.Plus(Dropout(attended, training)));
        var forwarded = Linear("output.dense", gelu(Linear("intermediate.dense", between)));
        return Norm("output.LayerNorm", between.Plus(Dropout(forwarded, training))).MoveToOuterDisposeScope();
    }

    private Tensor Attend(Tensor vectors, long sequences, long length, Tensor? bias, bool training)
    {
        using var scope = NewDisposeScope();
        var (query, key) = (Linear("attention.self.query", vectors), Linear("attention.self.key", vectors));
        var value = Linear("attention.self.value", vectors);
        // What only reads has the operator for the whole, which never holds all logits; training keeps the sum of products whose
        // gradients are the same ones each time.
        var isRead = !is_grad_enabled() && !(training && dropoutRate > 0) && parameters.Precision == EncoderPrecision.Single;
        var attended = isRead ? scaled_dot_product_attention(Heads(query), Heads(key), Heads(value), bias!)
            : Composed(Heads(query.Times(1 / Math.Sqrt(shape.HeadSize))), Heads(key), Heads(value), bias, training);
        return attended.transpose(1, 2).reshape(sequences * length, shape.HiddenSize).MoveToOuterDisposeScope();

        // [batch · length, hidden] → [batch, heads, length, head size]
        Tensor Heads(Tensor mapped) => mapped.view(sequences, length, shape.Heads, shape.HeadSize).transpose(1, 2);
    }

    /// <summary>The same by products and a softmax, dropout between them: [batch, heads, length, head size].</summary>
    /// <param name="query">Scaled.</param>
    private Tensor Composed(Tensor query, Tensor key, Tensor value, Tensor? bias, bool training)
    {
        var (sequences, length) = (query.shape[0], query.shape[2]);
        var logits = parameters.Product(Flat(query), Flat(key).transpose(1, 2));
        if (bias is not null) logits = logits.view(sequences, shape.Heads, length, length).Plus(bias).view(-1, length, length);
        return parameters.Product(Dropout(logits.softmax(-1), training), Flat(value)).view(sequences, shape.Heads, length, shape.HeadSize);

        // [batch · heads, length, head size]
        Tensor Flat(Tensor heads) => heads.reshape(-1, length, shape.HeadSize);
    }

    private Tensor Linear(string name, Tensor input) => parameters.Linear($"{prefix}.{name}", input);

    private Tensor Norm(string name, Tensor input) => parameters.Norm($"{prefix}.{name}", input);

    private Tensor Dropout(Tensor input, bool training) => training && dropoutRate > 0 ? dropout(input, dropoutRate) : input;
}
