using static TorchSharp.Dispatcher;

namespace TorchSharp;

public static partial class torch
{
    public unsafe partial class Tensor
    {
        public bool requires_grad
        {
            get => Native.torch_requires_grad(Handle) != 0;
            set => requires_grad_(value);
        }

        public bool is_leaf => Native.Check((nint)Native.torch_is_leaf(Handle), "is_leaf failed") != 0;

        /// <summary>What backward() has summed up for this leaf, or null. Each reading is a tensor object of its own.</summary>
        public Tensor? grad
        {
            get => Native.Check(Native.torch_grad(Handle), "grad failed") is var gradient and not 0 ? new Tensor(gradient) : null;
            set => Native.Check((nint)Native.torch_set_grad(Handle, value?.Handle ?? 0), $"setting the gradient of {Describe()} failed");
        }

        public Tensor requires_grad_(bool requires_grad = true) => Change("requires_grad_", this, requires_grad);

        /// <summary>The same elements without their history.</summary>
        public Tensor detach() => Call("detach", this);

        /// <summary>Adds the gradients of this scalar to the <see cref="grad"/> of all leaves that it depends on.</summary>
        public void backward() => autograd.backward([this]);
    }

    public static bool is_grad_enabled() => Native.torch_is_grad_enabled() != 0;

    /// <summary>No history is recorded on this thread until the result is disposed.</summary>
    public static IDisposable no_grad() => new GradMode(false);

    public static IDisposable enable_grad(bool enabled = true) => new GradMode(enabled);

    public static IDisposable set_grad_enabled(bool mode = true) => new GradMode(mode);

    private sealed class GradMode : IDisposable
    {
        private readonly bool _before = is_grad_enabled();

        internal GradMode(bool enabled) => Native.torch_set_grad_enabled(enabled ? (byte)1 : (byte)0);

        public void Dispose() => Native.torch_set_grad_enabled(_before ? (byte)1 : (byte)0);
    }

    public static unsafe class autograd
    {
        /// <summary>Adds the gradients of all roots to the leaves they depend on; a root that is no scalar needs a gradient of its own.</summary>
        public static void backward(IList<Tensor> tensors, IList<Tensor>? grad_tensors = null, bool? retain_graph = null, bool create_graph = false, IList<Tensor>? inputs = null)
        {
            var (roots, gradients, leaves) = (Handles(tensors), Handles(grad_tensors), Handles(inputs));
            var retain = retain_graph ?? create_graph;
            fixed (nint* root = roots, gradient = gradients, leaf = leaves)
                Native.Check(
                    (nint)Native.torch_backward(root, tensors.Count, gradient, retain ? (byte)1 : (byte)0, create_graph ? (byte)1 : (byte)0, leaf, inputs?.Count ?? 0),
                    $"backward from {string.Join(", ", tensors)} failed");
        }

        /// <summary>The gradients of <paramref name="outputs"/> with respect to <paramref name="inputs"/>, added to no leaf.</summary>
        public static IList<Tensor> grad(IList<Tensor> outputs, IList<Tensor> inputs, IList<Tensor>? grad_outputs = null, bool retain_graph = false, bool create_graph = false, bool allow_unused = false)
        {
            var (roots, gradients, leaves) = (Handles(outputs), Handles(grad_outputs), Handles(inputs));
            long* results;
            fixed (nint* root = roots, gradient = gradients, leaf = leaves)
                Native.Check(
                    (nint)Native.torch_gradients(root, outputs.Count, gradient, retain_graph ? (byte)1 : (byte)0, create_graph ? (byte)1 : (byte)0, leaf, inputs.Count, allow_unused ? (byte)1 : (byte)0, &results),
                    $"the gradients of {string.Join(", ", outputs)} failed");
            var tensors = new Tensor[inputs.Count];
            for (var i = 0; i < tensors.Length; i++) tensors[i] = new Tensor((nint)results[i]);
            return tensors;
        }

        private static nint[]? Handles(IList<Tensor>? tensors) => tensors?.Select(tensor => tensor.Handle).ToArray();
    }
}
