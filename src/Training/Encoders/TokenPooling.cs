using W2S.Models;
using static TorchSharp.torch;

namespace W2S.Training;

/// <summary>A sequence's vectors as one, on torch.</summary>
internal static class TokenPooling
{
    /// <summary>[batch, length, hidden] → [batch, hidden]; padding does not count.</summary>
    /// <param name="pooler">The tanh layer over [CLS] of whichever module the vectors come from.</param>
    public static Tensor Pool(this TokenBatch batch, Tensor vectors, EncoderPooling pooling, Func<Tensor, Tensor> pooler) => pooling switch
    {
        EncoderPooling.Pooled => pooler(vectors),
        EncoderPooling.Cls => vectors.select(1, 0),
        EncoderPooling.Max => batch.Max(vectors),
        _ => batch.Mean(vectors),
    };
}
