using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchSharp.Modules
{
    public interface IParameterLessModule;

    public abstract class ParameterLessModule<T1, TResult> : nn.Module<T1, TResult>, IParameterLessModule
    {
        protected ParameterLessModule(string name) : base(name) { }
    }

    public sealed class ReLU : ParameterLessModule<Tensor, Tensor>
    {
        internal ReLU(bool inplace) : base(nameof(ReLU)) => this.inplace = inplace;

        public bool inplace { get; set; }

        public override Tensor forward(Tensor tensor) => nn.functional.relu(tensor, inplace);
    }

    public sealed class GELU : ParameterLessModule<Tensor, Tensor>
    {
        internal GELU() : base(nameof(GELU)) { }

        public override Tensor forward(Tensor tensor) => nn.functional.gelu(tensor);
    }

    /// <summary>While training, zeroes elements with probability p and scales the others by 1 / (1 − p).</summary>
    public sealed class Dropout : ParameterLessModule<Tensor, Tensor>
    {
        internal Dropout(double p, bool inplace) : base(nameof(Dropout)) => (this.p, this.inplace) = (p, inplace);

        public double p { get; set; }
        public bool inplace { get; set; }

        public override Tensor forward(Tensor tensor) => nn.functional.dropout(tensor, p, training, inplace);
    }
}

namespace TorchSharp
{
    public static partial class torch
    {
        public static partial class nn
        {
            public static ReLU ReLU(bool inplace = false) => new(inplace);
            public static GELU GELU() => new();
            public static Dropout Dropout(double p = 0.5, bool inplace = false) => new(p, inplace);
        }
    }
}
