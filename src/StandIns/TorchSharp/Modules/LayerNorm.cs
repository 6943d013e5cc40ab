using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchSharp.Modules
{
    /// <summary>Normalises the last dimensions to mean 0 and variance 1, then scales and shifts them.</summary>
    public sealed class LayerNorm : nn.Module<Tensor, Tensor>
    {
        internal LayerNorm(long[] shape, double eps, Parameter weight, Parameter? bias) : base(nameof(LayerNorm))
        {
            (normalized_shape, this.eps, this.weight, this.bias) = (shape, eps, weight, bias);
            register_parameter("weight", weight);
            if (bias is not null) register_parameter("bias", bias);
        }

        public long[] normalized_shape { get; set; }
        public double eps { get; set; }
        public Parameter weight { get; set; }
        public Parameter? bias { get; set; }

        public override Tensor forward(Tensor tensor) => nn.functional.layer_norm(tensor, normalized_shape, weight, bias, eps);
    }
}

namespace TorchSharp
{
    public static partial class torch
    {
        public static partial class nn
        {
            public static LayerNorm LayerNorm(long normalized_shape, double eps = 1e-05, bool elementwise_affine = true, bool bias = true, Device? device = null, ScalarType? dtype = null)
            {
                if (!elementwise_affine) throw new NotSupportedException("LayerNorm without weights: use nn.functional.layer_norm.");
                return new([normalized_shape], eps, Parameter(ones(normalized_shape, dtype, device)), bias ? Parameter(zeros(normalized_shape, dtype, device)) : null);
            }
        }
    }
}
