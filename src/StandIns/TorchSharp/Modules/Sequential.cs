using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchSharp.Modules
{
    /// <summary>Modules one after another, under their numbers or given names.</summary>
    public class Sequential : nn.Module<Tensor, Tensor>
    {
        private readonly List<nn.IModule<Tensor, Tensor>> _steps = [];

        protected internal Sequential(params (string name, nn.Module<Tensor, Tensor> submodule)[] modules) : base(nameof(Sequential))
        {
            foreach (var (name, module) in modules) append(name, module);
        }

        public int Count => _steps.Count;

        public nn.IModule<Tensor, Tensor> this[int index] => _steps[index];

        public Sequential append(string name, nn.IModule<Tensor, Tensor> module)
        {
            register_module(name, (nn.Module)module);
            _steps.Add(module);
            return this;
        }

        /// <summary>Each step's result but the last lives only as long as autograd needs it.</summary>
        public override Tensor forward(Tensor tensor)
        {
            using var scope = NewDisposeScope();
            var result = tensor;
            foreach (var step in _steps) result = step.call(result);
            return _steps.Count == 0 ? tensor.alias().MoveToOuterDisposeScope() : result.MoveToOuterDisposeScope();
        }
    }
}

namespace TorchSharp
{
    public static partial class torch
    {
        public static partial class nn
        {
            public static Sequential Sequential(params (string name, Module<Tensor, Tensor> submodule)[] modules) => new(modules);

            public static Sequential Sequential(params Module<Tensor, Tensor>[] modules) => new([.. modules.Select((module, i) => ($"{i}", module))]);
        }
    }
}
