using TorchSharp.Modules;

namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        /// <summary>Holds parameters, buffers and other modules under names; the names of nested modules are joined by dots.</summary>
        public partial class Module : IDisposable
        {
            private readonly string _name;
            private readonly List<(string Name, Parameter Value)> _ownParameters = [];
            private readonly List<(string Name, Tensor Value, bool Persistent)> _ownBuffers = [];
            private readonly List<(string Name, Module Value)> _ownModules = [];

            protected Module(string name) => _name = name;

            public virtual bool training { get; private set; } = true;

            public virtual string GetName() => _name;

            public virtual void register_parameter(string name, Parameter param) => _ownParameters.Add((Unused(name), Owned(param)));

            public virtual void register_buffer(string name, Tensor tensor, bool persistent = true) => _ownBuffers.Add((Unused(name), Owned(tensor), persistent));

            public virtual void register_module(string name, Module submodule) => _ownModules.Add((Unused(name), submodule));

            /// <summary>Registers the fields that hold parameters, tensors and modules, under the fields' names.</summary>
            protected virtual void RegisterComponents()
            {
                const System.Reflection.BindingFlags own = System.Reflection.BindingFlags.Instance | System.Reflection.BindingFlags.Public | System.Reflection.BindingFlags.NonPublic;
                foreach (var field in GetType().GetFields(own).Where(field => field.DeclaringType != typeof(Module)))
                    switch (field.GetValue(this))
                    {
                        case Parameter parameter: register_parameter(field.Name, parameter); break;
                        case Tensor tensor: register_buffer(field.Name, tensor); break;
                        case Module module: register_module(field.Name, module); break;
                    }
            }

            public virtual IEnumerable<(string name, Parameter parameter)> named_parameters(bool recurse = true) =>
                _ownParameters.Concat(recurse ? _ownModules.SelectMany(module => Prefixed(module.Name, module.Value.named_parameters())) : []);

            public virtual IEnumerable<(string name, Tensor buffer)> named_buffers(bool recurse = true, bool include_nonpersistent = true) =>
                _ownBuffers.Where(buffer => buffer.Persistent || include_nonpersistent).Select(buffer => (buffer.Name, buffer.Value))
                    .Concat(recurse ? _ownModules.SelectMany(module => Prefixed(module.Name, module.Value.named_buffers(true, include_nonpersistent))) : []);

            public virtual IEnumerable<(string name, Module module)> named_children() => _ownModules;

            public virtual IEnumerable<Parameter> parameters(bool recurse = true) => named_parameters(recurse).Select(named => named.parameter);

            public virtual IEnumerable<Tensor> buffers(bool recurse = true, bool include_nonpersistent = true) => named_buffers(recurse, include_nonpersistent).Select(named => named.buffer);

            public virtual IEnumerable<Module> children() => _ownModules.Select(module => module.Value);

            public virtual Parameter? get_parameter(string target) => named_parameters().FirstOrDefault(named => named.name == target).parameter;

            /// <summary>The parameters and persistent buffers themselves, by name.</summary>
            public virtual Dictionary<string, Tensor> state_dict(Dictionary<string, Tensor>? destination = null, string? prefix = null)
            {
                destination ??= [];
                var start = string.IsNullOrEmpty(prefix) ? "" : prefix + ".";
                foreach (var (name, parameter) in named_parameters()) destination[start + name] = parameter;
                foreach (var (name, buffer) in named_buffers(include_nonpersistent: false)) destination[start + name] = buffer;
                return destination;
            }

            public virtual void train(bool train = true)
            {
                training = train;
                foreach (var child in children()) child.train(train);
            }

            public virtual void eval() => train(false);

            public virtual void zero_grad(bool set_to_none = true)
            {
                foreach (var parameter in parameters())
                {
                    using var gradient = parameter.grad;
                    if (set_to_none) parameter.grad = null;
                    else gradient?.zero_();
                }
            }

            public void Dispose()
            {
                Dispose(true);
                GC.SuppressFinalize(this);
            }

            protected virtual void Dispose(bool disposing)
            {
                if (!disposing) return;
                foreach (var (_, parameter) in _ownParameters) parameter.Dispose();
                foreach (var (_, buffer, _) in _ownBuffers) buffer.Dispose();
                foreach (var (_, module) in _ownModules) module.Dispose();
            }

            private static IEnumerable<(string, T)> Prefixed<T>(string prefix, IEnumerable<(string Name, T Value)> named) =>
                named.Select(inner => ($"{prefix}.{inner.Name}", inner.Value));

            private static T Owned<T>(T tensor) where T : Tensor
            {
                tensor.DetachFromDisposeScope();
                return tensor;
            }

            private string Unused(string name) =>
                _ownParameters.Any(own => own.Name == name) || _ownBuffers.Any(own => own.Name == name) || _ownModules.Any(own => own.Name == name)
                    ? throw new ArgumentException($"{_name} already has a component named {name}.", nameof(name))
                    : name;
        }

        public interface IModule<T, TResult>
        {
            TResult call(T input1);
        }

        /// <summary>The genuine class carries forward hooks; W2S uses none.</summary>
        public class HookableModule<TPreHook, TPostHook> : Module
        {
            protected HookableModule(string name) : base(name) { }
        }

        /// <summary>A module that computes.</summary>
        public abstract class Module<T, TResult> : HookableModule<Func<Module<T, TResult>, T, T>, Func<Module<T, TResult>, T, TResult, TResult>>, IModule<T, TResult>
        {
            protected Module(string name) : base(name) { }

            public abstract TResult forward(T input);

            public TResult call(T input) => forward(input);
        }
    }
}
