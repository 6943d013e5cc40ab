using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchSharp.Modules
{
    /// <summary>Row numbers [..] → rows [.., width] of a trained table.</summary>
    public sealed class Embedding : nn.Module<Tensor, Tensor>
    {
        private readonly long _padding;

        internal Embedding(Parameter weight, long padding) : base(nameof(Embedding))
        {
            (this.weight, _padding) = (weight, padding);
            register_parameter("weight", weight);
        }

        public Parameter? weight { get; set; }

        public override Tensor forward(Tensor input) => Dispatcher.Call("embedding", weight, input, _padding);
    }
}

namespace TorchSharp
{
    public static partial class torch
    {
        public static partial class nn
        {
            /// <summary>Standard normal rows; the padding row is zero and is not trained.</summary>
            public static Embedding Embedding(long num_embeddings, long embedding_dims, long? padding_idx = null, double? max_norm = null, double norm_type = 2, bool scale_grad_by_freq = false, bool sparse = false, Device? device = null, ScalarType? dtype = null)
            {
                if (max_norm is not null || norm_type != 2 || scale_grad_by_freq || sparse) throw new NotSupportedException("Only plain embeddings, with or without a padding row, are supported.");
                using var scope = NewDisposeScope();
                var table = empty(num_embeddings, embedding_dims, dtype, device).normal_();
                if (padding_idx is { } padding) table.select(0, padding).zero_();
                return new(Parameter(table), padding_idx ?? -1);
            }
        }
    }
}
