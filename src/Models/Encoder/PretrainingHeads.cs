using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn.functional;

namespace W2S.Models;

/// <summary>The heads that an encoder is pretrained with, under MolBERT's names: masked tokens, descriptors, same-molecule pairs.</summary>
public sealed class PretrainingHeads : nn.Module
{
    private readonly NamedParameters _weights;
    private readonly double _dropout;

    /// <param name="weights">Those of <see cref="EncoderParameter.OfHeads"/>; copied.</param>
    /// <param name="dropout">
    /// Before the descriptor and the pair head, while training; MolBERT has <see cref="Encoder.BertDropout"/>.
    /// </param>
    public PretrainingHeads(
        EncoderShape shape, EncoderWeights weights, double dropout = 0, Device? device = null,
        EncoderPrecision precision = EncoderPrecision.Single) : base(nameof(PretrainingHeads))
    {
        _dropout = dropout;
        _weights = new NamedParameters(weights, shape.LayerNormEpsilon, this, device, precision);
        Descriptors = (int)(weights.Parameters
            .FirstOrDefault(parameter => parameter.Name == "physchem_head.physchem_clf.3.bias")?.Shape[0] ?? 0);
        HasSameMolecule = weights.Parameters.Any(parameter => parameter.Name == "is_same_head.is_same_clf.3.bias");
        weights.MustHave(EncoderParameter.OfHeads(shape, Descriptors, HasSameMolecule));
    }

    /// <summary>Outputs of the descriptor head; 0: there is none.</summary>
    public int Descriptors { get; }

    /// <summary>Whether there is a head that tells pairs of one molecule from others.</summary>
    public bool HasSameMolecule { get; }

    /// <summary>Token vectors, [tokens, hidden] → logits of the masked tokens, [tokens, vocabulary].</summary>
    /// <remarks>Give it the masked tokens only: the others have no loss.</remarks>
    public Tensor MaskedTokens(Tensor vectors)
    {
        using var scope = NewDisposeScope();
        var transformed = gelu(_weights.Linear("masked_lm_head.transform.dense", vectors));
        var normed = _weights.Norm("masked_lm_head.transform.LayerNorm", transformed);
        return _weights.Linear("masked_lm_head.decoder", normed).MoveToOuterDisposeScope();
    }

    /// <summary>Pooled vectors, [batch, hidden] → normalised descriptors, [batch, <see cref="Descriptors"/>].</summary>
    public Tensor DescriptorsOf(Tensor pooled) => TwoMaps("physchem_head.physchem_clf", pooled);

    /// <summary>Pooled vectors, [batch, hidden] → logits of "two molecules" and "the same one", [batch, 2].</summary>
    public Tensor SameMolecule(Tensor pooled) => TwoMaps("is_same_head.is_same_clf", pooled);

    /// <summary>A copy of the parameters in main memory.</summary>
    public EncoderWeights ToWeights() => _weights.ToWeights();

    private Tensor TwoMaps(string name, Tensor pooled)
    {
        using var scope = NewDisposeScope();
        var input = training && _dropout > 0 ? dropout(pooled, _dropout) : pooled;
        return _weights.Linear($"{name}.3", _weights.Linear($"{name}.1", input).relu()).MoveToOuterDisposeScope();
    }
}
