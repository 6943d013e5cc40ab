using static TorchSharp.Dispatcher;

namespace TorchSharp;

public static partial class torch
{
    /// <summary>One position between the brackets of an indexed tensor.</summary>
    public struct TensorIndex
    {
        private enum Kind { Slice, Ellipsis, None, Single, Tensor }

        private readonly Kind _kind;
        private readonly long? _start, _stop, _step;
        private readonly torch.Tensor? _tensor;

        private TensorIndex(Kind kind, long? start = null, long? stop = null, long? step = null, torch.Tensor? tensor = null) =>
            (_kind, _start, _stop, _step, _tensor) = (kind, start, stop, step, tensor);

        /// <summary>All of the remaining dimensions that are not named.</summary>
        public static TensorIndex Ellipsis = new(Kind.Ellipsis);

        /// <summary>A new dimension of size 1.</summary>
        public static TensorIndex None = new(Kind.None);

        /// <summary>All of one dimension.</summary>
        public static TensorIndex Colon = new(Kind.Slice);

        public static TensorIndex Slice(long? start = null, long? stop = null, long? step = null) => new(Kind.Slice, start, stop, step);
        public static TensorIndex Single(long? index) => new(Kind.Single, index);
        public static TensorIndex Tensor(torch.Tensor tensor) => new(Kind.Tensor, tensor: tensor);

        public static implicit operator TensorIndex(long value) => Single(value);
        public static implicit operator TensorIndex(Range range) => Slice(
            range.Start.IsFromEnd ? -range.Start.Value : range.Start.Value,
            range.End.IsFromEnd ? range.End.Value == 0 ? null : -range.End.Value : range.End.Value);

        internal static torch.Tensor Apply(torch.Tensor tensor, TensorIndex[] indices)
        {
            var view = View(tensor, indices, out var tensors);
            if (tensors.All(index => index is null)) return view;
            using (view) return Call("index.Tensor", view, Argument.Indices(tensors));
        }

        /// <summary>Applies all but the index tensors, which it returns with null for each dimension before them that has none.</summary>
        internal static torch.Tensor View(torch.Tensor tensor, TensorIndex[] indices, out torch.Tensor?[] tensors)
        {
            var view = tensor.alias();
            var dimension = 0L;
            var found = new List<torch.Tensor?>();
            var named = indices.Count(index => index._kind is not (Kind.Ellipsis or Kind.None));
            foreach (var index in indices)
            {
                var next = index._kind switch
                {
                    Kind.Single => view.select(dimension, index._start!.Value),
                    Kind.None => view.unsqueeze(dimension),
                    Kind.Slice => view.slice(dimension, index._start ?? 0, index._stop ?? long.MaxValue, index._step ?? 1),
                    _ => view.alias(),
                };
                view.Dispose();
                view = next;
                var passed = index._kind switch { Kind.Single => 0, Kind.Ellipsis => tensor.dim() - named, _ => 1 };
                for (var i = 0; i < passed; i++) found.Add(index._tensor);
                dimension += passed;
            }
            tensors = [.. found];
            return view;
        }
    }
}
