using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace TorchSharpPeer;

/// <summary>
/// BERT (Devlin et al., 2019) with fixed positions and a masked-token head, its parameters under the names that files use.
/// </summary>
internal sealed class Bert : Module<Tensor, Tensor, Tensor>
{
    private readonly Embedding _words, _types;
    private readonly Tensor _positions;
    private readonly LayerNorm _norm, _transformNorm;
    private readonly Layer[] _layers;
    private readonly Linear _pooler, _transform, _decoder;

    public Bert(int vocabulary, int hidden, int layers, int heads, int intermediate, int longest, int types) : base(nameof(Bert))
    {
        _words = this.Add("embeddings.word_embeddings", Embedding(vocabulary, hidden));
        _types = this.Add("embeddings.token_type_embeddings", Embedding(types, hidden));
        _norm = this.Add("embeddings.LayerNorm", LayerNorm(hidden, 1e-12));
        _layers = [.. Enumerable.Range(0, layers)
            .Select(layer => this.Add($"encoder.layer.{layer}", new Layer(hidden, heads, intermediate)))];
        _pooler = this.Add("pooler.dense", Linear(hidden, hidden));
        _transform = this.Add("masked_lm_head.transform.dense", Linear(hidden, hidden));
        _transformNorm = this.Add("masked_lm_head.transform.LayerNorm", LayerNorm(hidden, 1e-12));
        _decoder = this.Add("masked_lm_head.decoder", Linear(hidden, vocabulary));
        var frequencies = pow(10000, arange(0, hidden, 2, float64) / -hidden);
        var angles = arange(longest, float64).unsqueeze(1) * frequencies;
        _positions = cat([angles.sin(), angles.cos()], dim: 1).to(float32);
    }

    /// <param name="tokens">[batch, length], padded.</param>
    /// <param name="mask">[batch, length]: true where there is a token.</param>
    /// <returns>[batch, length, hidden].</returns>
    public override Tensor forward(Tensor tokens, Tensor mask)
    {
        var x = _norm.forward(
            _words.forward(tokens) + _positions[TensorIndex.Slice(0, tokens.shape[1])] + _types.forward(zeros_like(tokens)));
        mask = mask.unsqueeze(1).unsqueeze(1);
        foreach (var layer in _layers) x = layer.forward(x, mask);
        return x;
    }

    /// <summary>[batch, hidden], of [CLS].</summary>
    public Tensor Pooled(Tensor x) => _pooler.forward(x.select(1, 0)).tanh();

    /// <summary>Mean cross-entropy of the asked tokens.</summary>
    /// <param name="masked">[batch, length]: the token that stood there, or −1 where it is not asked.</param>
    public Tensor MaskedLoss(Tensor x, Tensor masked)
    {
        var asked = masked.ge(0);
        var y = _transformNorm.forward(functional.gelu(_transform.forward(x[asked])));
        return functional.cross_entropy(_decoder.forward(y), masked[asked]);
    }

    private sealed class Layer : Module<Tensor, Tensor, Tensor>
    {
        private readonly int _heads;
        private readonly Linear _query, _key, _value, _output, _up, _down;
        private readonly LayerNorm _attentionNorm, _outputNorm;

        public Layer(int hidden, int heads, int intermediate) : base(nameof(Layer))
        {
            _heads = heads;
            _query = this.Add("attention.self.query", Linear(hidden, hidden));
            _key = this.Add("attention.self.key", Linear(hidden, hidden));
            _value = this.Add("attention.self.value", Linear(hidden, hidden));
            _output = this.Add("attention.output.dense", Linear(hidden, hidden));
            _attentionNorm = this.Add("attention.output.LayerNorm", LayerNorm(hidden, 1e-12));
            _up = this.Add("intermediate.dense", Linear(hidden, intermediate));
            _down = this.Add("output.dense", Linear(intermediate, hidden));
            _outputNorm = this.Add("output.LayerNorm", LayerNorm(hidden, 1e-12));
        }

        public override Tensor forward(Tensor x, Tensor mask)
        {
            var context = functional.scaled_dot_product_attention(
                Split(_query.forward(x)), Split(_key.forward(x)), Split(_value.forward(x)), mask);
            x = _attentionNorm.forward(x + _output.forward(context.transpose(1, 2).reshape(x.shape)));
            return _outputNorm.forward(x + _down.forward(functional.gelu(_up.forward(x))));
        }

        /// <summary>[batch, length, hidden] → [batch, heads, length, head].</summary>
        private Tensor Split(Tensor y) => y.view(y.shape[0], y.shape[1], _heads, -1).transpose(1, 2);
    }
}

internal static class DottedNames
{
    // A module's own name may have no dot, and those of BERT's files have.
    private const char Dot = '/';

    public static T Add<T>(this Module parent, string name, T child) where T : Module
    {
        parent.register_module(name.Replace('.', Dot), child);
        return child;
    }

    /// <summary>The parameters under the names that files use.</summary>
    public static IEnumerable<(string Name, Parameter Parameter)> Parameters(this Module module) =>
        module.named_parameters().Select(named => (named.name.Replace(Dot, '.'), named.parameter));
}
