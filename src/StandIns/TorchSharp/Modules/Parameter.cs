namespace TorchSharp.Modules
{
    /// <summary>A tensor that a module trains. It takes over the native tensor of <c>data</c>, which is then as if disposed.</summary>
    public class Parameter : torch.Tensor
    {
        public Parameter(torch.Tensor data, bool requires_grad = true) : base(data.DecoupleFromNativeHandle()) => this.requires_grad = requires_grad;
    }
}

namespace TorchSharp
{
    public static partial class torch
    {
        public static partial class nn
        {
            public static Modules.Parameter Parameter(Tensor data, bool requires_grad = true) => new(data, requires_grad);
        }
    }
}
