using static TorchSharp.Dispatcher;

namespace TorchSharp;

public static partial class torch
{
    public partial class Tensor
    {
        public Tensor sum(ScalarType? type = null) => Call("sum", this, type);
        public Tensor sum(long dim, bool keepdim = false, ScalarType? type = null) => sum([dim], keepdim, type);
        public Tensor sum(long[] dim, bool keepdim = false, ScalarType? type = null) => Call("sum.dim_IntList", this, dim, keepdim, type);
        public Tensor mean() => Call("mean", this);
        public Tensor mean(long[] dimensions, bool keepdim = false, ScalarType? type = null) => Call("mean.dim", this, dimensions, keepdim, type);
        public Tensor var(long[] dimensions, bool unbiased = true, bool keepdim = false, ScalarType? type = null) => Typed("var.dim", dimensions, unbiased, keepdim, type);
        public Tensor std(long[] dimensions, bool unbiased = true, bool keepdim = false, ScalarType? type = null) => Typed("std.dim", dimensions, unbiased, keepdim, type);
        public Tensor norm(float p = 2f) => Call("norm.Scalar", this, (double)p);
        public Tensor logsumexp(long dim, bool keepdim = false) => Call("logsumexp", this, new[] { dim }, keepdim);
        public Tensor cumsum(long dim, ScalarType? type = null) => Call("cumsum", this, dim, type);
        public Tensor max() => Call("max", this);
        public Tensor min() => Call("min", this);
        public Tensor argmax() => Call("argmax", this);
        public Tensor argmax(long dim, bool keepdim = false) => Call("argmax", this, dim, keepdim);
        public Tensor amax(params long[] dims) => Call("amax", this, dims);
        public Tensor amin(params long[] dims) => Call("amin", this, dims);
        public Tensor all() => Call("all", this);
        public Tensor any() => Call("any", this);
        public (Tensor values, Tensor indexes) max(long dim, bool keepdim = false) => Pair(CallMany("max.dim", this, dim, keepdim));
        public (Tensor values, Tensor indexes) min(long dim, bool keepdim = false) => Pair(CallMany("min.dim", this, dim, keepdim));
        public (Tensor Values, Tensor Indices) sort(long dim = -1, bool descending = false, bool stable = false) =>
            Pair(CallMany("sort.stable", this, stable, dim, descending));

        private static (Tensor, Tensor) Pair(Tensor[] results) => (results[0], results[1]);

        private Tensor Typed(string name, long[] dimensions, bool unbiased, bool keepdim, ScalarType? type)
        {
            if (type is null) return Call(name, this, dimensions, unbiased, keepdim);
            using var converted = to(type.Value);
            return converted.Typed(name, dimensions, unbiased, keepdim, null);
        }
    }
}
