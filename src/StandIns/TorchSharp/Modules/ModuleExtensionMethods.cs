namespace TorchSharp;

/// <summary>Moves whole modules; their parameters and buffers stay the same objects.</summary>
public static class ModuleExtensionMethods
{
    public static T to<T>(this T module, torch.Device device, bool non_blocking = false) where T : torch.nn.Module
    {
        foreach (var tensor in module.parameters().Concat(module.buffers()))
        {
            using var scope = torch.NewDisposeScope();
            using var silent = torch.no_grad();
            tensor.Adopt(tensor.to(device, non_blocking: non_blocking).detach());
        }
        return module;
    }
}

public static partial class torch
{
    public partial class Tensor
    {
        /// <summary>Replaces what this object stands for, and keeps whether it is trained.</summary>
        internal void Adopt(Tensor replacement)
        {
            var trained = requires_grad;
            Native.torch_release(Interlocked.Exchange(ref _handle, replacement.DecoupleFromNativeHandle()));
            requires_grad = trained;
        }
    }
}
