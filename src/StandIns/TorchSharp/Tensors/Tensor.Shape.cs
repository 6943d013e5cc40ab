using static TorchSharp.Dispatcher;

namespace TorchSharp;

public static partial class torch
{
    public partial class Tensor
    {
        /// <summary>The transpose of a matrix.</summary>
        public Tensor T => Call("numpy_T", this);

        public Tensor t() => Call("t", this);
        public Tensor view(params long[] shape) => Call("view", this, shape);
        public Tensor reshape(params long[] shape) => Call("reshape", this, shape);
        public Tensor flatten(long start_dim = 0, long end_dim = -1) => Call("flatten.using_ints", this, start_dim, end_dim);
        public Tensor squeeze(long? dim = null) => dim is { } one ? Call("squeeze.dim", this, one) : Call("squeeze", this);
        public Tensor unsqueeze(long dim) => Call("unsqueeze", this, dim);
        public Tensor transpose(long dim0, long dim1) => Call("transpose.int", this, dim0, dim1);
        public Tensor permute(params long[] permutation) => Call("permute", this, permutation);
        public Tensor expand(params long[] sizes) => Call("expand", this, sizes);
        public Tensor expand_as(Tensor other) => Call("expand_as", this, other);
        public Tensor repeat(params long[] sizes) => Call("repeat", this, sizes);
        public Tensor tril(long diagonal = 0) => Call("tril", this, diagonal);
        public Tensor triu(long diagonal = 0) => Call("triu", this, diagonal);
        public Tensor diagonal(long offset = 0, long dim1 = 0, long dim2 = 1) => Call("diagonal", this, offset, dim1, dim2);

        public Tensor[] split(long size, int dim = 0) => CallMany("split.Tensor", this, size, (long)dim);
        public Tensor[] split(long[] sizes, long dim = 0) => CallMany("split_with_sizes", this, sizes, dim);
        public Tensor[] chunk(long chunks, long dim = 0) => CallMany("chunk", this, chunks, dim);
        public Tensor[] unbind(long dimension = 0) => CallMany("unbind.int", this, dimension);
    }

    public static Tensor cat(IList<Tensor> tensors, long dim = 0) => Call("cat", tensors.ToArray(), dim);
    public static Tensor stack(IEnumerable<Tensor> tensors, long dim = 0) => Call("stack", tensors.ToArray(), dim);
}
