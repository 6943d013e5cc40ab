using static TorchSharp.Dispatcher;

namespace TorchSharp;

public static partial class torch
{
    public partial class Tensor
    {
        public Tensor select(long dim, long index) => Call("select.int", this, dim, index);
        public Tensor narrow(long dim, long start, long length) => Call("narrow", this, dim, start, length);
        public Tensor slice(long dim, long start, long finish, long step) => Call("slice.Tensor", this, dim, start, finish, step);
        public Tensor index_select(long dim, Tensor index) => Call("index_select", this, dim, index);
        public Tensor index_add_(long dim, Tensor index, Tensor source, Scalar alpha) => Change("index_add_", this, dim, index, source, alpha);
        public Tensor gather(long dim, Tensor index) => Call("gather", this, dim, index);
        public Tensor scatter_(long dim, Tensor index, Tensor src) => Change("scatter_.src", this, dim, index, src);
        public Tensor masked_select(Tensor mask) => Call("masked_select", this, mask);
        public Tensor nonzero() => Call("nonzero", this);

        public Tensor this[long i1]
        {
            get => select(0, i1);
            set => this[[TensorIndex.Single(i1)]] = value;
        }

        public Tensor this[long i1, long i2]
        {
            get => this[[TensorIndex.Single(i1), TensorIndex.Single(i2)]];
            set => this[[TensorIndex.Single(i1), TensorIndex.Single(i2)]] = value;
        }

        /// <summary>NumPy's indexing by numbers, slices, None, the ellipsis and index tensors.</summary>
        public Tensor this[params TensorIndex[] indices]
        {
            get => TensorIndex.Apply(this, indices);
            set
            {
                using var view = TensorIndex.View(this, indices, out var tensors);
                if (tensors.Any(tensor => tensor is not null)) Change("index_put_", view, Argument.Indices(tensors), value);
                else view.copy_(value);
            }
        }
    }
}
