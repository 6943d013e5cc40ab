using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchSharp.Modules
{
    /// <summary>x → x·weightᵀ + bias, weight [out_features, in_features].</summary>
    public sealed class Linear : nn.Module<Tensor, Tensor>
    {
        internal Linear(Parameter weight, Parameter? bias) : base(nameof(Linear))
        {
            (this.weight, this.bias) = (weight, bias);
            (out_features, in_features) = (weight.size(0), weight.size(1));
            register_parameter("weight", weight);
            if (bias is not null) register_parameter("bias", bias);
        }

        public Parameter weight { get; set; }
        public Parameter? bias { get; set; }
        public long in_features { get; set; }
        public long out_features { get; set; }

        public override Tensor forward(Tensor tensor) => nn.functional.linear(tensor, weight, bias);
    }
}

namespace TorchSharp
{
    public static partial class torch
    {
        public static partial class nn
        {
            /// <summary>With PyTorch's default initialisation: uniform in ±1/√inputSize.</summary>
            public static Linear Linear(long inputSize, long outputSize, bool hasBias = true, Device? device = null, ScalarType? dtype = null)
            {
                var bound = 1 / Math.Sqrt(inputSize);
                var weight = Parameter(empty(outputSize, inputSize, dtype, device).uniform_(-bound, bound));
                return new(weight, hasBias ? Parameter(empty(outputSize, dtype, device).uniform_(-bound, bound)) : null);
            }

            public static Linear Linear(Parameter weight, Parameter? bias = null) => new(weight, bias);
        }
    }
}
